using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Marketing.Social.Preflight;

namespace Marketing.Social.Posts;

/// <summary>
/// Reads <c>{"post": {…}, "variants": [{"account_id": …, "caption": …, "options": {…}}]}</c>: what all variants share, and what each has of its
/// own. Members are columns of <c>social_posts</c>, and <c>options</c>, whose members are merged.
/// </summary>
internal static class ReadVariants
{
    /// <summary>Most variants of a request.</summary>
    public const int Max = 100;

    /// <summary>The variants, in their order.</summary>
    /// <exception cref="ProblemException">422: a member is unknown or of no use, or an account is not the caller's to see.</exception>
    public static async Task<IReadOnlyList<PostVariant>> RunAsync(ResourceRequest request, JsonElement body)
    {
        if (!body.TryGetProperty("variants", out var variants) || variants.ValueKind != JsonValueKind.Array || variants.GetArrayLength() is 0 or > Max)
            throw Refuse("variants", "required", $"Send {{\"post\":{{\"caption\":\"…\"}},\"variants\":[{{\"account_id\":\"SA-010001\"}}]}} with 1 to {Max} variants.");
        var shared = body.TryGetProperty("post", out var post) ? post.ValueKind == JsonValueKind.Object ? JsonObject.Create(post)! : throw Refuse("post", "not_an_object", "post is an object with what all variants share.") : [];
        var accounts = new Dictionary<string, Guid>(StringComparer.Ordinal);
        var read = new List<PostVariant>();
        var errors = new List<FieldError>();
        foreach (var (element, index) in variants.EnumerateArray().Select((element, index) => (element, index)))
        {
            if (element.ValueKind != JsonValueKind.Object) throw Refuse($"variants[{index}]", "not_an_object", "Each variant is an object.");
            read.Add(await ReadAsync(request, Merge(shared, JsonObject.Create(element)!), accounts, $"variants[{index}].", errors));
        }
        return errors.Count == 0 ? read : throw new ProblemException(Problem.Unprocessable("invalid_variants", errors[0].Message, errors));
    }

    private static async Task<PostVariant> ReadAsync(ResourceRequest request, JsonObject merged, Dictionary<string, Guid> accounts, string prefix, List<FieldError> errors)
    {
        string? platform = null;
        if (merged["platform"] is { } named)
        {
            platform = named.ToString();
            if (!KnownPlatforms.All.ContainsKey(platform)) errors.Add(new FieldError(prefix + "platform", "not_allowed", $"platform is one of {string.Join(", ", KnownPlatforms.All.Keys)}."));
        }
        merged.Remove("platform");
        var options = RunPreflight.NoOptions;
        if (merged["options"] is { } given)
        {
            using var json = JsonDocument.Parse(given.ToJsonString());
            options = json.RootElement.Clone();
            if (options.ValueKind != JsonValueKind.Object) errors.Add(new FieldError(prefix + "options", "not_an_object", "options is an object, for example {\"title\":\"A villa at dusk\"}."));
        }
        merged.Remove("options");
        if (merged["account_id"] is { } account) merged["account_id"] = await AccountAsync(request, account.ToString(), accounts, prefix, errors);

        var writer = request.Service<WriteRows>();
        using var document = JsonDocument.Parse(merged.ToJsonString());
        var (row, set, wrong) = new ParseRow(request.To(TableAction.Read), writer.Store(request.Resource)).Json(document.RootElement);
        errors.AddRange(wrong.Select(error => error with { Field = prefix + error.Field }));
        var post = (SocialPost)row;
        post.PostType ??= "post";
        return new PostVariant(post, set, options.ValueKind == JsonValueKind.Object ? options : RunPreflight.NoOptions, platform);
    }

    // Of accounts, as of everything, a caller only learns what its role shows it.
    private static async Task<string> AccountAsync(ResourceRequest request, string text, Dictionary<string, Guid> known, string prefix, List<FieldError> errors)
    {
        if (known.TryGetValue(text, out var id)) return id.ToString();
        var accounts = ResourceRequest.Of(request.Context, request.Service<ResourceCatalog>().Of("social_accounts"));
        try
        {
            var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(accounts.Everything("id")), RowKey.Read(accounts.Resource, text), request.Aborted);
            if (item is null) errors.Add(new FieldError(prefix + "account_id", "foreign_key_violation", $"There is no account {text} that you may see."));
            using var json = JsonDocument.Parse(item?.Json ?? "{\"id\":\"00000000-0000-0000-0000-000000000000\"}"u8.ToArray());
            known[text] = json.RootElement.GetProperty("id").GetGuid();
        }
        catch (ProblemException noId)
        {
            errors.Add(new FieldError(prefix + "account_id", noId.Problem.Code, noId.Problem.Detail));
            known[text] = Guid.Empty;
        }
        return known[text].ToString();
    }

    private static JsonObject Merge(JsonObject shared, JsonObject own)
    {
        var merged = shared.DeepClone().AsObject();
        foreach (var (name, value) in own)
        {
            if (name == "options" && value is JsonObject some && merged["options"] is JsonObject all)
                foreach (var (option, chosen) in some) all[option] = chosen?.DeepClone();
            else merged[name] = value?.DeepClone();
        }
        return merged;
    }

    private static ProblemException Refuse(string field, string code, string message) => new(Problem.Unprocessable("invalid_variants", message, new FieldError(field, code, message)));
}

/// <summary>One variant of a content for one account or platform.</summary>
/// <param name="Post">Its columns.</param>
/// <param name="Set">The columns that it sets.</param>
/// <param name="Options">Its options.</param>
/// <param name="Platform">Platform to check it for where it names no account.</param>
internal sealed record PostVariant(SocialPost Post, ulong Set, JsonElement Options, string? Platform);
