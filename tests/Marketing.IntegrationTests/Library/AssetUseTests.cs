using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.Identity;
using Marketing.Library.Licences;
using Marketing.Library.Removal;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Library;

public sealed class AssetUseTests(AssetFixture app) : IClassFixture<AssetFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usage_follows_every_place_that_uses_an_asset()
    {
        var asset = await app.AssetAsync("everywhere.jpg");
        var id = Guid.Parse((string)asset["id"]!);
        var (property, post, page, item, component) = await UseEverywhereAsync(asset);
        var usage = await app.GetAsync($"content_library/{id}/usage");
        Assert.Equal(["calendar_item", "campaign", "content", "property", "social_post", "website"], usage["uses"]!.AsArray().Select(use => (string)use!["usage_type"]!));
        Assert.Equal(0, (int)usage["hidden"]!);
        Assert.Equal(6L, await CountAsync(id));
        Assert.Contains(usage["uses"]!.AsArray(), use => (string)use!["usage_id"]! == property.ToString());

        await app.Product.ExecuteAsync("update marketing.social_posts set media_urls = '{}' where id = $1", post);
        await app.Product.ExecuteAsync("delete from marketing.property_content where library_asset_id = $1", id);
        await app.Product.ExecuteAsync("update marketing.content_components set component_asset_id = null where id = $1", component);
        await app.Product.ExecuteAsync("delete from marketing.calendar_items where id = $1", item);
        Assert.Empty((await app.GetAsync($"content_library/{id}/usage"))["uses"]!.AsArray());
        Assert.Equal(0L, await CountAsync(id));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.content_usage where usage_type = 'website' and usage_id = $1", page));

        // A change that was taken back leaves no use behind.
        await using (var connection = await app.Product.Database.OpenConnectionAsync(Stop))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await using var use = new Npgsql.NpgsqlCommand("update marketing.social_posts set media_urls = array[$2] where id = $1", connection) { Parameters = { new() { Value = post }, new() { Value = (string)asset["file_url"]! } } };
            await use.ExecuteNonQueryAsync(Stop);
        }
        Assert.Equal(0L, await CountAsync(id));
    }

    [Fact]
    public async Task A_use_that_is_recorded_by_publishing_is_not_told_twice()
    {
        var asset = await app.AssetAsync("published.jpg");
        var id = Guid.Parse((string)asset["id"]!);
        var post = await PostAsync(asset, "scheduled");
        await app.Product.ExecuteAsync("insert into marketing.content_usage (library_asset_id, usage_type, usage_id, usage_context) values ($1, 'social_post', $2, 'SP-1')", id, post);
        Assert.Equal(1L, await CountAsync(id));
        await app.Product.ExecuteAsync("update marketing.social_posts set caption = 'again', media_urls = media_urls where id = $1", post);
        Assert.Equal("SP-1", await app.Product.QueryAsync<string>("select string_agg(usage_context, ',') from marketing.content_usage where library_asset_id = $1", id));
    }

    [Fact]
    public async Task What_is_in_use_is_removed_by_force_alone_and_comes_back_as_it_was()
    {
        var asset = await app.AssetAsync("hero.jpg");
        var id = Guid.Parse((string)asset["id"]!);
        var post = await PostAsync(asset, "scheduled");
        await app.Product.ExecuteAsync("insert into marketing.property_content (property_id, library_asset_id, room_type) select id, $1, 'pool' from property.properties order by property_code offset 1 limit 1", id);
        foreach (var attempt in new[] { await app.Admin.DeleteAsync($"content_library/{id}", Stop), await app.Admin.PatchAsJsonAsync($"content_library/{id}", new { status = "archived" }, Stop), await RemoveAsync(id, new { }) })
        {
            var problem = JsonNode.Parse(await attempt.Content.ReadAsStringAsync(Stop))!;
            Assert.True(attempt.StatusCode == HttpStatusCode.Conflict, problem.ToJsonString());
            Assert.Contains(problem["errors"]!.AsArray(), error => (string)error!["message"]! == $"social_post {post}");
            Assert.Contains(problem["errors"]!.AsArray(), error => (string)error!["field"]! == "property");
        }
        Assert.Equal(HttpStatusCode.NoContent, (await RemoveAsync(id, new { force = true })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Admin.GetAsync($"content_library/{id}", Stop)).StatusCode);
        Assert.Equal("true", await app.Product.QueryAsync<string>("select changes ->> 'forced' from marketing_ops.audit_log where row_id = $1 and action = 'delete'", id));
        Assert.Contains((await app.GetAsync("content_library/removed")).AsArray(), removed => (string)removed!["id"]! == id.ToString());

        Assert.Equal(HttpStatusCode.NoContent, (await app.Admin.PostAsync($"content_library/removed/{asset["asset_id"]}/restoration", null, Stop)).StatusCode);
        var restored = await app.GetAsync($"content_library/{id}");
        Assert.Equal((string)asset["asset_id"]!, (string)restored["asset_id"]!);
        Assert.Equal("pool", await app.Product.QueryAsync<string>("select room_type from marketing.property_content where library_asset_id = $1", id));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Admin.PostAsync($"content_library/removed/{id}/restoration", null, Stop)).StatusCode);
    }

    [Fact]
    public async Task After_thirty_days_the_files_of_a_deleted_asset_go()
    {
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(AssetFixture.Photo()), "file", "old.jpg");
        using var posted = await app.Admin.PostAsync("content_library/files", form, Stop);
        var asset = await app.AssetOfAsync((string)JsonNode.Parse(await posted.Content.ReadAsStringAsync(Stop))!["id"]!);
        var id = Guid.Parse((string)asset["id"]!);
        var original = await app.Product.QueryAsync<string>("select blob_name from marketing_ops.ingested_blobs where asset_id = $1", id);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Admin.DeleteAsync($"content_library/{id}", Stop)).StatusCode);
        var purge = app.Product.Services.GetRequiredService<PurgeAssets>();
        await purge.RunAsync(Stop);
        Assert.True((await app.Uploads.GetBlobClient(original).ExistsAsync(Stop)).Value);
        await app.Product.ExecuteAsync("update marketing_ops.removed_assets set purge_at = now() where asset_id = $1", id);
        await Task.WhenAll(purge.RunAsync(Stop), purge.RunAsync(Stop));
        Assert.False((await app.Uploads.GetBlobClient(original).ExistsAsync(Stop)).Value);
        var renditions = app.Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("renditions");
        await foreach (var blob in renditions.GetBlobsAsync(cancellationToken: Stop)) Assert.DoesNotContain(id.ToString(), blob.Name, StringComparison.Ordinal);
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where asset_id = $1", id));
    }

    [Fact]
    public async Task A_licence_says_until_when_where_and_with_whose_consent_an_asset_may_be_published()
    {
        var asset = await app.CreateAsync("content_library", new { filename = "licensed.jpg", asset_type = "image", file_url = $"https://media.example.org/{Guid.NewGuid()}.jpg" });
        var path = $"content_library/{asset["asset_id"]}/licence";
        Assert.Equal("licence_missing", (string)(await app.GetAsync(path))["reasons"]![0]!["code"]!);
        await PutAsync(path, new { licence_type = "rights_managed", starts_at = "2026-01-01T00:00:00Z", expires_at = "2026-12-31T00:00:00Z", territories = new[] { "pt", "DE" }, model_release = "signed" });
        foreach (var (query, code) in new[] { ("at=2026-06-01T00:00:00Z", null), ("at=2025-06-01T00:00:00Z", "licence_not_begun"), ("at=2026-12-31T00:00:00Z", "licence_expired"), ("at=2026-06-01T00:00:00Z&territory=fr", "licence_territory"), ("at=2026-06-01T00:00:00Z&territory=de", null) })
        {
            var answer = await app.GetAsync($"{path}?{query}");
            Assert.Equal(code is null, (bool)answer["may_be_published"]!);
            Assert.Equal(code, (string?)answer["reasons"]!.AsArray().FirstOrDefault()?["code"]);
        }
        await PutAsync(path, new { licence_type = "owned", model_release = "missing" });
        var check = app.Product.Services.GetRequiredService<CheckLicence>();
        var finding = Assert.Single(await check.UrlsAsync([(string)asset["file_url"]!, "https://elsewhere.example.org/a.jpg", $"https://any.example.org/renditions/{asset["id"]}/x/large.jpg"], DateTimeOffset.UnixEpoch, null, Stop));
        Assert.Equal(("media_urls", "model_release_missing"), (finding.Field, finding.Code));
        Assert.Equal(2L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'license'", Guid.Parse((string)asset["id"]!)));

        using var wrong = await app.Admin.PutAsJsonAsync(path, new { licence_type = "stolen", territories = new[] { "Portugal" }, expires_at = "soon" }, Stop);
        Assert.Equal(["licence_type", "expires_at", "territories"], JsonNode.Parse(await wrong.Content.ReadAsStringAsync(Stop))!["errors"]!.AsArray().Select(error => (string)error!["field"]!));
    }

    [Fact]
    public async Task Near_duplicates_and_assets_of_like_content_are_listed()
    {
        var assets = new List<JsonObject>();
        const long Picture = 0x5A3C_96E1_0F87_D24B; // Far from the hash of any picture another test uploads.
        foreach (var (name, hash, embedding) in new[] { ("a", Picture, new[] { 1f, 0f, 0f }), ("copy", Picture ^ 1, [0.9f, 0.1f, 0f]), ("like", ~Picture, [0.8f, 0.3f, 0f]), ("other", ~Picture, [0f, 0f, 1f]) })
        {
            assets.Add(await app.AssetAsync($"{name}.jpg"));
            await app.Product.ExecuteAsync("insert into marketing_ops.asset_features (asset_id, phash, embedding) values ($1, $2, $3)", Guid.Parse((string)assets[^1]["id"]!), hash, embedding);
        }
        var similar = (await app.GetAsync($"content_library/{assets[0]["id"]}/similar")).AsArray();
        Assert.Equal(["copy.jpg", "like.jpg"], similar.Select(found => (string)found!["filename"]!));
        Assert.Equal((true, 1), ((bool)similar[0]!["is_near_duplicate"]!, (int)similar[0]!["hash_distance"]!));
        Assert.InRange((double)similar[1]!["similarity"]!, 0.9, 0.97);
    }

    [Fact]
    public async Task Photos_are_ordered_in_one_call_and_the_listing_follows()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code offset 2 limit 1");
        var photos = new List<(Guid Link, Guid Asset)>();
        for (var i = 0; i < 3; i++)
        {
            var asset = Guid.Parse((string)(await app.AssetAsync($"photo {i}.jpg"))["id"]!);
            photos.Add((Guid.Parse((string)(await app.CreateAsync("property_content", new { property_id = property, library_asset_id = asset, display_order = i }))["id"]!), asset));
            await app.Product.ExecuteAsync("insert into property_listings.listing_photos (id, property_id, library_asset_id, display_order) values (gen_random_uuid(), $1, $2, $3)", property, asset, i);
        }
        Assert.Equal(photos[0].Link, await HeroAsync(property)); // the first is the hero until one is chosen
        await PutAsync("property_content/order", new { property_id = property, photos = new[] { photos[2].Link, photos[0].Asset, photos[1].Link }, hero = photos[2].Link });
        Assert.Equal(photos[2].Link, await HeroAsync(property));
        var order = (await app.GetAsync($"property_content?property_id=eq.{property}&order=display_order&select=id")).AsArray().Select(row => (string)row!["id"]!);
        Assert.Equal([photos[2].Link.ToString(), photos[0].Link.ToString(), photos[1].Link.ToString()], order);
        Assert.Equal($"{photos[2].Asset} true", await app.Product.QueryAsync<string>("select library_asset_id || ' ' || is_cover from property_listings.listing_photos where property_id = $1 order by display_order limit 1", property));
        await PutAsync("property_content/order", new { property_id = property, photos = new[] { photos[1].Link, photos[2].Link }, channel = "airbnb" });
        Assert.Equal("""{"airbnb": 2}""", await app.Product.QueryAsync<string>("select channel_orders::text from marketing.property_content where id = $1", photos[2].Link));

        await app.Product.ExecuteAsync("delete from marketing.property_content where id = $1", photos[2].Link);
        Assert.Equal(photos[0].Link, await HeroAsync(property));
        using var strange = await app.Admin.PutAsJsonAsync("property_content/order", new { property_id = property, photos = new[] { Guid.NewGuid() } }, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, strange.StatusCode);
    }

    [Fact]
    public async Task Rooms_are_suggested_from_tags_and_nothing_is_written()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code offset 6 limit 1");
        foreach (var (name, tags) in new[] { ("a.jpg", "{interior,bedroom}"), ("b.jpg", "{exterior,pool}"), ("c.jpg", "{interior}") })
        {
            var asset = Guid.Parse((string)(await app.AssetAsync(name))["id"]!);
            await app.Product.ExecuteAsync("update marketing.content_library set ai_tags = $2::text[] where id = $1", asset, tags);
            await app.CreateAsync("property_content", new { property_id = property, library_asset_id = asset, room_type = name == "b.jpg" ? "garden" : null });
        }
        var rooms = (await app.GetAsync($"property_content/room_types?property_id={property}")).AsArray();
        Assert.Equal(["bedroom", "pool", null], rooms.Select(room => (string?)room!["suggested"]));
        Assert.Equal([null, "garden", null], rooms.Select(room => (string?)room!["room_type"]));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(room_type) from marketing.property_content where property_id = $1", property));
        using var unnamed = await app.Admin.GetAsync("property_content/room_types", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, unnamed.StatusCode);
    }

    [Fact]
    public async Task Two_heroes_at_once_end_as_one()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code offset 3 limit 1");
        var links = new List<Guid>();
        for (var i = 0; i < 6; i++)
            links.Add(await app.Product.QueryAsync<Guid>("insert into marketing.property_content (property_id, library_asset_id, display_order) values ($1, $2, $3) returning id", property, Guid.Parse((string)(await app.AssetAsync($"h{i}.jpg"))["id"]!), i));
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(links.Select(link => app.Admin.PatchAsJsonAsync($"property_content/{link}", new { is_hero = true }, Stop)));
            Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.property_content where property_id = $1 and is_hero", property));
        }
    }

    [Fact]
    public async Task An_agency_learns_nothing_of_assets_that_it_does_not_see()
    {
        var (mine, theirs) = (await app.AssetAsync("mine.jpg"), await app.AssetAsync("theirs.jpg"));
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code offset 4 limit 1");
        await app.Product.ExecuteAsync("insert into marketing.property_content (property_id, library_asset_id) values ($1, $2)", property, Guid.Parse((string)mine["id"]!));
        foreach (var asset in new[] { mine, theirs }) await app.Product.ExecuteAsync("insert into marketing_ops.asset_features (asset_id, phash) values ($1, 7)", Guid.Parse((string)asset["id"]!));
        await PostAsync(mine, "scheduled"); // of an account that is not the agency's
        var agency = await app.ClientAsync(new ApiClientRequest("agency", [Scopes.Read, Scopes.Write]) { Roles = ["agency"], Claims = $"{{\"property_ids\":[\"{property}\"]}}" });
        foreach (var path in new[] { "usage", "similar", "licence" }) Assert.Equal(HttpStatusCode.NotFound, (await agency.GetAsync($"content_library/{theirs["id"]}/{path}", Stop)).StatusCode);
        Assert.Equal("[]", await agency.GetStringAsync($"content_library/{mine["id"]}/similar", Stop));
        var usage = JsonNode.Parse(await agency.GetStringAsync($"content_library/{mine["id"]}/usage", Stop))!;
        Assert.Equal("property", (string)Assert.Single(usage["uses"]!.AsArray())!["usage_type"]!);
        Assert.Equal(1, (int)usage["hidden"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await agency.GetAsync("content_library/removed", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agency.PutAsJsonAsync($"content_library/{mine["id"]}/licence", new { licence_type = "owned" }, Stop)).StatusCode);
        var other = await app.Product.QueryAsync<Guid>("insert into marketing.property_content (property_id, library_asset_id) select id, $1 from property.properties order by property_code offset 5 limit 1 returning property_id", Guid.Parse((string)theirs["id"]!));
        using var order = await agency.PutAsJsonAsync("property_content/order", new { property_id = other, photos = new[] { theirs["id"]!.DeepClone() } }, Stop);
        Assert.Equal(HttpStatusCode.NotFound, order.StatusCode);
    }

    private Task<long> CountAsync(Guid asset) => app.Product.QueryAsync<long>("select count(*) from marketing.content_usage where library_asset_id = $1", asset);

    private Task<Guid> HeroAsync(Guid property) => app.Product.QueryAsync<Guid>("select id from marketing.property_content where property_id = $1 and is_hero", property);

    private Task<HttpResponseMessage> RemoveAsync(Guid id, object body) => app.Admin.PostAsJsonAsync($"content_library/{id}/removal", body, Stop);

    private async Task PutAsync(string path, object body)
    {
        using var response = await app.Admin.PutAsJsonAsync(path, body, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    private Task<Guid> PostAsync(JsonObject asset, string status) => app.Product.QueryAsync<Guid>("""
        with account as (insert into marketing.social_accounts (platform, account_name) values ('instagram', 'uses') returning id)
        insert into marketing.social_posts (account_id, post_type, media_urls, status, scheduled_at) select id, 'post', array[$1], $2, now() + interval '1 day' from account returning id
        """, (string)asset["file_url"]!, status);

    private async Task<(Guid Property, Guid Post, Guid Page, Guid Item, Guid Component)> UseEverywhereAsync(JsonObject asset)
    {
        var id = Guid.Parse((string)asset["id"]!);
        var property = await app.Product.QueryAsync<Guid>("insert into marketing.property_content (property_id, library_asset_id) select id, $1 from property.properties order by property_code limit 1 returning property_id", id);
        var post = await PostAsync(asset, "draft");
        var content = await app.Product.QueryAsync<Guid>("insert into marketing.content (title, content_type) values ('whole', 'blog') returning id");
        var page = await app.Product.QueryAsync<Guid>("with site as (insert into marketing.websites (website_name) values ('uses') returning id) insert into marketing.website_pages (website_id, page_path, page_title, content_id) select id, '/uses', 'uses', $1 from site returning id", content);
        var component = await app.Product.QueryAsync<Guid>("insert into marketing.content_components (parent_content_id, component_asset_id) values ($1, $2) returning id", content, id);
        var campaign = await app.Product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type) values ('uses', 'email') returning id");
        var item = await app.Product.QueryAsync<Guid>("""
            with calendar as (insert into marketing.content_calendars (calendar_name, campaign_id) values ('uses', $1) returning id)
            insert into marketing.calendar_items (calendar_id, title, scheduled_date, library_asset_id) select id, 'uses', '2026-12-24', $2 from calendar returning id
            """, campaign, id);
        return (property, post, page, item, component);
    }
}
