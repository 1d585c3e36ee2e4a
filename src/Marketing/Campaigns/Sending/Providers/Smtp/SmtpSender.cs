using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Marketing.Campaigns.Sending.Providers.Smtp;

/// <summary>
/// A mail server by SMTP, one message at a time over kept connections. The Message-ID is our <c>send_id</c> on every attempt. A message whose last
/// dot was sent and whose reply was lost stays unconfirmed: a mail server cannot be asked, so a person decides.
/// </summary>
internal sealed class SmtpSender(IOptions<SendingOptions> options) : IEmailSender, IDisposable
{
    /// <summary>Name of the provider.</summary>
    public const string Name = "smtp";

    private const int KeptConnections = 4;

    private readonly ConcurrentBag<Connection> idle = [];

    /// <inheritdoc />
    public string Provider => Name;

    /// <summary>One: what a killed worker leaves can only be decided by a person.</summary>
    public int MostAtOnce => 1;

    /// <inheritdoc />
    public bool IsReported => false;

    /// <inheritdoc />
    public IReadOnlyList<SendRequest> Arrange(IReadOnlyList<OutgoingMessage> messages) => [.. messages.Select(SendLine.Alone)];

    /// <inheritdoc />
    public async Task<IReadOnlyList<SendAnswer>> SendAsync(SendRequest request, MailSender sender, CancellationToken cancellationToken)
    {
        var message = request.Lines[0].Message;
        return [new SendAnswer(message, options.Value.Smtp.Host.Length == 0 ? new SendOutcome.Stop("Sending:Smtp:Host is not set.") : await SendAsync(message, sender, cancellationToken))];
    }

    /// <inheritdoc />
    public Task<SendTrace> FindAsync(Guid sendId, CancellationToken cancellationToken) => Task.FromResult(SendTrace.CannotTell);

    private async Task<SendOutcome> SendAsync(OutgoingMessage message, MailSender sender, CancellationToken cancellationToken)
    {
        Connection? connection = null;
        try
        {
            connection = await ConnectAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or IOException or TimeoutException or SslHandshakeException or ProtocolException or OperationCanceledException or CommandException or MailKit.Security.AuthenticationException or NotSupportedException)
        {
            // Nothing of the message has left.
            return failure is MailKit.Security.AuthenticationException or SslHandshakeException or NotSupportedException ? new SendOutcome.Stop($"Connecting failed: {failure.Message}") : new SendOutcome.RetryLater($"Connecting failed: {failure.GetType().Name}.", null);
        }
        try
        {
            using var mail = Mail(message, sender);
            var reply = await connection.SendAsync(mail, Envelope(message, sender), (MailboxAddress)mail.To[0], cancellationToken);
            Keep(connection);
            return new SendOutcome.Accepted((reply.Length <= 300 ? reply : reply[..300]).Replace('\0', ' '));
        }
        catch (SmtpCommandException refused)
        {
            // The connection goes: after a refusal in the middle of a transaction its state is not certain.
            connection.Dispose();
            return SmtpReplies.Classify(refused.ErrorCode, (int)refused.StatusCode, refused.Message);
        }
        catch (Exception failure) when (failure is IOException or SocketException or TimeoutException or ProtocolException or OperationCanceledException or ServiceNotConnectedException or ServiceNotAuthenticatedException)
        {
            var mayHaveArrived = connection.HasSentMessage;
            connection.Dispose();
            if (failure is ServiceNotAuthenticatedException) return new SendOutcome.Stop($"The mail server wants a user name and password: {failure.Message}");
            return mayHaveArrived ? new SendOutcome.Unconfirmed("The connection broke after the message and before its reply.") : new SendOutcome.RetryLater("The connection broke before the message was complete.", null);
        }
        catch (ParseException unreadable)
        {
            Keep(connection);
            return new SendOutcome.Rejected($"The address cannot be used: {unreadable.Message}");
        }
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        while (idle.TryTake(out var kept))
        {
            try
            {
                await kept.NoOpAsync(cancellationToken);
                return kept;
            }
            catch (Exception failure) when (failure is IOException or TimeoutException or ProtocolException or CommandException or ServiceNotConnectedException or SocketException)
            {
                kept.Dispose(); // the server closed it meanwhile; take another
            }
            catch (OperationCanceledException)
            {
                kept.Dispose();
                throw;
            }
        }
        var settings = options.Value.Smtp;
        var connection = new Connection { Timeout = (int)options.Value.RequestTimeout.TotalMilliseconds };
        try
        {
            // Never "auto": it would send in the clear where the server offers nothing better.
            await connection.ConnectAsync(settings.Host, settings.Port, settings.Security switch
            {
                SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
                SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
                SmtpSecurity.None => SecureSocketOptions.None,
            }, cancellationToken);
            if (settings.UserName.Length > 0) await connection.AuthenticateAsync(settings.UserName, settings.Password, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Keep(Connection connection)
    {
        if (idle.Count < KeptConnections && connection.IsConnected) idle.Add(connection);
        else connection.Dispose();
    }

    // VERP: a bounce comes back to an address that names the message.
    private MailboxAddress Envelope(OutgoingMessage message, MailSender sender) =>
        options.Value.Smtp.BounceDomain is { Length: > 0 } domain ? new MailboxAddress("", $"b+{message.SendId:N}@{domain}") : MailboxAddress.Parse(sender.Email);

    private static MimeMessage Mail(OutgoingMessage message, MailSender sender)
    {
        var from = MailboxAddress.Parse(sender.Email);
        from.Name = sender.Name;
        var mail = new MimeMessage { MessageId = $"{message.SendId}@{from.Domain}", Subject = message.Content.Subject };
        mail.From.Add(from);
        // A form with a name or a comment would reach another address than the one that was looked up among the suppressed.
        var to = MailboxAddress.Parse(message.Email);
        if (to.Address != message.Email) throw new ParseException("More than a plain address.", 0, 0);
        mail.To.Add(to);
        if (sender.ReplyTo is { Length: > 0 } replyTo) mail.ReplyTo.Add(MailboxAddress.Parse(replyTo));
        foreach (var (name, value) in message.Content.Headers) mail.Headers.Replace(name, value);
        mail.Headers.Replace("X-Send-Id", message.SendId.ToString());
        mail.Body = new BodyBuilder { HtmlBody = message.Content.Html, TextBody = message.Content.Text }.ToMessageBody();
        return mail;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        while (idle.TryTake(out var connection)) connection.Dispose();
    }

    /// <summary>A connection that remembers whether the last message left whole: then a lost reply does not mean a lost message.</summary>
    private sealed class Connection : SmtpClient, ITransferProgress
    {
        private long size;
        private long sent;

        /// <summary>True when the message may have left as a whole: the last dot follows its last byte at once.</summary>
        public bool HasSentMessage => sent > 0 && sent >= size;

        public async Task<string> SendAsync(MimeMessage mail, MailboxAddress from, MailboxAddress to, CancellationToken cancellationToken)
        {
            (size, sent) = (0, 0);
            return await SendAsync(mail, from, [to], cancellationToken, this);
        }

        public void Report(long bytesTransferred, long totalSize)
        {
            (size, sent) = (totalSize > 0 ? totalSize : size, bytesTransferred);
        }

        public void Report(long bytesTransferred) => sent = bytesTransferred;
    }
}
