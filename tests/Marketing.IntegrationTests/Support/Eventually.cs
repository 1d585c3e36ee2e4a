namespace Marketing.IntegrationTests.Support;

/// <summary>Waits for what happens elsewhere, as long as a patient user would.</summary>
public static class Eventually
{
    /// <summary>Asks until the answer is the expected one.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">The time is up; the message holds the last answer.</exception>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Func<T, bool> isExpected, TimeSpan? limit = null)
    {
        var until = TimeProvider.System.GetUtcNow() + (limit ?? TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await ask();
            if (isExpected(answer)) return answer;
            if (TimeProvider.System.GetUtcNow() > until) Assert.Fail($"Waited in vain; the last answer was: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }
    }
}
