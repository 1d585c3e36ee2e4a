using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Preflight;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns.Sending;

/// <summary><c>POST /api/campaigns/{id}/test_send</c>: <c>{"to": ["me@example.com"], "variant": "A", "contact_id": …}</c>.</summary>
internal static class TestSendEndpoint
{
    private static readonly string[] Members = ["to", "variant", "contact_id"];

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("campaigns/{id}/test_send", (RequestDelegate)SendAsync).RequireScope(Scopes.Publish).WithSummary("Send the campaign's message to a few addresses of your own, marked as a test");

    private static async Task SendAsync(HttpContext context)
    {
        var id = await CampaignRequest.ChangeableAsync(context);
        // What a template says of a contact is shown as the preview shows it.
        CampaignRequest.SeesEveryMember(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (to, variant, contact) = Read(body.RootElement);
        var audience = context.RequestServices.GetRequiredService<Audience>();
        IReadOnlyDictionary<string, object?> facts = new Dictionary<string, object?>();
        var named = contact ?? ((await audience.SampleAsync(id, 1, context.RequestAborted)) is [var some, ..] ? some.Id : null);
        if (named is { } person)
        {
            if (await audience.ContactAsync(person, context.RequestAborted) is var (_, known)) facts = known;
            else if (contact is not null) throw new ProblemException(Problem.Unprocessable("no_such_row", "No contact with an address has this id.", new FieldError("contact_id", "no_such_row", "Send the uuid of a contact that has an address.")));
        }
        var sent = await context.RequestServices.GetRequiredService<TestSend>().RunAsync(id, variant, to, facts, context.GetCaller(), context.RequestAborted);
        var answer = new JsonObject { ["sends"] = new JsonArray([.. sent.Select(one => new JsonObject { ["to"] = one.To, ["send_id"] = one.SendId, ["state"] = one.State, ["reason"] = one.Reason })]) };
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static (IReadOnlyList<string> To, string? Variant, Guid? Contact) Read(JsonElement body)
    {
        var errors = new List<FieldError>();
        foreach (var member in body.EnumerateObject().Where(member => !Members.Contains(member.Name))) errors.Add(new(member.Name, "unknown_member", $"Members: {string.Join(", ", Members)}."));
        var (variant, contact) = (Texts.Read(body, "variant", 32, errors), Texts.Read(body, "contact_id", 36, errors));
        var person = Guid.Empty;
        if (contact is not null && !Guid.TryParse(contact, out person)) errors.Add(new("contact_id", "wrong_type", "contact_id is a uuid."));
        List<string> to = [];
        if (body.TryGetProperty("to", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is > 0 and <= TestSend.MaxAddresses)
        {
            foreach (var (one, index) in list.EnumerateArray().Select((one, index) => (one, index)))
            {
                if (one.ValueKind == JsonValueKind.String && EmailBody.IsAddress(one.GetString()!)) to.Add(one.GetString()!);
                else errors.Add(new($"to[{index}]", "invalid_value", "Write one plain address, for example me@example.com."));
            }
            if (to.Distinct(StringComparer.OrdinalIgnoreCase).Count() < to.Count) errors.Add(new("to", "duplicate", "Name each address once."));
        }
        else errors.Add(new("to", "required", $"Send 1 to {TestSend.MaxAddresses} addresses, for example [\"me@example.com\"]."));
        return errors.Count == 0 ? (to, variant, contact is null ? null : person) : throw new ProblemException(Problem.Unprocessable("invalid_test", "Some fields cannot be taken.", errors));
    }
}
