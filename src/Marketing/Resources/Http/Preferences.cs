using System.Globalization;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary>The header <c>Prefer</c> (RFC 7240), with PostgREST's preferences.</summary>
internal sealed class Preferences
{
    private readonly List<string> applied = [];

    private Preferences() { }

    /// <summary>How rows are counted; null not at all.</summary>
    public CountMode? Count { get; private set; }

    /// <summary>What a write answers with; null as the endpoint does by itself.</summary>
    public ReturnMode? Return { get; private set; }

    /// <summary>What happens to rows that exist already.</summary>
    public Resolution? Resolution { get; private set; }

    /// <summary>Columns that a row leaves out take their defaults instead of null.</summary>
    public bool MissingIsDefault { get; private set; }

    /// <summary>Nothing is stored; the answer tells what would have been.</summary>
    public bool IsDryRun { get; private set; }

    /// <summary>Most rows that a write may touch; null without.</summary>
    public int? MaxAffected { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="ProblemException">400: <c>handling=strict</c> with a preference that is not known.</exception>
    public static Preferences Read(HttpRequest request)
    {
        var preferences = new Preferences();
        if (request.Headers["Prefer"] is not { Count: > 0 } headers) return preferences;
        var tokens = headers.SelectMany(header => (header ?? "").Split(',')).Select(token => token.Trim()).Where(token => token.Length > 0).ToList();
        var unknown = tokens.Where(token => !preferences.Take(token)).ToList();
        if (unknown.Count > 0 && tokens.Contains("handling=strict"))
            throw QueryProblems.Refuse("Prefer", "unknown_preference", $"Unknown preferences: {QueryText.Shorten(string.Join(", ", unknown))}.", "invalid_preference", "PGRST122");
        // PostgREST looks at the limit of a write in strict handling only.
        if (preferences.MaxAffected is not null && !tokens.Contains("handling=strict")) preferences.MaxAffected = null;
        return preferences;
    }

    /// <summary>Tells the caller which preferences were followed.</summary>
    public void Announce(HttpResponse response)
    {
        if (applied.Count > 0) response.Headers["Preference-Applied"] = string.Join(", ", applied);
    }

    private bool Take(string token)
    {
        var isKnown = token switch
        {
            "count=exact" => Set(Count = CountMode.Exact),
            "count=planned" => Set(Count = CountMode.Planned),
            "count=estimated" => Set(Count = CountMode.Estimated),
            "return=minimal" => Set(Return = ReturnMode.Minimal),
            "return=representation" => Set(Return = ReturnMode.Representation),
            "return=headers-only" => Set(Return = ReturnMode.HeadersOnly),
            "resolution=merge-duplicates" => Set(Resolution = Http.Resolution.Merge),
            "resolution=ignore-duplicates" => Set(Resolution = Http.Resolution.Ignore),
            "missing=default" => MissingIsDefault = true,
            "missing=null" => true,
            "tx=rollback" => IsDryRun = true,
            "tx=commit" or "handling=strict" or "handling=lenient" => true,
            _ when token.StartsWith("max-affected=", StringComparison.Ordinal) => int.TryParse(token.AsSpan(13), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && Set(MaxAffected = most),
            _ => false,
        };
        if (isKnown && token is not ("handling=lenient" or "tx=commit" or "missing=null")) applied.Add(token);
        return isKnown;
    }

    private static bool Set(object? _) => true;
}

/// <summary>How rows are counted: one by one, by the planner's guess, or by the guess where it is large.</summary>
internal enum CountMode { Exact, Planned, Estimated }

/// <summary>What a write answers with.</summary>
internal enum ReturnMode { Minimal, HeadersOnly, Representation }

/// <summary>What happens to rows that exist already.</summary>
internal enum Resolution { Merge, Ignore }
