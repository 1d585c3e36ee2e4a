using System.Text.Json.Nodes;

namespace Marketing.DevHost.Commands;

/// <summary>Tells how far ingest is, a line each time that something has moved.</summary>
internal static class IngestProgressLine
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Tells until it is cancelled. While the API does not answer it says nothing: the host says why.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task RunAsync(ReadyFile ready, Action<string> tell, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Add("x-api-key", ready.AdminKey);
        var told = (Done: -1L, Open: 0L);
        while (true)
        {
            if (await AskAsync(http, ready, cancellationToken) is { } now)
            {
                var (done, open, line) = now;
                // The first look is where telling begins: what was done before this start is no news.
                if (told.Done >= 0 && (done, open) != told && (open > 0 || told.Open > 0)) tell(line);
                told = (done, open);
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<(long Done, long Open, string Line)?> AskAsync(HttpClient http, ReadyFile ready, CancellationToken cancellationToken)
    {
        try
        {
            var progress = JsonNode.Parse(await http.GetStringAsync($"{ready.ApiUrl}/content_library/ingest", cancellationToken))!;
            var (waiting, working, active, error) = ((long)progress["waiting"]!, (long)progress["working"]!, (long)progress["active"]!, (long)progress["error"]!);
            var left = (double?)progress["seconds_left"] is { } seconds ? $", {seconds:0} s left" : "";
            return (active + error, waiting + working, $"ingest     {waiting} waiting, {working} under way, {active} active, {error} in error, {(double)progress["per_minute"]!:0} a minute{left}");
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
