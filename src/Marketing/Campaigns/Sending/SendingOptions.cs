namespace Marketing.Campaigns.Sending;

/// <summary>Settings of sending, section <c>Sending</c>.</summary>
public sealed class SendingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Sending";

    /// <summary>SendGrid.</summary>
    public SendGridSettings SendGrid { get; } = new();

    /// <summary>Azure Communication Services Email.</summary>
    public AzureEmailSettings Azure { get; } = new();

    /// <summary>A mail server.</summary>
    public SmtpSettings Smtp { get; } = new();

    /// <summary>Longest wait for a provider's answer.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>After this time without an answer a submitted recipient counts as unconfirmed: its worker has died. Longer than any call with its repeats.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>
    /// How long reports of the provider are waited for before its silence counts. A report that we could not take while we were down comes again only after
    /// a while. Source: Twilio SendGrid, "Event Webhook": a call that fails is repeated for 24 hours.
    /// </summary>
    public TimeSpan ReportWithin { get; set; } = TimeSpan.FromHours(25);

    /// <summary>
    /// Sends again what the provider has not reported within <see cref="ReportWithin"/>, provided that it reported a message that left later and nothing of the
    /// same call. Off: a person decides.
    /// </summary>
    public bool ResendUnreported { get; set; } = true;

    /// <summary>Workers of one campaign.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>How long one worker goes on before it hands over to the next.</summary>
    public TimeSpan RunFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a campaign may go without a sign of a worker before workers are called again.</summary>
    public TimeSpan RedispatchAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>First wait after a temporary failure without a delay of the provider's own; doubles each time. Source: our policy, as mail servers do.</summary>
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest such wait.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(4);

    /// <summary>When a recipient that still cannot be sent to is given up, counted from the freeze.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>Limits of a provider by its name: <c>Sending:ProviderLimits:sendgrid:0:Messages</c> and <c>:Per</c>. Where none are set, Azure has those of a new resource.</summary>
    public Dictionary<string, List<SendRate>> ProviderLimits { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Limits of each sender's address.</summary>
    public List<SendRate> SenderLimits { get; } = [];

    /// <summary>Limits of each campaign, beside its own.</summary>
    public List<SendRate> CampaignLimits { get; } = [];

    /// <summary>Messages that a new sender may send on its first day, its second, and so on; after the last there is no such limit. Empty: no warm-up.</summary>
    public List<int> WarmUp { get; } = [];

    /// <summary>Most marketing messages to one contact within <see cref="ContactCapPer"/>, over all campaigns; 0 for no cap.</summary>
    public int ContactCap { get; set; }

    /// <summary>The span of <see cref="ContactCap"/>.</summary>
    public TimeSpan ContactCapPer { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Start of the hours in which nobody is written to, in the contact's zone. Equal to <see cref="QuietUntil"/>: no quiet hours.</summary>
    public TimeOnly QuietFrom { get; set; }

    /// <summary>End of those hours.</summary>
    public TimeOnly QuietUntil { get; set; }

    /// <summary>Zone of contacts whose own is not known, an IANA name.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>A campaign pauses when this share of its deliveries were complaints. Source: Gmail and Yahoo ask for less than 0.3 %.</summary>
    public double PauseAtComplaints { get; set; } = 0.003;

    /// <summary>Deliveries before complaints are judged.</summary>
    public int ComplaintsAfter { get; set; } = 500;

    /// <summary>A campaign pauses when this share of its answers were refusals.</summary>
    public double PauseAtErrors { get; set; } = 0.1;

    /// <summary>Answers before refusals are judged.</summary>
    public int ErrorsAfter { get; set; } = 100;

    /// <summary>How long after its freeze a campaign may still go out, unless it says otherwise; later recipients are left out.</summary>
    public TimeSpan LatestAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Limits of a provider.</summary>
    public IReadOnlyList<SendRate> LimitsOf(string provider) => ProviderLimits.TryGetValue(provider, out var limits) ? limits : provider == Providers.Azure.AzureSender.Name ? AzureDefault : [];

    // Source: Microsoft Learn, "Service limits for Azure Communication Services", custom domains: 30 a minute and 100 an hour until support raises them.
    private static readonly SendRate[] AzureDefault = [new() { Messages = 30, Per = TimeSpan.FromMinutes(1) }, new() { Messages = 100, Per = TimeSpan.FromHours(1) }];

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when RequestTimeout <= TimeSpan.Zero || AnswerWithin < RequestTimeout * 3 + TimeSpan.FromSeconds(3) =>
            $"{Section}:AnswerWithin must be longer than three times {Section}:RequestTimeout and 3 seconds, or an answer may come after its recipient was given up. Example: 00:04:00 and 00:01:00.",
        _ when ReportWithin < TimeSpan.Zero => $"{Section}:ReportWithin must not be negative, for example 00:10:00.",
        { Workers: < 1 or > 32 } => $"{Section}:Workers must lie between 1 and 32, for example 2.",
        _ when RunFor <= TimeSpan.Zero || RedispatchAfter <= TimeSpan.Zero => $"{Section}:RunFor and {Section}:RedispatchAfter must be positive, for example 00:02:00 and 00:01:00.",
        _ when FirstRetryAfter <= TimeSpan.Zero || MaxRetryAfter < FirstRetryAfter => $"{Section}:FirstRetryAfter must be positive and at most {Section}:MaxRetryAfter, for example 00:05:00 and 04:00:00.",
        _ when ProviderLimits.Values.SelectMany(limits => limits).Concat(SenderLimits).Concat(CampaignLimits).Any(limit => limit.Messages < 1 || limit.Per <= TimeSpan.Zero) =>
            $"{Section}: a limit names a positive number of Messages and a positive span Per, for example 100 and 00:01:00.",
        _ when WarmUp.Any(day => day < 1) => $"{Section}:WarmUp holds positive numbers of messages a day, for example 50, 100, 500.",
        _ when ContactCap < 0 || ContactCapPer <= TimeSpan.Zero => $"{Section}:ContactCap must not be negative and {Section}:ContactCapPer must be positive, for example 3 and 7.00:00:00.",
        _ when !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _) => $"{Section}:TimeZone must be an IANA time zone, for example Europe/Lisbon.",
        _ when PauseAtComplaints is <= 0 or > 1 || PauseAtErrors is <= 0 or > 1 => $"{Section}:PauseAtComplaints and {Section}:PauseAtErrors are shares between 0 and 1, for example 0.003 and 0.1.",
        _ when LatestAfter <= TimeSpan.Zero || GiveUpAfter <= TimeSpan.Zero => $"{Section}:LatestAfter and {Section}:GiveUpAfter must be positive, for example 3.00:00:00.",
        _ when !IsSafe(SendGrid.Address) => $"{Section}:SendGrid:Address must be an https address, for example https://api.sendgrid.com/: the key goes with every call.",
        _ when Azure.Endpoint is { } endpoint && !IsSafe(endpoint) => $"{Section}:Azure:Endpoint must be an https address, for example https://name.europe.communication.azure.com/.",
        _ when Azure.AccessKey.Length > 0 && !IsBase64(Azure.AccessKey) => $"{Section}:Azure:AccessKey is no base64 text. Copy the key of the Communication Services resource.",
        { Smtp.Port: < 1 or > 65535 } => $"{Section}:Smtp:Port must be a port, for example 587.",
        _ => null,
    };

    // In the clear only to a stand-in on the same machine.
    private static bool IsSafe(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);
}

/// <summary>So many messages in any span of this length.</summary>
public sealed class SendRate
{
    /// <summary>Most messages.</summary>
    public int Messages { get; set; }

    /// <summary>In any span of this length.</summary>
    public TimeSpan Per { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>Settings below <c>Sending:SendGrid</c>.</summary>
public sealed class SendGridSettings
{
    /// <summary>Where its API is; <c>https://api.eu.sendgrid.com/</c> for subusers in the EU.</summary>
    public Uri Address { get; set; } = new("https://api.sendgrid.com/");

    /// <summary>API key with the permission mail.send.</summary>
    public string ApiKey { get; set; } = "";
}

/// <summary>Settings below <c>Sending:Azure</c>.</summary>
public sealed class AzureEmailSettings
{
    /// <summary>Endpoint of the Communication Services resource, for example <c>https://name.europe.communication.azure.com/</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Access key of the resource; empty to sign in with the app's identity, which is the better way within Azure.</summary>
    public string AccessKey { get; set; } = "";
}

/// <summary>Settings below <c>Sending:Smtp</c>.</summary>
public sealed class SmtpSettings
{
    /// <summary>The mail server.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>User name; empty for none.</summary>
    public string UserName { get; set; } = "";

    /// <summary>Password.</summary>
    public string Password { get; set; } = "";

    /// <summary>Domain to whose addresses <c>b+SEND_ID@</c> bounces are returned; empty for the sender's own address.</summary>
    public string BounceDomain { get; set; } = "";
}

/// <summary>How a connection to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Begins in the clear and must be raised to TLS, usually on port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually on port 465.</summary>
    Tls,

    /// <summary>None, for a server on the same machine.</summary>
    None,
}
