namespace Marketing.Social.Insights;

/// <summary>Reads the figures of one platform's posts and accounts into our columns. A documented answer is a <see cref="Reading"/>, never an exception.</summary>
internal interface IInsightsReader
{
    /// <summary>Value of <c>social_accounts.platform</c>.</summary>
    string Platform { get; }

    /// <summary>Reads what is due, most posts in a call that the platform allows. Whoever takes the readings may stop at any.</summary>
    IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, CancellationToken cancellationToken);
}
