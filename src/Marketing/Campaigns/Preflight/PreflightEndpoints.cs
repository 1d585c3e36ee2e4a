using System.Text.Json.Nodes;
using Marketing.Campaigns.Messages;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns.Preflight;

/// <summary>What can be seen of a campaign before it goes out: findings, a dry run, and the message of one contact. They change nothing.</summary>
internal static class PreflightEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("campaigns/{id}/preflight", (RequestDelegate)CheckAsync).RequireScope(Scopes.Read).WithSummary("Everything that stands between the campaign and its recipients, and how to mend it; changes nothing");
        api.MapPost("campaigns/{id}/dry_run", (RequestDelegate)DryRunAsync).RequireScope(Scopes.Read).WithSummary("How many would get the campaign now, a sample, who is left out and why, at what rate and until when; changes nothing");
        api.MapPost("campaigns/{id}/preview", (RequestDelegate)PreviewAsync).RequireScope(Scopes.Read).WithSummary("The message of one contact, with links that change nothing");
    }

    private static async Task CheckAsync(HttpContext context)
    {
        var id = await CampaignRequest.VisibleAsync(context);
        CampaignRequest.SeesEveryMember(context);
        var report = await context.RequestServices.GetRequiredService<CheckCampaign>().RunAsync(id, context.RequestAborted);
        await Results.Json(report, PreflightJson.Default.PreflightReport).ExecuteAsync(context);
    }

    private static async Task DryRunAsync(HttpContext context)
    {
        var id = await CampaignRequest.VisibleAsync(context);
        CampaignRequest.SeesEveryMember(context);
        var answer = await context.RequestServices.GetRequiredService<DryRun>().RunAsync(id, context.RequestAborted);
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task PreviewAsync(HttpContext context)
    {
        var id = await CampaignRequest.VisibleAsync(context);
        CampaignRequest.SeesEveryMember(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var errors = new List<FieldError>();
        foreach (var member in body.RootElement.EnumerateObject().Where(member => member.Name is not ("contact_id" or "variant"))) errors.Add(new(member.Name, "unknown_member", "Members: contact_id, variant."));
        var (contactText, variantName) = (Texts.Read(body.RootElement, "contact_id", 36, errors), Texts.Read(body.RootElement, "variant", 32, errors));
        if (contactText is not null && !Guid.TryParse(contactText, out _)) errors.Add(new("contact_id", "wrong_type", "contact_id is a uuid."));
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_preview", "Some fields cannot be taken.", errors));

        var audience = context.RequestServices.GetRequiredService<Audience>();
        var first = contactText is not null ? (Id: Guid.Parse(contactText), Email: "", Variant: "") : await audience.SampleAsync(id, 1, context.RequestAborted) is [var some, ..] ? some : default;
        if (first.Id == default) throw new ProblemException(Problem.Unprocessable("nobody", "Nobody would get the campaign. Send contact_id of some contact.", new FieldError("contact_id", "required", "Send the uuid of a contact.")));
        if (await audience.ContactAsync(first.Id, context.RequestAborted) is not var (address, facts))
            throw new ProblemException(Problem.Unprocessable("no_such_row", "No contact with an address has this id.", new FieldError("contact_id", "no_such_row", "Send the uuid of a contact that has an address.")));
        await SendAsync(context, id, variantName, first.Id, address, facts);
    }

    private static async Task SendAsync(HttpContext context, Guid id, string? variantName, Guid contact, string address, IReadOnlyDictionary<string, object?> facts)
    {
        var links = context.RequestServices.GetRequiredService<UnsubscribeLinks>();
        try
        {
            // Neither the links nor the way out may act for the contact: a look at a preview is no click of theirs.
            var email = await context.RequestServices.GetRequiredService<LoadMessages>().RunAsync(id, context.RequestAborted, withTracking: false);
            var variant = email.Variants.FirstOrDefault(known => variantName is null || known.Variant == variantName)
                ?? throw new ProblemException(Problem.Unprocessable("no_such_variant", "The campaign has no such variant.", new FieldError("variant", "not_allowed", $"Variants: {string.Join(", ", email.Variants.Select(known => known.Variant))}.")));
            var (page, oneClick) = links.Sample(id, email.List);
            var message = variant.Message.Render(new Recipient(contact, address, "preview", facts, page, oneClick));
            var answer = new JsonObject
            {
                ["contact_id"] = contact,
                ["variant"] = variant.Variant,
                ["subject"] = message.Subject,
                ["html"] = message.Html,
                ["text"] = message.Text,
                ["headers"] = new JsonObject(message.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value))),
            };
            await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
        }
        catch (MessageRenderException unfit)
        {
            throw new ProblemException(Problem.Unprocessable("not_renderable", unfit.Message, new FieldError(unfit.Message.Split(':')[0], "liquid", unfit.Message)));
        }
    }
}
