namespace Marketing.Social.Platforms;

/// <summary>What a publisher needs to know of one post and its account.</summary>
/// <param name="ExternalAccountId">The platform's id of the account.</param>
/// <param name="Token">Access token in clear. It must not reach a log, an error or a row.</param>
/// <param name="Caption">Caption as it goes out, hashtags and mentions included.</param>
/// <param name="MediaUrls">Addresses that the platform can fetch for the next 24 hours; <see cref="Media.ReadMedia"/> reads them.</param>
/// <param name="AltText">Alternative text of the first medium.</param>
public sealed record PublishTarget(string ExternalAccountId, string Token, string Caption, IReadOnlyList<string> MediaUrls, string? AltText)
{
    /// <summary>The post.</summary>
    public Guid PostId { get; init; }

    /// <summary>Alternative texts that the library holds, in the order of <see cref="MediaUrls"/>; shorter or null where there is none.</summary>
    public IReadOnlyList<string?> AltTexts { get; init; } = [];

    /// <summary>Alternative text of one medium: that of the option <c>alt_texts</c> before the library's; null when there is none.</summary>
    public string? AltTextOf(int medium)
    {
        var chosen = Options.Texts("alt_texts").ElementAtOrDefault(medium) is { Length: > 0 } option ? option : AltTexts.ElementAtOrDefault(medium) ?? (medium == 0 ? AltText : null);
        return chosen is { Length: > 0 } ? chosen : null;
    }

    /// <summary>Value of <c>social_posts.post_type</c>.</summary>
    public string PostType { get; init; } = "post";

    /// <summary>Value of <c>social_posts.link_url</c>.</summary>
    public string? LinkUrl { get; init; }

    /// <summary>Value of <c>social_posts.location_tag</c>.</summary>
    public string? LocationTag { get; init; }

    /// <summary>Address of a video's cover that the platform can fetch for the next 24 hours, from the option <c>cover_url</c>; null when there is none.</summary>
    public string? CoverUrl { get; init; }

    /// <summary>What the platform knows beyond the columns of <c>social_posts</c>.</summary>
    public PostOptions Options { get; init; } = PostOptions.None;

    /// <summary>The state that the publisher's last outcome for this container carried; null when it carried none. It may hold an upload address: never logged.</summary>
    public string? ContainerState { get; init; }

    /// <summary>Names neither the token nor the addresses, which carry a signature.</summary>
    public override string ToString() => $"account {ExternalAccountId}, {MediaUrls.Count} media";
}
