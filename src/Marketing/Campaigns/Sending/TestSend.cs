using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Suppressions;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Sends a campaign's message to a few addresses of colleagues, through its own provider and within its limits. Never to a suppressed address. Each is recorded
/// in <c>test_sends</c> before the call and after it; it is no recipient of the campaign, and its events belong to none.
/// </summary>
internal sealed class TestSend(NpgsqlDataSource database, SendParts parts, SendLimits limits, UnsubscribeLinks links, Suppressed suppressions)
{
    /// <summary>Most addresses of one request.</summary>
    public const int MaxAddresses = 10;

    // Source: our policy. A key that may test must not become a way to mail strangers.
    private const int MaxAnHour = 60;
    private const string Mark = "[Test] ";
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(90);

    /// <summary>Sends.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="variantName">Its variant; null for the first.</param>
    /// <param name="addresses">Plain addresses, each once.</param>
    /// <param name="facts">What <c>contact</c> holds in the template.</param>
    /// <param name="caller">Who sends.</param>
    /// <param name="cancellationToken">Stops it before the next message.</param>
    /// <returns>What became of each address, in the order of the addresses.</returns>
    /// <exception cref="ProblemException">404: the campaign has no email. 409: this environment may not send. 422: no such variant, or the message cannot be made.</exception>
    public async Task<IReadOnlyList<TestSent>> RunAsync(Guid campaignId, string? variantName, IReadOnlyList<string> addresses, IReadOnlyDictionary<string, object?> facts, Caller caller, CancellationToken cancellationToken)
    {
        if (!await parts.Fence.IsReleasedAsync(cancellationToken)) throw new ProblemException(Problem.Conflict("fenced", "The database belongs to another environment: nothing is sent from here. See GET /api/operations/fence."));
        var email = await parts.Messages.RunAsync(campaignId, cancellationToken, withTracking: false);
        var variant = email.Variants.FirstOrDefault(known => variantName is null || known.Variant == variantName)
            ?? throw new ProblemException(Problem.Unprocessable("no_such_variant", "The campaign has no such variant.", new FieldError("variant", "not_allowed", $"Variants: {string.Join(", ", email.Variants.Select(known => known.Variant))}.")));
        var sender = parts.Senders[email.Provider];
        var messages = addresses.Select(address => Make(variant, address, email.List, facts)).ToList();

        HashSet<string> suppressed;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken)) suppressed = await suppressions.AmongAsync(connection, addresses, email.List, cancellationToken);
        var buckets = await parts.Buckets.RunAsync(campaignId, email.Provider, email.SenderEmail, null, cancellationToken);
        var free = messages.Where(message => !suppressed.Contains(message.Email)).ToList();
        var (granted, _) = await limits.TakeAsync([.. buckets, new SendBucket($"test:{campaignId}", MaxAnHour, TimeSpan.FromHours(1))], free.Count, cancellationToken);
        var (go, held) = (free.Take(granted).ToList(), free.Skip(granted).ToList());
        await RecordAsync(campaignId, email.Provider, go, caller, cancellationToken);
        var answers = await CallAsync(sender, go, new MailSender(email.SenderEmail, email.SenderName, email.ReplyTo), cancellationToken);
        await FinishAsync(answers);

        var outcomes = answers.ToDictionary(answer => answer.Message.Email, answer => Told(answer), StringComparer.Ordinal);
        return [.. messages.Select(message => suppressed.Contains(message.Email) ? new TestSent(message.Email, null, SendState.Suppressed, "The address asked not to be written to, or cannot be reached.")
            : held.Contains(message) ? new TestSent(message.Email, null, SendState.Skipped, $"A limit holds: the provider's or the sender's, or {MaxAnHour} test messages of a campaign in an hour.")
            : outcomes[message.Email])];
    }

    // Neither campaign nor contact: leaving from a test message suppresses its reader alone, and what the provider reports counts for no campaign.
    private OutgoingMessage Make(MessageVariant variant, string address, string list, IReadOnlyDictionary<string, object?> facts)
    {
        var send = Guid.CreateVersion7();
        try
        {
            var content = variant.Message.Render(new Recipient(Guid.Empty, address, send.ToString(), facts, links.Page(Guid.Empty, address, Guid.Empty, list), links.OneClick(Guid.Empty, address, Guid.Empty, list)));
            return new OutgoingMessage(send, Guid.Empty, variant.Variant, address, content with { Subject = Mark + content.Subject });
        }
        catch (MessageRenderException unfit)
        {
            throw new ProblemException(Problem.Unprocessable("not_renderable", unfit.Message, new FieldError(unfit.Message.Split(':')[0], "liquid", unfit.Message)));
        }
    }

    private static async Task<IReadOnlyList<SendAnswer>> CallAsync(IEmailSender sender, IReadOnlyList<OutgoingMessage> messages, MailSender from, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(MaxTime);
        var answers = new List<SendAnswer>();
        foreach (var request in sender.Arrange(messages))
        {
            answers.AddRange(cancellationToken.IsCancellationRequested || late.IsCancellationRequested
                ? request.Lines.Select(line => new SendAnswer(line.Message, new SendOutcome.RetryLater("Not sent: the time for this request is over.", null)))
                : await sender.SendAsync(request, from, late.Token));
        }
        return answers;
    }

    private async Task RecordAsync(Guid campaignId, string provider, List<OutgoingMessage> messages, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var store = new NpgsqlBatchCommand("""
            insert into marketing_ops.test_sends (send_id, campaign_id, variant, address_hash, provider, requested_by)
            select send_id, $1, variant, address_hash, $2, $3 from unnest($4::uuid[], $5::text[], $6::bytea[]) as line (send_id, variant, address_hash)
            """);
        foreach (var value in new object[] { campaignId, provider, caller.Name, messages.Select(message => message.SendId).ToArray(), messages.Select(message => message.Variant).ToArray(), messages.Select(message => SuppressContact.HashOf(message.Email)).ToArray() }) store.Parameters.AddWithValue(value);
        batch.BatchCommands.Add(store);
        batch.BatchCommands.Add(AuditLog.Command(caller, null, "campaigns", [new AuditLine("test_send", campaignId, $$"""{"messages":{{messages.Count}}}""")]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task FinishAsync(IReadOnlyList<SendAnswer> answers)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.test_sends send set state = line.state, reason = line.reason, finished_at = now()
            from   unnest($1::uuid[], $2::text[], $3::text[]) as line (send_id, state, reason) where send.send_id = line.send_id
            """);
        var told = answers.Select(Told).ToList();
        command.Parameters.AddWithValue(answers.Select(answer => answer.Message.SendId).ToArray());
        command.Parameters.AddWithValue(told.Select(sent => sent.State).ToArray());
        command.Parameters.Add(new() { Value = told.Select(sent => sent.Reason?.Replace('\0', ' ')).ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // A test is not tried again by itself: who asked for it sees what happened.
    private static TestSent Told(SendAnswer answer)
    {
        var (state, reason) = answer.Outcome switch
        {
            SendOutcome.Accepted => (SendState.Accepted, (string?)null),
            SendOutcome.Unconfirmed unconfirmed => (SendState.Unconfirmed, unconfirmed.Reason),
            SendOutcome.Rejected rejected => (SendState.Rejected, rejected.Reason),
            SendOutcome.RetryLater later => (SendState.Rejected, later.Reason),
            SendOutcome.Stop stopped => (SendState.Rejected, stopped.Reason),
            _ => throw new System.Diagnostics.UnreachableException($"{answer.Outcome}"),
        };
        return new TestSent(answer.Message.Email, answer.Message.SendId, state, reason);
    }
}

/// <summary>What became of one test message.</summary>
/// <param name="To">The address, as it was given.</param>
/// <param name="SendId">Its id in <c>test_sends</c>; null when nothing was sent.</param>
/// <param name="State">accepted, rejected, unconfirmed, suppressed or skipped.</param>
/// <param name="Reason">Why; null when it was accepted.</param>
internal sealed record TestSent(string To, Guid? SendId, string State, string? Reason);
