namespace Marketing.Campaigns.Sending;

/// <summary>Told between any two effects of sending, so that a test can end the process exactly there.</summary>
public interface ISendStepObserver
{
    /// <summary>Called at a moment such as <c>submitted</c>; sending goes on when the task ends.</summary>
    ValueTask ReachedAsync(string moment, Guid campaignId);
}

/// <summary>Observes nothing.</summary>
internal sealed class NoSendStepObserver : ISendStepObserver
{
    public ValueTask ReachedAsync(string moment, Guid campaignId) => ValueTask.CompletedTask;
}
