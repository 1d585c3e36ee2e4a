using System.Text.Json;
using Marketing.Data;
using Marketing.Library.Licences;
using Marketing.Social.Publishing;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Social.Preflight;

/// <summary>All findings for drafts, as far as they can be known without asking a platform: one question to the database for all drafts, then rules.</summary>
internal sealed class RunPreflight(ReadDraftFacts facts, CheckLicence licences, PublicMedia media, MarketingDbContext database, TimeProvider clock)
{
    /// <summary>An object without members.</summary>
    public static readonly JsonElement NoOptions = JsonDocument.Parse("{}").RootElement.Clone();

    // What can change while an approval holds; all else was checked with it.
    private static readonly string[] MayHaveChanged = ["asset_not_usable", "disconnected", "not_connected", "not_fetchable"];

    /// <summary>Checks drafts that are given.</summary>
    /// <param name="wanted">Posts with their options; a platform where there is no account.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>One result a post, in the same order.</returns>
    public async Task<IReadOnlyList<PreflightResult>> RunAsync(IReadOnlyList<(SocialPost Post, JsonElement Options, string? Platform)> wanted, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var accounts = await facts.AccountsAsync([.. wanted.Select(draft => draft.Post.AccountId).Where(id => id != Guid.Empty)], cancellationToken);
        var known = await facts.MediaAsync([.. wanted.SelectMany(draft => draft.Post.MediaUrls ?? [])], cancellationToken);
        var licenceFindings = await LicencesAsync(wanted.Select(draft => (draft.Post.MediaUrls ?? [], draft.Post.ScheduledAt > now ? draft.Post.ScheduledAt.Value : now)), cancellationToken);
        var results = new List<PreflightResult>(wanted.Count);
        foreach (var (post, options, platform) in wanted)
        {
            var account = accounts.GetValueOrDefault(post.AccountId);
            if (KnownPlatforms.All.GetValueOrDefault(account?.Platform ?? platform ?? "") is not { } rules)
            {
                results.Add(new PreflightResult(null, null, [Finding.Error("account_id", "unknown_account", null, null, "Name an account by account_id, or a platform.")]));
                continue;
            }
            var at = post.ScheduledAt > now ? post.ScheduledAt.Value : now;
            var draft = new Draft(post, options, account, rules) { At = at, Media = [.. (post.MediaUrls ?? []).Select(url => known[url])] };
            results.Add(new PreflightResult(draft, CaptionRules.Measure(draft), [
                .. MediaRules.Check(draft), .. CaptionRules.Check(draft), .. OptionRules.Check(draft), .. AccountRules.Check(draft), .. Fetchable(draft),
                .. licenceFindings[(Key(post.MediaUrls ?? []), at)]]));
        }
        return results;
    }

    /// <summary>Checks a stored post.</summary>
    public async Task<PreflightResult> StoredAsync(Guid postId, CancellationToken cancellationToken)
    {
        var post = await database.SocialPosts.AsNoTracking().SingleAsync(row => row.Id == postId, cancellationToken);
        return (await RunAsync([(post, await OptionsAsync(postId, cancellationToken), null)], cancellationToken))[0];
    }

    /// <summary>Why a post that was approved cannot go out after all; null when it can. Looks at what may have changed since: licences, assets, the account.</summary>
    public async Task<string?> RefusalAsync(Guid postId, CancellationToken cancellationToken)
    {
        var result = await StoredAsync(postId, cancellationToken);
        var errors = result.Errors.Where(finding => MayHaveChanged.Contains(finding.Rule) || finding.Rule.StartsWith("licence_", StringComparison.Ordinal) || finding.Rule.EndsWith("_release_missing", StringComparison.Ordinal)).ToList();
        return errors.Count == 0 ? null : string.Join(" ", errors.Select(finding => $"{finding.Field}: {finding.Fix}"));
    }

    private async Task<JsonElement> OptionsAsync(Guid postId, CancellationToken cancellationToken)
    {
        var stored = await database.Database.SqlQuery<string>($"""select options::text as "Value" from marketing_ops.post_options where post_id = {postId}""").ToListAsync(cancellationToken);
        if (stored is not [var json]) return NoOptions;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private IEnumerable<Finding> Fetchable(Draft draft) =>
        draft.Media.Select((item, index) => (Problem: media.Problem(item.Url), index)).Where(pair => pair.Problem is not null)
            .Select(pair => Finding.Error($"media_urls[{pair.index}]", "not_fetchable", "public https, or our own storage", draft.Media[pair.index].Url, pair.Problem!));

    // One question for each set of media and time; variants of one content share theirs.
    private async Task<Dictionary<(string, DateTimeOffset), IReadOnlyList<Finding>>> LicencesAsync(IEnumerable<(string[] Urls, DateTimeOffset At)> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, DateTimeOffset), IReadOnlyList<Finding>>();
        foreach (var (urls, at) in wanted)
        {
            if (found.ContainsKey((Key(urls), at))) continue;
            found[(Key(urls), at)] = urls.Length == 0 ? [] : [.. (await licences.UrlsAsync(urls, at, territory: null, cancellationToken)).Select(error =>
                new Finding(error.Field, error.Code, error.Code == "licence_missing" ? Finding.IsWarning : Finding.IsError, null, null, error.Message))];
        }
        return found;
    }

    private static string Key(string[] urls) => string.Join('\n', urls);
}

/// <summary>What preflight says of one post.</summary>
/// <param name="Draft">The post with what is known of it; null when its platform is unknown.</param>
/// <param name="Caption">The text as it goes out, its length and its limit.</param>
/// <param name="Findings">All findings.</param>
internal sealed record PreflightResult(Draft? Draft, (string Text, int Length, CaptionRule Rule)? Caption, IReadOnlyList<Finding> Findings)
{
    /// <summary>The findings that keep it from being published.</summary>
    public IEnumerable<Finding> Errors => Findings.Where(finding => finding.Severity == Finding.IsError);
}
