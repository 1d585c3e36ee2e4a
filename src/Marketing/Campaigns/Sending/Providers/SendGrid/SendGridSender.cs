using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Sending.Providers.SendGrid;

/// <summary>
/// SendGrid's Mail Send: up to 1000 recipients a call, each with our <c>send_id</c> among its custom arguments. A refusal that names recipients
/// accepted nobody; they are cut out and the others go. A lost answer is settled by the events of the webhook.
/// </summary>
internal sealed class SendGridSender(HttpClient http, IOptions<SendingOptions> options, TimeProvider clock) : IEmailSender
{
    /// <summary>Name of the provider.</summary>
    public const string Name = "sendgrid";

    /// <summary>Most recipients of a call. Source: Mail Send, "Limitations".</summary>
    public const int MaxRecipients = 1_000;

    // Each round cuts at least one recipient out; SendGrid names all it finds at once, so more rounds mean that something else is wrong.
    private const int MostRounds = 5;

    /// <inheritdoc />
    public string Provider => Name;

    /// <inheritdoc />
    public int MostAtOnce => MaxRecipients;

    /// <inheritdoc />
    public bool IsReported => true;

    /// <inheritdoc />
    public IReadOnlyList<SendRequest> Arrange(IReadOnlyList<OutgoingMessage> messages) => ShareContent.Run(messages, MaxRecipients);

    /// <inheritdoc />
    public async Task<IReadOnlyList<SendAnswer>> SendAsync(SendRequest request, MailSender sender, CancellationToken cancellationToken)
    {
        if (options.Value.SendGrid.ApiKey.Length == 0) return [.. request.Lines.Select(line => new SendAnswer(line.Message, new SendOutcome.Stop("Sending:SendGrid:ApiKey is not set.")))];
        var answers = new List<SendAnswer>(request.Lines.Count);
        var lines = request.Lines;
        for (var round = 1; lines.Count > 0; round++)
        {
            var answer = await CallAsync(request, lines, sender, cancellationToken);
            var named = round < MostRounds ? SendGridErrors.NamedRecipients(answer, lines.Count) : new Dictionary<int, string>();
            if (named.Count == 0)
            {
                var outcome = SendGridErrors.Classify(answer, clock.GetUtcNow());
                answers.AddRange(lines.Select(line => new SendAnswer(line.Message, outcome)));
                break;
            }
            answers.AddRange(named.Select(refused => new SendAnswer(lines[refused.Key].Message, new SendOutcome.Rejected(refused.Value))));
            lines = [.. lines.Where((_, place) => !named.ContainsKey(place))];
        }
        return answers;
    }

    /// <summary>SendGrid has no way to look a message up by our id; its events tell.</summary>
    public Task<SendTrace> FindAsync(Guid sendId, CancellationToken cancellationToken) => Task.FromResult(SendTrace.CannotTell);

    private async Task<EmailAnswer> CallAsync(SendRequest request, IReadOnlyList<SendLine> lines, MailSender sender, CancellationToken cancellationToken)
    {
        var settings = options.Value.SendGrid;
        var content = new ReadOnlyMemoryContent(SendGridBody.Write(request, lines, sender).WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, "v3/mail/send")) { Content = content };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey);
        return await http.CallAsync(message, cancellationToken);
    }
}
