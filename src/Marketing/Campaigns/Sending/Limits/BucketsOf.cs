using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending.Limits;

/// <summary>The buckets that a campaign's messages take their tokens from: provider, sender, campaign, and warm-up of a new sender.</summary>
internal sealed class BucketsOf(NpgsqlDataSource database, IOptions<SendingOptions> options)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Keeps the provider's own delays, also where no number is set.
    private const int Unlimited = int.MaxValue;

    /// <summary>Key of the bucket that a provider's own delays close.</summary>
    public static string Provider(string provider) => $"provider:{provider}";

    /// <summary>The buckets.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="senderEmail">Its sender.</param>
    /// <param name="own">The campaign's own limit; null for none.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<IReadOnlyList<SendBucket>> RunAsync(Guid campaignId, string provider, string senderEmail, SendRate? own, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var sender = senderEmail.Trim().ToLowerInvariant();
        var buckets = new List<SendBucket> { new(Provider(provider), Unlimited, TimeSpan.FromSeconds(1)) };
        buckets.AddRange(settings.LimitsOf(provider).Select(rate => Bucket(Provider(provider), rate)));
        buckets.AddRange(settings.SenderLimits.Select(rate => Bucket($"sender:{sender}", rate)));
        buckets.AddRange(settings.CampaignLimits.Select(rate => Bucket($"campaign:{campaignId}", rate)));
        if (own is not null) buckets.Add(Bucket($"campaign:{campaignId}:own", own));
        if (settings.WarmUp.Count > 0 && WarmUpOf(settings.WarmUp, await DaysAsync(sender, cancellationToken)) is { } today) buckets.Add(new SendBucket($"warmup:{sender}", today, Day));
        return buckets;
    }

    /// <summary>What a sender may send on a day of its warm-up; null after its end.</summary>
    /// <param name="schedule">Messages a day.</param>
    /// <param name="days">Whole days since its first message.</param>
    public static int? WarmUpOf(IReadOnlyList<int> schedule, int days) => days < schedule.Count ? schedule[days] : null;

    private async Task<int> DaysAsync(string sender, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with first as (insert into marketing_ops.send_senders (sender) values ($1) on conflict do nothing)
            select coalesce((select extract(day from now() - first_sent_at)::integer from marketing_ops.send_senders where sender = $1), 0)
            """);
        command.Parameters.AddWithValue(sender);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static SendBucket Bucket(string key, SendRate rate) => new(string.Create(CultureInfo.InvariantCulture, $"{key}:{rate.Per.TotalSeconds}s"), rate.Messages, rate.Per);
}
