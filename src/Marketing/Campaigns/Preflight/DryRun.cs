using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Campaigns.Messages;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Campaigns.Preflight;

/// <summary>What would happen if the campaign went out now: how many get it, who does not and why, a sample, at what rate and until when. Changes nothing.</summary>
internal sealed class DryRun(NpgsqlDataSource database, Audience audience, TimeProvider clock)
{
    private const int SampleSize = 10;

    /// <summary>Tries it.</summary>
    /// <exception cref="ProblemException">404: the campaign has no email.</exception>
    public async Task<JsonObject> RunAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var (sendAt, rate) = await ScheduleAsync(campaign, cancellationToken);
        var counted = await audience.CountAsync(campaign, [], cancellationToken);
        var recipients = counted.Recipients;
        var now = clock.GetUtcNow();
        var begins = sendAt > now ? sendAt.Value : now;
        return new JsonObject
        {
            ["recipients"] = recipients,
            ["left_out"] = new JsonObject(counted.LeftOut.Select(reason => KeyValuePair.Create(reason.Key, (JsonNode?)reason.Value))),
            ["sample"] = new JsonArray([.. (await audience.SampleAsync(campaign, SampleSize, cancellationToken)).Select(member => (JsonNode)new JsonObject { ["contact_id"] = member.Id, ["email"] = member.Email, ["variant"] = member.Variant })]),
            ["begins_at"] = Text(begins),
            ["rate"] = rate is var (messages, per) ? new JsonObject { ["messages"] = messages, ["per_seconds"] = per } : null,
            ["ends_at"] = recipients > 0 && rate is var (most, span) ? Text(begins.AddSeconds(Math.Floor((recipients - 1.0) / most) * span)) : null,
        };
    }

    private async Task<(DateTimeOffset? SendAt, (int Messages, double PerSeconds)? Rate)> ScheduleAsync(Guid campaign, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select send_at, settings::text from marketing_ops.campaign_emails where campaign_id = $1");
        command.Parameters.AddWithValue(campaign);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new ProblemException(LoadMessages.NoEmail);
        DateTimeOffset? sendAt = await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(0);
        return (sendAt, Rate(JsonElement.Parse(reader.GetString(1))));
    }

    private static (int, double)? Rate(JsonElement settings) =>
        settings.TryGetProperty("sending", out var sending) && sending.TryGetProperty("per_hour", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var most) && most > 0 ? (most, 3600) : null;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
