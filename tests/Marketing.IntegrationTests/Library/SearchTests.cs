using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Library.Search;

namespace Marketing.IntegrationTests.Library;

/// <summary>Finding assets by what is in them.</summary>
public sealed class SearchTests(AssetFixture app) : IClassFixture<AssetFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_find_names_captions_tags_descriptions_documents_and_their_synonyms()
    {
        var tub = await AssetAsync("words-1.jpg", new { ai_tags = new[] { "hot tub", "patio" } });
        var caption = await AssetAsync("words-2.jpg", new { caption = "Evening by the firepit" });
        var described = await AssetAsync("words-3.jpg", new { ai_description = "A zeppelin over the house." });
        var document = await AssetAsync("house-rules_2026.pdf", new { });
        await app.Product.ExecuteAsync("insert into marketing_ops.asset_features (asset_id, document_text) values ($1, 'Quiet after ten. The wolfhound next door is friendly.')", document);
        await app.Product.ExecuteAsync("update marketing_ops.asset_features set document_text = document_text || ' Bring firewood.' where asset_id = $1", document);

        Assert.Contains(tub, await FindAsync("q=jacuzzi"));
        Assert.Contains(tub, await FindAsync("q=jacuzzi terrace"));
        Assert.Contains(tub, await FindAsync("q=\"hot tub\""));
        Assert.DoesNotContain(tub, await FindAsync("q=jacuzzi -deck"));
        Assert.Equal([caption], await FindAsync("q=firepit"));
        Assert.Equal([described], await FindAsync("q=zeppelin"));
        Assert.Equal([document], await FindAsync("q=wolfhound"));
        Assert.Equal([document], await FindAsync("q=firewood"));
        Assert.Equal([document], await FindAsync("q=rules 2026"));
        // The list of the table finds the same words.
        Assert.Contains(tub, (await app.GetAsync("content_library?q=whirlpool")).AsArray().Select(row => row!["id"]!.GetValue<Guid>()));

        await app.Product.ExecuteAsync("insert into marketing_ops.search_synonyms (words) values (array['firepit', 'campfire place'])");
        Assert.Equal([caption], await FindAsync("q=campfire place"));
    }

    [Fact]
    public async Task Filters_ask_for_colour_faces_quality_use_and_licence()
    {
        var blue = await AssetAsync("filter-1.jpg", new { orientation = "landscape", license_type = "own" }, """[{"hex":"#2060c0","name":"blue","share":0.5},{"hex":"#ffffff","name":"white","share":0.02}]""", sharpness: 300, exposure: 0.6, faces: 2);
        var dark = await AssetAsync("filter-2.jpg", new { orientation = "portrait", license_type = (string?)null }, """[{"hex":"#000000","name":"black","share":0.9}]""", sharpness: 10, exposure: 0.05, faces: 0);
        var expired = await AssetAsync("filter-3.jpg", new { orientation = "portrait", license_type = "stock" }, "[]", sharpness: 100, exposure: 0.5, faces: 0);
        await LicenceAsync(expired, new { licence_type = "rights_managed", starts_at = "2020-01-01T00:00:00Z", expires_at = "2021-01-01T00:00:00Z" });
        var ending = await AssetAsync("filter-4.jpg", new { orientation = "square", license_type = "stock" }, "[]", sharpness: 100, exposure: 0.5, faces: 0);
        await LicenceAsync(ending, new { licence_type = "rights_managed", expires_at = DateTimeOffset.UtcNow.AddDays(5) });
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code limit 1");
        await app.CreateAsync("property_content", new { property_id = property, library_asset_id = blue });

        foreach (var (query, expected) in new (string, Guid[])[]
                 {
                     ("colour=blue", [blue]), ("colour=%232a5ab9", [blue]), ("colour=white", []), ("orientation=portrait", [expired, dark]), ("has_face=true", [blue]), ("has_face=false", [ending, expired, dark]),
                     ("min_sharpness=50", [ending, expired, blue]), ("max_exposure=0.1", [dark]), ("min_exposure=0.55", [blue]), ("used=true", [blue]), ("used=false", [ending, expired, dark]),
                     ("licence=missing", [dark]), ("licence=expired", [expired]), ("licence=expiring", [ending]), ("licence=blocked", [expired, dark]), ("licence=valid", [ending, blue]),
                     ("orientation=portrait&licence=expired&has_face=false", [expired]),
                 })
        {
            // Newest first, when there are no words.
            Assert.Equal(expected, (await FindAsync($"{query}&select=id,filename")).Where(new[] { blue, dark, expired, ending }.Contains));
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        var all = new List<Guid>();
        for (var i = 0; i < 7; i++) all.Add(await AssetAsync($"paged-{i}.jpg", new { caption = i % 2 == 0 ? "quokka" : "quokka quokka quokka" }));
        foreach (var words in new[] { "q=quokka&", "" })
        {
            var (seen, next) = (new List<Guid>(), $"content_library/search?{words}limit=2&select=filename,id");
            while (next is not null)
            {
                using var response = await app.Admin.GetAsync(next, Stop);
                var rows = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsArray();
                Assert.InRange(rows.Count, 1, 2);
                Assert.Equal(["filename", "id"], rows[0]!.AsObject().Select(member => member.Key));
                seen.AddRange(rows.Select(row => row!["id"]!.GetValue<Guid>()));
                next = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1].Replace("/api/", "", StringComparison.Ordinal) : null;
            }
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal(all.Order(), seen.Where(all.Contains).Order());
            if (words.Length > 0) Assert.Equal(7, seen.Count);
        }
    }

    [Fact]
    public async Task A_role_finds_its_rows_alone_and_searches_its_columns_alone()
    {
        var mine = await AssetAsync("granted-mine.jpg", new { caption = "narwhal", photographer = "Ana" });
        for (var i = 0; i < 5; i++) await AssetAsync($"granted-other{i}.jpg", new { caption = "narwhal", photographer = "Bo" });
        using var roles = await app.Admin.PutAsJsonAsync("roles/narwhal_rows", new { scopes = new[] { "read" }, grants = new[] { new { table = "content_library", action = "read", row_filter = "photographer=eq.Ana" } } }, Stop);
        Assert.True(roles.IsSuccessStatusCode, await roles.Content.ReadAsStringAsync(Stop));
        using var columns = await app.Admin.PutAsJsonAsync("roles/narwhal_columns", new { scopes = new[] { "read" }, grants = new[] { new { table = "content_library", action = "read", columns = new[] { "id", "filename", "status" } } } }, Stop);
        Assert.True(columns.IsSuccessStatusCode, await columns.Content.ReadAsStringAsync(Stop));
        using var rowsOnly = await app.ClientAsync(new ApiClientRequest("rows", [Scopes.Read]) { Roles = ["narwhal_rows"] });
        Assert.Equal([mine], await FindAsync("q=narwhal&limit=1", rowsOnly));
        using var columnsOnly = await app.ClientAsync(new ApiClientRequest("columns", [Scopes.Read]) { Roles = ["narwhal_columns"] });
        using var refused = await columnsOnly.GetAsync("content_library/search?q=narwhal", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(mine, await FindAsync("used=false&limit=500", columnsOnly));
    }

    [Theory]
    [InlineData("color=blue", "colour")]
    [InlineData("colour=mauvish", "beige")]
    [InlineData("has_face=perhaps", "true or false")]
    [InlineData("licence=none", "expiring")]
    [InlineData("min_sharpness=-1", "from 0")]
    [InlineData("min_exposure=0.9&max_exposure=0.1", "nothing can be found")]
    [InlineData("limit=0", "from 1")]
    [InlineData("limit=2.5", "from 1")]
    [InlineData("cursor=abc", "Link header")]
    [InlineData("q=%00", "1 to 200")]
    [InlineData("used=true&used=false", "once")]
    [InlineData("select=nope", "no column 'nope'")]
    public async Task What_cannot_be_asked_is_refused_in_words(string query, string says)
    {
        await AssetAsync("refused.jpg", new { });
        using var response = await app.Admin.GetAsync($"content_library/search?{query}", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(says, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cursor_reads_back()
    {
        var place = new SearchPlace(0.6079271f, Guid.CreateVersion7());
        Assert.Equal(place, SearchPlace.Read(place.Write()));
        Assert.Null(SearchPlace.Read("AAAA"));
    }

    private async Task<Guid> AssetAsync(string name, object columns, string? palette = null, double? sharpness = null, double? exposure = null, int? faces = null)
    {
        var row = System.Text.Json.JsonSerializer.SerializeToNode(columns)!.AsObject();
        row["filename"] = name;
        row["asset_type"] = name.EndsWith("pdf", StringComparison.Ordinal) ? "pdf" : "image";
        row["file_url"] = $"https://media.example.org/{Guid.NewGuid():N}/{name}";
        row["status"] = "active";
        var id = (await app.CreateAsync("content_library", row))["id"]!.GetValue<Guid>();
        if (palette is not null)
        {
            await app.Product.ExecuteAsync(
                "insert into marketing_ops.asset_features (asset_id, palette, sharpness, exposure, face_count) values ($1, $2::jsonb, $3, $4, $5)", id, palette, (float)sharpness!, (float)exposure!, faces!);
        }
        return id;
    }

    private async Task LicenceAsync(Guid asset, object licence)
    {
        using var response = await app.Admin.PutAsJsonAsync($"content_library/{asset}/licence", licence, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<List<Guid>> FindAsync(string query, HttpClient? client = null)
    {
        using var response = await (client ?? app.Admin).GetAsync($"content_library/search?{query}", Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{query}: {answer}");
        return [.. JsonNode.Parse(answer)!.AsArray().Select(row => row!["id"]!.GetValue<Guid>())];
    }
}
