using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MailKit.Net.Smtp;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Campaigns.Sending.Providers.Azure;
using Marketing.Campaigns.Sending.Providers.SendGrid;
using Marketing.Campaigns.Sending.Providers.Smtp;

namespace Marketing.Tests.Campaigns.Sending;

/// <summary>What answers of the providers mean, line by line of their documentation.</summary>
public sealed class AnswerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(202, "Accepted")]
    [InlineData(200, "Stop")] // sandbox
    [InlineData(400, "Stop")] // of the call as a whole
    [InlineData(401, "Stop")]
    [InlineData(403, "Stop")]
    [InlineData(413, "Stop")]
    [InlineData(429, "RetryLater")]
    [InlineData(500, "RetryLater")]
    [InlineData(502, "Unconfirmed")]
    [InlineData(503, "RetryLater")]
    [InlineData(504, "Unconfirmed")]
    public void SendGrid_by_status(int status, string outcome) => Assert.Equal(outcome, SendGridErrors.Classify(Answer(status), Now).GetType().Name);

    [Theory]
    [InlineData(202, "Accepted")]
    [InlineData(400, "Stop")]
    [InlineData(401, "Stop")]
    [InlineData(409, "Unconfirmed")]
    [InlineData(412, "Unconfirmed")]
    [InlineData(429, "RetryLater")]
    [InlineData(500, "RetryLater")]
    [InlineData(504, "Unconfirmed")]
    public void Azure_by_status(int status, string outcome) => Assert.Equal(outcome, AzureErrors.Classify(Answer(status)).GetType().Name);

    [Fact]
    public void Azure_refuses_one_recipient() =>
        Assert.IsType<SendOutcome.Rejected>(AzureErrors.Classify(Answer(400, """{"error":{"code":"BadRequest","message":"Invalid format for email address","target":"recipients.to[0].address"}}""")));

    [Fact]
    public void A_lost_answer_is_unconfirmed_only_when_the_call_may_have_arrived()
    {
        foreach (var classify in new Func<EmailAnswer, SendOutcome>[] { answer => SendGridErrors.Classify(answer, Now), AzureErrors.Classify })
        {
            Assert.IsType<SendOutcome.Unconfirmed>(classify(new EmailAnswer.Lost("late", MayHaveArrived: true)));
            Assert.IsType<SendOutcome.RetryLater>(classify(new EmailAnswer.Lost("refused", MayHaveArrived: false)));
        }
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(-5, 1)] // never less than a second
    [InlineData(100_000, 3600)] // and never more than an hour
    public void SendGrid_names_the_second_at_which_it_takes_calls_again(int inSeconds, int waited)
    {
        var outcome = Assert.IsType<SendOutcome.RetryLater>(SendGridErrors.Classify(Answer(429, headers: ("X-RateLimit-Reset", (Now.ToUnixTimeSeconds() + inSeconds).ToString(CultureInfo.InvariantCulture))), Now));
        Assert.True(outcome.IsThrottled);
        Assert.Equal(TimeSpan.FromSeconds(waited), outcome.After);
    }

    [Fact]
    public void SendGrid_names_recipients_to_cut_out()
    {
        var named = SendGridErrors.NamedRecipients(Answer(400, """{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.2.to.0.email","help":null},{"message":"x","field":"personalizations.0.headers"}]}"""), 3);
        Assert.Equal([0, 2], named.Keys.Order());
        Assert.Contains("valid address", named[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"errors":[{"message":"x","field":"personalizations.7.to"}]}""")] // no such place
    [InlineData("""{"errors":[{"message":"x","field":"personalizations.0.to"},{"message":"y","field":"content"}]}""")] // the call as well
    [InlineData("""{"errors":[{"message":"x","field":null}]}""")]
    [InlineData("""{"errors":[{"message":"x","field":"personalizations"}]}""")]
    [InlineData("""{"errors":"x"}""")]
    [InlineData("<html>")]
    [InlineData("")]
    public void A_refusal_of_the_whole_call_names_nobody(string body) => Assert.Empty(SendGridErrors.NamedRecipients(Answer(400, body), 3));

    [Theory]
    [InlineData(200, """{"id":"x","status":"Running"}""", "Accepted")]
    [InlineData(200, """{"id":"x","status":"Succeeded"}""", "Accepted")]
    [InlineData(200, """{"id":"x","status":"Failed"}""", "Refused")]
    [InlineData(200, """{"id":"x","status":"Canceled"}""", "Refused")]
    [InlineData(200, """{"id":"x","status":"Sleeping"}""", "CannotTell")]
    [InlineData(404, "", "NeverArrived")]
    [InlineData(401, "", "CannotTell")]
    [InlineData(500, "", "CannotTell")]
    public void Azure_tells_what_became_of_a_message(int status, string body, string trace) => Assert.Equal(trace, AzureErrors.Trace(Answer(status, body)).ToString());

    [Theory]
    [InlineData(421, "4.3.2 Service shutting down", "RetryLater")]
    [InlineData(450, "Mailbox busy", "RetryLater")]
    [InlineData(451, "4.7.1 Greylisted", "RetryLater")]
    [InlineData(452, "Out of storage", "RetryLater")]
    [InlineData(454, "4.7.0 Temporary authentication failure", "RetryLater")]
    [InlineData(550, "5.1.1 No such user", "Dead")]
    [InlineData(550, "No such user", "Dead")]
    [InlineData(551, "User not local", "Dead")]
    [InlineData(553, "Mailbox name not allowed", "Dead")]
    [InlineData(550, "5.1.10 Null MX", "Dead")]
    [InlineData(552, "5.2.2 Mailbox full", "RetryLater")]
    [InlineData(552, "Exceeded storage allocation", "RetryLater")]
    [InlineData(554, "5.7.1 Message refused by policy", "Rejected")]
    [InlineData(550, "5.7.26 Unauthenticated mail", "Rejected")]
    [InlineData(554, "Transaction failed", "Rejected")]
    [InlineData(550, "5.1.8 Bad sender's system address", "Stop")]
    [InlineData(530, "Authentication required", "Stop")]
    [InlineData(535, "5.7.8 Credentials invalid", "Stop")]
    public void Smtp_by_reply(int code, string text, string outcome)
    {
        var answer = SmtpReplies.Classify(SmtpErrorCode.RecipientNotAccepted, code, text);
        Assert.Equal(outcome, answer is SendOutcome.Rejected { IsDeadAddress: true } ? "Dead" : answer.GetType().Name);
    }

    [Theory]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 550, "Sender unknown", "Stop")]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 553, "5.1.1 Sender address rejected", "Stop")]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 451, "4.7.1 Later", "RetryLater")]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 550, "Message looks like spam", "Rejected")]
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 550, "5.1.1 Who are you", "Rejected")]
    public void Smtp_takes_an_address_for_dead_only_when_the_recipient_was_refused(SmtpErrorCode to, int code, string text, string outcome)
    {
        var answer = SmtpReplies.Classify(to, code, text);
        Assert.Equal(outcome, answer.GetType().Name);
        Assert.False(answer is SendOutcome.Rejected { IsDeadAddress: true });
    }

    [Fact]
    public void Azure_signature_is_that_of_the_documented_scheme()
    {
        // Computed with another implementation (Python's hmac) from the same inputs.
        const string body = """{"senderAddress":"news@example.com","recipients":{"to":[{"address":"ada@example.com"}]},"content":{"subject":"Hi","plainText":"Hello"}}""";
        var request = new HttpRequestMessage(HttpMethod.Post, "https://acs-test.unitedstates.communication.azure.com/emails:send?api-version=2025-09-01");
        AzureSignature.Sign(request, Encoding.UTF8.GetBytes(body), Convert.FromBase64String("pWwJHu7Y8R8xipVIp4KRyRlmUrZc6ULRtUCla2yRX7E="), new DateTimeOffset(2025, 11, 24, 16, 0, 0, TimeSpan.Zero));
        Assert.Equal("Mon, 24 Nov 2025 16:00:00 GMT", request.Headers.GetValues("x-ms-date").Single());
        Assert.Equal("LFWiojVYY8UtnnefYBE8FTXfuLl6E9mcWBPd20lNIDA=", request.Headers.GetValues("x-ms-content-sha256").Single());
        Assert.EndsWith("Signature=HO58HSIgjhg4CCmL8Tdfu93J44glBvH2aC5fGLzMsPE=", request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    private static EmailAnswer.Answered Answer(int status, string body = "", params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        HttpResponseHeaders copy = response.Headers;
        return new EmailAnswer.Answered((HttpStatusCode)status, Encoding.UTF8.GetBytes(body), copy);
    }
}
