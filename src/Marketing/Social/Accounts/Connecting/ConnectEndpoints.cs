using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>
/// Connecting accounts by consent. It takes the scope publish, since what is connected can be published to, and a role that may write every
/// row of <c>social_accounts</c>. The platform's way back needs no key: the signed state is its proof.
/// </summary>
internal static class ConnectEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("social_accounts/connect", (RequestDelegate)StartAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_accounts/{id}/connect", (RequestDelegate)StartAgainAsync).RequireScope(Scopes.Publish);
        api.MapGet("social_accounts/connect/callback", (RequestDelegate)CallbackAsync).AllowWithoutKey();
        api.MapGet("social_accounts/connect/{connection:guid}", (RequestDelegate)ReadAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_accounts/connect/{connection:guid}/choice", (RequestDelegate)ChooseAsync).RequireScope(Scopes.Publish);
    }

    private static async Task StartAsync(HttpContext context)
    {
        Demand(context, TableAction.Create);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var platform = body.RootElement.TryGetProperty("platform", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        Guid? property = null;
        if (body.RootElement.TryGetProperty("property_id", out var given) && given.ValueKind != JsonValueKind.Null)
            property = given.ValueKind == JsonValueKind.String && given.TryGetGuid(out var id) ? id : throw new ProblemException(Problem.Unprocessable("wrong_type", "property_id is a uuid.", new FieldError("property_id", "wrong_type", "Write a uuid, or leave it out.")));
        await StartedAsync(context, platform, null, property);
    }

    private static async Task StartAgainAsync(HttpContext context)
    {
        Demand(context, TableAction.Update);
        var id = await Accounts(context).VisibleRowAsync();
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("select platform from marketing.social_accounts where id = $1");
        command.Parameters.AddWithValue(id);
        await StartedAsync(context, (string)(await command.ExecuteScalarAsync(context.RequestAborted))!, id, null);
    }

    private static async Task StartedAsync(HttpContext context, string platform, Guid? account, Guid? property)
    {
        var started = await context.RequestServices.GetRequiredService<StartConnection>().RunAsync(platform, account, property, context.GetCaller(), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await SendAsync(context, new JsonObject { ["connection_id"] = started.Id, ["authorization_url"] = started.AuthorizationUrl, ["expires_at"] = started.ExpiresAt }, StatusCodes.Status201Created);
    }

    // The address holds the code, so it must not travel on.
    private static async Task CallbackAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var completed = await context.RequestServices.GetRequiredService<CompleteConnection>().RunAsync(
            query["state"].ToString(), query["code"].ToString() is { Length: > 0 and <= 4096 } code ? code : null, query["error"].ToString() is { Length: > 0 } error ? error : null, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (context.RequestServices.GetRequiredService<IOptions<AccountsOptions>>().Value.ReturnUrl is { } back && completed.Id is { } id)
            context.Response.Redirect(JsonHttp.Address(back, new("connection", id.ToString()), new("state", completed.State)));
        else
            await Results.Text(completed.State == "failed" ? completed.Words : $"{completed.Words} You can close this window.", "text/plain", statusCode: completed.State == "failed" ? 400 : 200).ExecuteAsync(context);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var id = Guid.Parse((string)context.GetRouteValue("connection")!);
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('connection_id', c.id, 'platform', c.platform, 'state', c.state, 'reason', c.reason, 'choices', c.choices, 'expires_at', c.expires_at,
                'account', case when c.state = 'connected' then json_build_object('id', a.id, 'social_account_id', a.social_account_id, 'account_name', a.account_name, 'handle', a.handle, 'external_account_id', a.external_account_id) end)::text
            from marketing_ops.account_connections c left join marketing.social_accounts a on a.id = c.account_id
            where c.id = $1 and (c.subject = $2 or $3)
            """);
        foreach (var value in new object[] { id, context.GetCaller().Subject, context.GetCaller().Has(Scopes.Admin) }) command.Parameters.AddWithValue(value);
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string json) throw new ProblemException(Problem.NotFound("account_connections", id.ToString()));
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }

    private static async Task ChooseAsync(HttpContext context)
    {
        Demand(context, TableAction.Create);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (!body.RootElement.TryGetProperty("external_account_id", out var chosen) || chosen.ValueKind != JsonValueKind.String)
            throw new ProblemException(Problem.Unprocessable("required", "Send external_account_id, one of the connection's choices.", new FieldError("external_account_id", "required", "Send one of the choices.")));
        var id = Guid.Parse((string)context.GetRouteValue("connection")!);
        await using (var own = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("select 1 from marketing_ops.account_connections where id = $1 and (subject = $2 or $3)"))
        {
            foreach (var value in new object[] { id, context.GetCaller().Subject, context.GetCaller().Has(Scopes.Admin) }) own.Parameters.AddWithValue(value);
            if (await own.ExecuteScalarAsync(context.RequestAborted) is null) throw new ProblemException(Problem.NotFound("account_connections", id.ToString()));
        }
        await context.RequestServices.GetRequiredService<ChooseAccount>().RunAsync(id, chosen.GetString()!, context.RequestAborted);
        await ReadAsync(context);
    }

    // Which account the person will choose is not known when the consent begins, so a role that sees only some rows cannot begin it.
    private static void Demand(HttpContext context, TableAction action)
    {
        var access = Accounts(context).To(action);
        if (access.Rows is not null || access.Check is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that may write only some accounts cannot connect one. Ask an administrator."));
    }

    private static Task SendAsync(HttpContext context, JsonObject answer, int status) => Results.Text(answer.ToJsonString(), "application/json", statusCode: status).ExecuteAsync(context);

    private static ResourceRequest Accounts(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_accounts"));
}
