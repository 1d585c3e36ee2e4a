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
        api.MapMethods("webhooks/unsubscribe/{token}", Read, (RequestDelegate)ConfirmAsync).AllowWithoutKey();
        api.MapPost("webhooks/unsubscribe/{token}", (RequestDelegate)OneClickAsync).AllowWithoutKey();
        api.MapMethods("webhooks/preferences/{token}", Read, (RequestDelegate)ShowAsync).AllowWithoutKey();
        api.MapPost("webhooks/preferences/{token}", (RequestDelegate)SaveAsync).AllowWithoutKey();
    }

    private static async Task ConfirmAsync(HttpContext context)
    {
        if (await WhoAsync(context) is not { } who) return;
        var state = await StateAsync(context, who);
        await PreferencePage.SendAsync(context, PreferencePage.Confirm(PageTexts.In(state.Language), state, Company(context), Preferences(context)));
    }

    // The body says List-Unsubscribe=One-Click, as a form of either kind; whoever posts to this address means it, so it is only read to its end.
    private static async Task OneClickAsync(HttpContext context)
    {
        await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted);
        if (await WhoAsync(context) is not { } who) return;
        IReadOnlyList<(string, string)> leave = who.List.Length == 0 ? Email : [("list", who.List)];
        await context.RequestServices.GetRequiredService<ChangePreferences>().RunAsync(who, new Wish(leave, []), ChangePreferences.OneClick, context.RequestAborted);
        var state = await StateAsync(context, who);
        var texts = PageTexts.In(state.Language);
        await PreferencePage.SendAsync(context, PreferencePage.Left(texts, who.List.Length == 0 ? texts.LeftEmail : texts.LeftList, state.Address, Company(context), Preferences(context)));
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (await WhoAsync(context) is not { } who) return;
        var state = await StateAsync(context, who);
        await PreferencePage.SendAsync(context, PreferencePage.Preferences(PageTexts.In(state.Language), state, Company(context), done: null));
    }

    private static async Task SaveAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        if (await WhoAsync(context) is not { } who) return;
        var texts = PageTexts.In((await StateAsync(context, who)).Language);
        var lists = form["list"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        var shown = form["shown"].OfType<string>().Where(name => EmailOptions.ListName().IsMatch(name)).Distinct(StringComparer.Ordinal).Take(100).ToList();
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
        await PreferencePage.SendAsync(context, PreferencePage.Unreadable(PageTexts.In(context.Request.GetTypedHeaders().AcceptLanguage?.FirstOrDefault()?.Value.Value), Company(context)));
        return null;
    }

    private static Task<PreferenceState> StateAsync(HttpContext context, Unsubscriber who) => context.RequestServices.GetRequiredService<ReadPreferences>().RunAsync(who, context.RequestAborted);

    private static string Company(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<EmailOptions>>().Value.Company;

    private static string Preferences(HttpContext context) => $"../preferences/{context.Request.RouteValues["token"]}";

    [LoggerMessage(450, LogLevel.Warning, "{Method} to unsubscribe with a token of {Length} letters that no key opens")]
    private static partial void LogUnreadable(ILogger log, string method, int length);
}
