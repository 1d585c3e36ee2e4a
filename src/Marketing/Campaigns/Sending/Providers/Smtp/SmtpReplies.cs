using System.Globalization;
using System.Text.RegularExpressions;
using MailKit.Net.Smtp;

namespace Marketing.Campaigns.Sending.Providers.Smtp;

/// <summary>What replies of a mail server mean. Sources: RFC 5321, section 4.2; RFC 3463 for the enhanced codes, which decide where they are present.</summary>
internal static partial class SmtpReplies
{
    /// <summary>Classifies a reply to MAIL FROM, RCPT TO, DATA or the message.</summary>
    /// <param name="to">What the reply is about: only a refused recipient may be a dead address; a refused sender would be refused with every recipient.</param>
    /// <param name="code">Three digits.</param>
    /// <param name="text">The rest of the reply.</param>
    public static SendOutcome Classify(SmtpErrorCode to, int code, string text)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"{code} {(text.Length <= 300 ? text : text[..300])}");
        if (code == 535) return new SendOutcome.Stop(reason);
        var isRecipient = to == SmtpErrorCode.RecipientNotAccepted;
        if (to == SmtpErrorCode.SenderNotAccepted && code >= 500) return new SendOutcome.Stop(reason);
        if (Enhanced().Match(text) is { Success: true } match)
        {
            var (kind, subject, detail) = (match.Groups[1].ValueSpan[0], match.Groups[2].Value, match.Groups[3].Value);
            if (kind == '4') return new SendOutcome.RetryLater(reason, null);
            return (subject, detail) switch
            {
                ("1", "7" or "8") => new SendOutcome.Stop(reason), // about the sender's address, not the recipient's
                ("1", _) => new SendOutcome.Rejected(reason, IsDeadAddress: isRecipient),
                ("2", "2") => new SendOutcome.RetryLater(reason, null), // mailbox full: soft, although 5
                ("7", "8") => new SendOutcome.Stop(reason), // credentials refused
                _ => new SendOutcome.Rejected(reason),
            };
        }
        return code switch
        {
            530 => new SendOutcome.Stop(reason),
            >= 400 and < 500 => new SendOutcome.RetryLater(reason, null),
            550 or 551 or 553 => new SendOutcome.Rejected(reason, IsDeadAddress: isRecipient),
            552 => new SendOutcome.RetryLater(reason, null),
            _ => new SendOutcome.Rejected(reason),
        };
    }

    [GeneratedRegex(@"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")]
    private static partial Regex Enhanced();
}
