using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Marketing.Suppressions.Preferences;

/// <summary>
/// Writes the pages: one column, no script, nothing from elsewhere, usable by keyboard and screen reader. Colours have a contrast of at least 4.5:1
/// (WCAG 2.2, 1.4.3) and controls are at least 44 pixels high (2.5.5).
/// </summary>
internal static class PreferencePage
{
    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}body{margin:0;background:#f3f5f7;color:#1f2933;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
        main{max-width:34rem;margin:2rem auto;padding:2rem;background:#fff;border:1px solid #cbd2d9;border-radius:.5rem}
        h1{margin:0 0 .25rem;font-size:1.5rem;line-height:1.25}p{margin:.75rem 0}.who{color:#52606d}
        .done{padding:.75rem 1rem;border-left:.25rem solid #1b7f4b;background:#e8f5ee}.note{padding:.75rem 1rem;border-left:.25rem solid #9a6700;background:#fff8e6}
        fieldset{margin:1.25rem 0;padding:0;border:0}legend{padding:0;font-weight:600}label{display:flex;align-items:center;gap:.75rem;min-height:2.75rem;cursor:pointer}
        input{width:1.25rem;height:1.25rem;margin:0;accent-color:#0b5cad}
        button{display:block;width:100%;min-height:2.75rem;margin:.75rem 0 0;padding:.5rem 1rem;border:2px solid #0b5cad;border-radius:.375rem;background:#fff;color:#0b5cad;font:inherit;font-weight:600;cursor:pointer}
        button.first{background:#0b5cad;color:#fff}button:hover{text-decoration:underline}:focus-visible{outline:3px solid #1f2933;outline-offset:2px}
        hr{margin:1.5rem 0;border:0;border-top:1px solid #cbd2d9}a{color:#0b5cad}footer{max-width:34rem;margin:0 auto 2rem;padding:0 2rem;color:#52606d;font-size:.875rem}
        @media (max-width:36rem){main{margin:0;border:0;border-radius:0;padding:1.25rem}footer{padding:1rem 1.25rem}}
        """;

    private static readonly string Policy = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>The preference page.</summary>
    /// <param name="texts">Words.</param>
    /// <param name="state">What holds now.</param>
    /// <param name="company">Name of the company; empty for none.</param>
    /// <param name="done">What has just been done; null for nothing.</param>
    public static string Preferences(PageTexts texts, PreferenceState state, string company, string? done)
    {
        var body = new StringBuilder();
        Head(body, texts.Preferences, state.Address, done);
        var isGone = state.HasLeftAll || state.HasLeftEmail;
        if (state.IsBarred) body.Append($"""<p class="note">{Encode(texts.Barred)}</p>""");
        else if (isGone)
        {
            if (done is null) body.Append($"""<p class="note">{Encode(state.HasLeftAll ? texts.LeftAll : texts.LeftEmail)}</p>""");
            body.Append($"""<form method="post">{Button("return", texts.Return, isFirst: true)}</form>""");
        }
        else if (state.Lists.Count > 0)
        {
            body.Append($"""<form method="post"><fieldset><legend>{Encode(texts.Which)}</legend>""");
            foreach (var (name, title, isOn) in state.Lists)
                body.Append($"""<input type="hidden" name="shown" value="{Encode(name)}"><label><input type="checkbox" name="list" value="{Encode(name)}"{(isOn ? " checked" : "")}> <span>{Encode(title)}</span></label>""");
            body.Append($"""</fieldset>{Button("save", texts.Save, isFirst: true)}</form><hr>""");
        }
        if (!state.IsBarred && !state.HasLeftAll)
            body.Append($"""<form method="post">{(state.HasLeftEmail ? "" : Button("leave_email", texts.LeaveEmail, isFirst: state.Lists.Count == 0))}{Button("leave_all", texts.LeaveAll, isFirst: false)}</form>""");
        body.Append($"""<p class="who">{Encode(texts.Bookings)}</p>""");
        return Page(texts, texts.Preferences, body.ToString(), company);
    }

    /// <summary>The page that a person sees who opens the link of the header: one button, which sends what RFC 8058 sends.</summary>
    public static string Confirm(PageTexts texts, PreferenceState state, string company, string preferences)
    {
        var body = new StringBuilder();
        Head(body, texts.Unsubscribe, state.Address, done: null);
        body.Append($"""<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">{Button("leave", texts.Unsubscribe, isFirst: true)}</form>""");
        body.Append($"""<p><a href="{Encode(preferences)}">{Encode(texts.Manage)}</a></p><p class="who">{Encode(texts.Bookings)}</p>""");
        return Page(texts, texts.Unsubscribe, body.ToString(), company);
    }

    /// <summary>The page after it.</summary>
    public static string Left(PageTexts texts, string said, string? address, string company, string preferences)
    {
        var body = new StringBuilder();
        Head(body, texts.Unsubscribe, address, said);
        body.Append($"""<p><a href="{Encode(preferences)}">{Encode(texts.Manage)}</a></p><p class="who">{Encode(texts.Bookings)}</p>""");
        return Page(texts, texts.Unsubscribe, body.ToString(), company);
    }

    /// <summary>The page for a link that is none of ours.</summary>
    public static string Unreadable(PageTexts texts, string company) => Page(texts, texts.Preferences, $"""<h1>{Encode(texts.Preferences)}</h1><p class="note">{Encode(texts.BadLink)}</p>""", company);

    /// <summary>Sends a page, always with status 200: what posts to it is told nothing but that it was heard.</summary>
    public static Task SendAsync(HttpContext context, string page)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-store";
        headers["X-Robots-Tag"] = "noindex";
        return Results.Text(page, "text/html; charset=utf-8").ExecuteAsync(context);
    }

    private static void Head(StringBuilder body, string title, string? address, string? done)
    {
        body.Append($"<h1>{Encode(title)}</h1>");
        if (address is not null) body.Append($"""<p class="who">{Encode(address)}</p>""");
        if (done is not null) body.Append($"""<p class="done" role="status">{Encode(done)}</p>""");
    }

    private static string Button(string action, string text, bool isFirst) => $"""<button type="submit" name="action" value="{action}"{(isFirst ? " class=\"first\"" : "")}>{Encode(text)}</button>""";

    private static string Page(PageTexts texts, string title, string body, string company) => $"""
        <!DOCTYPE html><html lang="{texts.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Encode(company.Length == 0 ? title : $"{title} – {company}")}</title><style>{Style}</style></head><body><main>{body}</main>{(company.Length == 0 ? "" : $"<footer>{Encode(company)}</footer>")}</body></html>
        """;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
