using Marketing.Campaigns.Messages;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Suppressions.Unsubscribe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Suppressions.Preferences;

/// <summary>
/// Where people leave. They hold no key: the token in the address is sealed. A GET changes nothing, since scanners open every link of a message; a POST does,
/// at once, without a page between, and again and again with the same result (RFC 8058, 3.2). Every answer is 200.
/// </summary>
internal static partial class PreferenceEndpoints
{
    private const int MaxBytes = 64 * 1024;
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly (string, string)[] Email = [("channel", "email")];
    private static readonly (string, string)[] Everything = [("all", "")];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("webhooks/unsubscribe/{token}", Read, (RequestDelegate)ConfirmAsync).AllowWithoutKey().WithSummary("A page with one button that unsubscribes; looking at it changes nothing");
        api.MapPost("webhooks/unsubscribe/{token}", (RequestDelegate)OneClickAsync).AllowWithoutKey().WithSummary("Unsubscribe by the link of a message, at once (RFC 8058)");
        api.MapMethods("webhooks/preferences/{token}", Read, (RequestDelegate)ShowAsync).AllowWithoutKey().WithSummary("The preference page; looking at it changes nothing");
        api.MapPost("webhooks/preferences/{token}", (RequestDelegate)SaveAsync).AllowWithoutKey().WithSummary("What a person chose on the preference page");
    }

    private static async Task ConfirmAsync(HttpContext context)
    {
        if (await WhoAsync(context) is not { } who) return;
        var state = await StateAsync(context, who);
        await PreferencePage.SendAsync(context, PreferencePage.Confirm(Texts(context, state.Language), state, Company(context), Preferences(context)));
    }

    // The body says List-Unsubscribe=One-Click, as a form of either kind; whoever posts to this address means it, so it is only read to its end.
    private static async Task OneClickAsync(HttpContext context)
    {
        await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted);
        if (await WhoAsync(context) is not { } who) return;
        IReadOnlyList<(string, string)> leave = who.List.Length == 0 ? Email : [("list", who.List)];
        await context.RequestServices.GetRequiredService<ChangePreferences>().RunAsync(who, new Wish(leave, []), ChangePreferences.OneClick, context.RequestAborted);
        var state = await StateAsync(context, who);
        var texts = Texts(context, state.Language);
        await PreferencePage.SendAsync(context, PreferencePage.Left(texts, who.List.Length == 0 ? texts.LeftEmail : texts.LeftList, state.Address, Company(context), Preferences(context)));
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (await WhoAsync(context) is not { } who) return;
        var state = await StateAsync(context, who);
        await PreferencePage.SendAsync(context, PreferencePage.Preferences(Texts(context, state.Language), state, Company(context), done: null));
    }

    private static async Task SaveAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        if (await WhoAsync(context) is not { } who) return;
        var before = await StateAsync(context, who);
        var texts = Texts(context, before.Language);
        var lists = form["list"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        // Lists that the page did not show when it was opened stay as they are.
        var shown = form["shown"].OfType<string>().Intersect(before.Lists.Select(list => list.Name)).ToList();
        var (wish, done) = form["action"].ToString() switch
        {
            "leave_email" => (new Wish(Email, []), texts.LeftEmail),
            "leave_all" => (new Wish(Everything, []), texts.LeftAll),
            "return" => (new Wish([], [.. Email, .. Everything]), texts.Saved),
            "save" => (new Wish([.. shown.Where(name => !lists.Contains(name)).Select(name => ("list", name))], [.. shown.Where(lists.Contains).Select(name => ("list", name))]), texts.Saved),
            _ => (new Wish([], []), ""),
        };
        await context.RequestServices.GetRequiredService<ChangePreferences>().RunAsync(who, wish, ChangePreferences.Page, context.RequestAborted);
        await PreferencePage.SendAsync(context, PreferencePage.Preferences(texts, await StateAsync(context, who), Company(context), done.Length == 0 ? null : done));
    }

    private static async Task<IFormCollection> FormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return FormCollection.Empty;
        if (context.Request.ContentLength > MaxBytes) throw new ProblemException(Problem.TooLarge(MaxBytes));
        try
        {
            return await context.Request.ReadFormAsync(new() { BufferBodyLengthLimit = MaxBytes, MultipartBodyLengthLimit = MaxBytes, ValueCountLimit = 500, ValueLengthLimit = 1_000, KeyLengthLimit = 100 }, context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(Problem.BadRequest("malformed_form", "The form cannot be read."));
        }
    }

    // A link that we cannot read may be a fault of ours: an operator must hear of it, a prober must not learn from it.
    private static async Task<Unsubscriber?> WhoAsync(HttpContext context)
    {
        var token = (string)context.Request.RouteValues["token"]!;
        if (context.RequestServices.GetRequiredService<UnsubscribeTokens>().Open(token) is { } who) return who;
        LogUnreadable(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(PreferenceEndpoints)), context.Request.Method, token.Length);
        await PreferencePage.SendAsync(context, PreferencePage.Unreadable(Texts(context, null), Company(context)));
        return null;
    }

    private static Task<PreferenceState> StateAsync(HttpContext context, Unsubscriber who) => context.RequestServices.GetRequiredService<ReadPreferences>().RunAsync(who, context.RequestAborted);

    // The language of the contact, else what the browser asks for first.
    private static PageTexts Texts(HttpContext context, string? language) => PageTexts.In(language ?? context.Request.GetTypedHeaders().AcceptLanguage?.OrderByDescending(wanted => wanted.Quality ?? 1).FirstOrDefault()?.Value.Value);

    private static string Company(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<EmailOptions>>().Value.Company;

    private static string Preferences(HttpContext context) => $"../preferences/{context.Request.RouteValues["token"]}";

    [LoggerMessage(450, LogLevel.Warning, "{Method} to unsubscribe with a token of {Length} letters that no key opens")]
    private static partial void LogUnreadable(ILogger log, string method, int length);
}
