using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Problems;

namespace Marketing.Campaigns.Messages;

/// <summary>The body of <c>PUT /api/campaigns/{id}/email</c>, checked.</summary>
internal sealed partial class EmailBody
{
    /// <summary>Providers that campaigns may be sent by.</summary>
    public static readonly IReadOnlyList<string> Providers = ["sendgrid", "azure", "smtp"];

    private const int MaxVariants = 10;
    private static readonly string[] Members = ["provider", "sender_email", "sender_name", "reply_to", "list", "variants", "holdout", "settings"];
    private static readonly string[] VariantMembers = ["variant", "content_id", "subject", "share"];
    private readonly List<FieldError> errors = [];

    /// <summary>Who sends.</summary>
    public string Provider { get; private init; } = "";

    /// <summary>Address in <c>From</c>.</summary>
    public string SenderEmail { get; private init; } = "";

    /// <summary>Name in <c>From</c>.</summary>
    public string? SenderName { get; private init; }

    /// <summary>Address in <c>Reply-To</c>.</summary>
    public string? ReplyTo { get; private init; }

    /// <summary>List; empty for none.</summary>
    public string List { get; private init; } = "";

    /// <summary>Variants, with the content as the caller named it.</summary>
    public IReadOnlyList<(string Variant, string Content, string? Subject, decimal Share)> Variants { get; private set; } = [];

    /// <summary>Share of contacts that get nothing.</summary>
    public decimal Holdout { get; private init; }

    /// <summary>Settings, as JSON text.</summary>
    public string Settings { get; private init; } = "{}";

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">422, with an error for each field that is wrong.</exception>
    public static EmailBody Read(JsonElement body)
    {
        var errors = new List<FieldError>();
        foreach (var member in body.EnumerateObject().Where(member => !Members.Contains(member.Name))) errors.Add(new(member.Name, "unknown_member", $"Members: {string.Join(", ", Members)}."));
        string? Text(string member, int max) => Texts.Read(body, member, max, errors);
        var email = new EmailBody
        {
            Provider = Text("provider", 40) ?? "",
            SenderEmail = Text("sender_email", 320) ?? "",
            SenderName = Text("sender_name", 200),
            ReplyTo = Text("reply_to", 320),
            List = Text("list", 63) ?? "",
            Holdout = Number(body, "holdout", errors) ?? 0,
            Settings = ReadSettings(body, errors),
        };
        email.errors.AddRange(errors);
        email.Check(body);
        return email.errors.Count == 0 ? email : throw new ProblemException(Problem.Unprocessable("invalid_email", "Some fields cannot be taken.", email.errors));
    }

    private void Check(JsonElement body)
    {
        if (!Providers.Contains(Provider)) Refuse("provider", "not_allowed", $"provider is one of {string.Join(", ", Providers)}.");
        if (!IsAddress(SenderEmail)) Refuse("sender_email", "invalid_value", "Write one address, for example news@example.com.");
        if (ReplyTo is not null && !IsAddress(ReplyTo)) Refuse("reply_to", "invalid_value", "Write one address, for example hello@example.com.");
        if (SenderName is not null && Unsafe().IsMatch(SenderName)) Refuse("sender_name", "invalid_value", "A name has no control characters, no angle brackets, commas, semicolons or quotes.");
        if (List.Length > 0 && !EmailOptions.ListName().IsMatch(List)) Refuse("list", "invalid_value", "A list is named by lower-case letters, digits, - and _.");
        if (Holdout is < 0 or >= 1) Refuse("holdout", "out_of_range", "holdout is a share from 0 up to, not including, 1.");
        Variants = body.TryGetProperty("variants", out var variants) && variants.ValueKind == JsonValueKind.Array && variants.GetArrayLength() is > 0 and <= MaxVariants
            ? [.. variants.EnumerateArray().Select((variant, index) => Variant(variant, $"variants[{index}]", variants.GetArrayLength()))]
            : [];
        if (Variants.Count == 0) Refuse("variants", "required", $"Send 1 to {MaxVariants} variants, for example [{{\"variant\":\"A\",\"content_id\":\"CON-010001\",\"subject\":\"Hello\"}}].");
        else if (Variants.Select(variant => variant.Variant).Distinct(StringComparer.Ordinal).Count() < Variants.Count) Refuse("variants", "duplicate", "Each variant has a name of its own.");
        else if (Variants.Sum(variant => variant.Share) + Holdout != 1) Refuse("variants", "shares", $"The shares and holdout must add up to 1; they add up to {Variants.Sum(variant => variant.Share) + Holdout:0.######}.");
    }

    private (string, string, string?, decimal) Variant(JsonElement variant, string path, int count)
    {
        if (variant.ValueKind != JsonValueKind.Object)
        {
            Refuse(path, "not_an_object", "A variant is an object.");
            return ("", "", null, 0);
        }
        var found = new List<FieldError>();
        foreach (var member in variant.EnumerateObject().Where(member => !VariantMembers.Contains(member.Name))) found.Add(new(member.Name, "unknown_member", $"Members: {string.Join(", ", VariantMembers)}."));
        var name = Texts.Read(variant, "variant", 32, found) ?? (count == 1 ? "A" : "");
        if (!VariantName().IsMatch(name)) found.Add(new("variant", "invalid_value", "A variant is named by letters, digits, - and _, for example A."));
        var content = Texts.Read(variant, "content_id", 100, found);
        if (content is null) found.Add(new("content_id", "required", "Send the uuid or business id of the content."));
        var subject = Texts.Read(variant, "subject", CompiledMessage.MaxSubject, found);
        if (subject is not null && LiquidSandbox.TryParse(subject, out _) is { } problem) found.Add(new("subject", "liquid", problem));
        var share = Number(variant, "share", found) ?? (count == 1 ? 1 - Holdout : 0);
        if (share is <= 0 or > 1) found.Add(new("share", "out_of_range", "share is a number above 0 up to 1."));
        errors.AddRange(found.Select(error => error with { Field = $"{path}.{error.Field}" }));
        return (name, content ?? "", subject, share);
    }

    private static string ReadSettings(JsonElement body, List<FieldError> errors)
    {
        if (!body.TryGetProperty("settings", out var settings) || settings.ValueKind == JsonValueKind.Null) return "{}";
        if (settings.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new("settings", "not_an_object", "settings is an object."));
            return "{}";
        }
        var found = new List<FieldError>();
        foreach (var member in settings.EnumerateObject())
        {
            if (member.Name == "sending" && member.Value.ValueKind != JsonValueKind.Object) found.Add(new("sending", "not_an_object", "sending is an object."));
            if (member.Name != "sending" && !MessageSettings.Members.Contains(member.Name)) found.Add(new(member.Name, "unknown_member", $"Members: {string.Join(", ", MessageSettings.Members)}, sending."));
        }
        if (Texts.Read(settings, "tracking", 20, found) is { } tracking && !MessageSettings.Trackings.Contains(tracking)) found.Add(new("tracking", "not_allowed", $"tracking is one of {string.Join(", ", MessageSettings.Trackings)}."));
        if (Texts.Read(settings, "language", 35, found) is { } language && !Language().IsMatch(language)) found.Add(new("language", "invalid_value", "Write a language tag, for example en or pt-PT."));
        if (Texts.Read(settings, "preheader", 500, found) is { } preheader && LiquidSandbox.TryParse(preheader, out _) is { } problem) found.Add(new("preheader", "liquid", problem));
        if (Texts.Read(settings, "css", MessageSettings.MaxCss, found) is { } css && MessageSettings.CssProblem(css) is { } unfit) found.Add(new("css", "invalid_value", unfit));
        Texts.Read(settings, "postal_address", 500, found);
        errors.AddRange(found.Select(error => error with { Field = $"settings.{error.Field}" }));
        return settings.GetRawText();
    }

    private static decimal? Number(JsonElement element, string member, List<FieldError> errors)
    {
        if (!element.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && decimal.Round(number, 6) == number) return number;
        errors.Add(new(member, "wrong_type", $"{member} is a number of at most six decimals."));
        return null;
    }

    private void Refuse(string field, string code, string message)
    {
        if (errors.All(error => error.Field != field)) errors.Add(new(field, code, message));
    }

    /// <summary>True for one plain address; no names, comments or quoted parts.</summary>
    public static bool IsAddress(string text) => text.Length <= 320 && Address().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62})+\z")]
    private static partial Regex Address();

    [GeneratedRegex("[\\p{C}<>\",;]")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,31}\z")]
    private static partial Regex VariantName();

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\z")]
    private static partial Regex Language();
}

/// <summary>Reads texts of a JSON object.</summary>
internal static class Texts
{
    /// <summary>The text of a member; null when it is absent, null, empty, or refused with an error.</summary>
    public static string? Read(JsonElement element, string member, int maxLength, List<FieldError> errors)
    {
        if (!element.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= maxLength && !text.Contains('\0')) return text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
        errors.Add(new(member, "wrong_type", $"{member} is a text of at most {maxLength} characters."));
        return null;
    }
}
