using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Campaigns.Messages;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Messages;

/// <summary>The function app of a company that sends email, for every class about campaigns by email.</summary>
public sealed class CampaignEmailFixture(TestServers servers) : FunctionAppFixture(servers)
{
    private int contacts;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected override Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["Email:Company"] = "Casas do Sul";
        settings["Email:PostalAddress"] = "Rua do Mar 1, 8600 Lagos";
        settings["Email:VerifiedSenders"] = "news@casas.example.com, mail.casas.example.com";
        settings["Email:Lists"] = "newsletter=Newsletter;offers=Last-minute offers";
        settings["Tracking:PublicAddress"] = "https://links.casas.example.com";
        return Task.CompletedTask;
    }

    /// <summary>A campaign of a new segment of new contacts with consent, whose email is ready to go.</summary>
    /// <param name="members">Contacts.</param>
    /// <param name="body">Text in Markdown.</param>
    /// <param name="list">List.</param>
    internal async Task<(Guid Campaign, IReadOnlyList<(Guid Id, string Email)> Members)> CampaignAsync(int members = 3, string body = "Hello {{ contact.first_name }}, [look](https://www.casas.example.com/winter)!", string list = "")
    {
        var people = new List<(Guid, string)>();
        for (var i = 0; i < members; i++) people.Add(await ContactAsync());
        var segment = Guid.Parse((string)(await CreateAsync("segments", new { segment_name = "Guests", segment_type = "static" }))["id"]!);
        await Product.ExecuteAsync("insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, unnest($2::uuid[]), 'manual'", segment, people.Select(person => person.Item1).ToArray());
        var content = await CreateAsync("content", new { title = "Winter by the sea", content_type = "email", content_body = body, status = "approved" });
        var campaign = await CreateAsync("campaigns", new { campaign_name = "Winter", campaign_type = "email", segment_id = segment });
        var id = Guid.Parse((string)campaign["id"]!);
        await PutEmailAsync(id, new { provider = "smtp", sender_email = "news@casas.example.com", sender_name = "Casas", list, variants = new[] { new { content_id = (string)content["content_id"]!, subject = "Winter, {{ contact.first_name }}" } } });
        return (id, people);
    }

    /// <summary>A new contact with consent.</summary>
    internal async Task<(Guid Id, string Email)> ContactAsync(string? email = null)
    {
        email ??= $"person{Interlocked.Increment(ref contacts)}-{Guid.NewGuid():N}@guests.example.com";
        return (await Product.QueryAsync<Guid>("insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) values (gen_random_uuid(), 'Ada', 'Silva', $1, 'PT', 'en', true) returning id", email), email);
    }

    /// <summary>Writes a campaign's email, which must be accepted.</summary>
    internal async Task<JsonNode> PutEmailAsync(Guid campaign, object email)
    {
        using var response = await Admin.PutAsJsonAsync($"campaigns/{campaign}/email", email, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"PUT email: {(int)response.StatusCode} {answer}");
        return JsonNode.Parse(answer)!;
    }

    /// <summary>Posts JSON and reads the answer, whatever its status.</summary>
    internal async Task<(int Status, JsonNode? Answer)> PostAsync(string path, object? body = null, HttpClient? client = null)
    {
        using var response = await (client ?? Admin).PostAsync(path, JsonContent.Create(body ?? new { }), Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The paths of a contact's links in a message.</summary>
    internal (string Page, string OneClick) Links(Guid campaign, (Guid Id, string Email) contact, string list = "")
    {
        var links = Product.Services.GetRequiredService<UnsubscribeLinks>();
        return (links.Page(contact.Id, contact.Email, campaign, list).AbsolutePath, links.OneClick(contact.Id, contact.Email, campaign, list).AbsolutePath);
    }
}

/// <summary>One function app for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class CampaignEmailGroup : ICollectionFixture<CampaignEmailFixture>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "campaigns by email";
}
