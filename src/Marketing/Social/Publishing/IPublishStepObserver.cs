namespace Marketing.Social.Publishing;

/// <summary>Told between any two effects of publishing, so that a test can end the process exactly there.</summary>
public interface IPublishStepObserver
{
    /// <summary>Called at a moment such as <c>finalise answered</c>; publishing goes on when the task ends.</summary>
    ValueTask ReachedAsync(string moment, Guid postId);
}

/// <summary>Observes nothing.</summary>
internal sealed class NoPublishStepObserver : IPublishStepObserver
{
    public ValueTask ReachedAsync(string moment, Guid postId) => ValueTask.CompletedTask;
}
