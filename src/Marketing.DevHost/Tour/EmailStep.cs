using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Stubs;

namespace Marketing.DevHost.Tour;

/// <summary>The email platform's signed webhook becomes rows of <c>campaign_events</c>; a timer folds them into the campaign's metrics.</summary>
internal sealed class EmailStep(TourClient api, SendGridSigner signer, Narrator tell)
{
    public async Task RunAsync(IReadOnlyList<TourContact> contacts, CancellationToken cancellationToken)
    {
        tell.Chapter("Guests open and click an email",
            "The email platform reports what recipients do, in signed batches, more than once and in any order. Each batch is verified over its raw "
            + "bytes, stored, acknowledged, and processed afterwards. A timer folds the events into the campaign's metrics.");

        var campaign = await api.PostAsync("campaigns", new JsonObject
        {
            ["campaign_name"] = "Autumn by the sea (tour)",
            ["campaign_type"] = "email",
            ["status"] = "active",
            ["goal"] = "bookings for the shoulder season",
        }, cancellationToken);
        var id = campaign["campaign_id"]!.GetValue<string>();
        tell.Step($"created campaign {id}; its metrics before:");
        tell.Fact("actual_metrics", campaign["actual_metrics"]?.ToJsonString());

        var batch = JsonSerializer.SerializeToUtf8Bytes(Events(id, contacts));
        for (var delivery = 1; delivery <= 2; delivery++)
        {
            var status = await api.PostWebhookAsync("webhooks/sendgrid", batch, signer.Sign(batch, DateTimeOffset.UtcNow.AddSeconds(delivery)), cancellationToken);
            tell.Step($"posted the signed batch of {EventsPerContact * contacts.Count + 1} events{(delivery == 2 ? " a second time, as providers do" : "")}: {status}");
        }

        var rolledUp = await api.WaitForAsync($"campaigns/{id}", row => row["actual_metrics"] is JsonObject metrics && metrics.ToJsonString().Contains("clicked", StringComparison.Ordinal),
            "the rollup of the events", TimeSpan.FromSeconds(120), cancellationToken);
        tell.Step("after the rollup:");
        foreach (var (name, value) in rolledUp["actual_metrics"]!.AsObject()) tell.Fact(name, value?.ToJsonString());

        var rows = await api.GetAsync($"campaign_events?campaign_id=eq.{campaign["id"]}&select=event_type&limit=1000", cancellationToken);
        tell.Step($"campaign_events holds {rows.AsArray().Count} rows for it: every event once, although the batch came twice");
        if (rows.AsArray().Count != EventsPerContact * contacts.Count + 1)
            throw new TourException($"Expected {EventsPerContact * contacts.Count + 1} rows.");
    }

    private const int EventsPerContact = 3;

    private static JsonArray Events(string campaign, IReadOnlyList<TourContact> contacts)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var run = Guid.NewGuid().ToString("N");
        var events = new JsonArray();
        foreach (var (contact, index) in contacts.Select((contact, index) => (contact, index)))
        {
            foreach (var kind in new[] { "processed", "delivered", "open" })
                events.Add(Event(kind, contact, index, now));
        }
        events.Add(Event("click", contacts[0], 0, now));
        return events;

        JsonObject Event(string kind, TourContact contact, int index, long at) => new()
        {
            ["email"] = contact.Email,
            ["event"] = kind,
            ["timestamp"] = at - 60 + index,
            ["sg_event_id"] = $"{run}-{index}-{kind}",
            ["sg_message_id"] = $"{run}.{index}",
            ["campaign_id"] = campaign,
            ["contact_id"] = contact.Id.ToString(),
            ["url"] = kind == "click" ? "https://www.example.com/autumn" : null,
        };
    }
}

/// <summary>A contact of the stand-in directory.</summary>
internal sealed record TourContact(Guid Id, string Email);
