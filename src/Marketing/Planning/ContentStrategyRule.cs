using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Planning;

/// <summary>Rules of <c>content_strategy</c>.</summary>
internal sealed class ContentStrategyRule : IWriteRule<ContentStrategy>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<ContentStrategy> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        write.EndsAfterStart("effective_date", write.Row.EffectiveDate, "review_date", write.Row.ReviewDate);
        write.IsObject("posting_frequency", write.Row.PostingFrequency, "{\"instagram\":\"3/week\"}");
        return Task.CompletedTask;
    }
}
