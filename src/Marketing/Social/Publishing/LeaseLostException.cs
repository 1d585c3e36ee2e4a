namespace Marketing.Social.Publishing;

/// <summary>Another worker holds the job by now, so this one must stop without writing anything more.</summary>
public sealed class LeaseLostException(Guid postId) : Exception($"The lease on post {postId} was lost.");
