using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Writing;
using Marketing.Social.Preflight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Social.Posts;

/// <summary><c>POST /api/social_posts/crosspost</c>: one content to many accounts, each with its own variant, in one transaction.</summary>
internal static class CrossPostEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("social_posts/crosspost", (RequestDelegate)RunAsync).RequireScope(Scopes.Write);

    private static async Task RunAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        request.To(TableAction.Create);
        if (!context.Request.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body));
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var variants = await ReadVariants.RunAsync(request, json.RootElement);
            await CheckAsync(request, variants);
            var operations = variants.Select(variant => new RowOperation(OperationKind.Create) { Values = variant.Post, Set = variant.Set | TableStore.Bit(request.Resource.Find("post_type")!) }).ToList();
            var outcomes = await request.Service<WriteRows>().AllAsync(session, request.Access, request.Resource, operations, null, request.Aborted);
            foreach (var (variant, outcome) in variants.Zip(outcomes))
                if (variant.Options.EnumerateObject().Any()) await PostOptionsEndpoints.StoreAsync(session, outcome.Id, variant.Options, request.Aborted);
            return await WriteAnswer.RowsAsync(request, session, StatusCodes.Status201Created, [.. outcomes.Select(outcome => outcome.Id)]);
        });
    }

    // Drafts may be unfinished; what is scheduled must be publishable. Nothing is stored when one variant is refused.
    private static async Task CheckAsync(ResourceRequest request, IReadOnlyList<PostVariant> variants)
    {
        var results = await request.Service<RunPreflight>().RunAsync([.. variants.Select(variant => (variant.Post, variant.Options, (string?)null))], request.Aborted);
        var errors = new List<FieldError>();
        foreach (var (index, (variant, result)) in variants.Zip(results).Index())
        {
            var prefix = $"variants[{index}].";
            if (result.Draft is null) errors.Add(new FieldError(prefix + "account_id", "required", "Each variant names its account."));
            else if (variant.Post.Status == PostStatus.Scheduled) errors.AddRange(result.Errors.Select(finding => finding.ToFieldError(prefix)));
            else errors.AddRange(PostOptionsEndpoints.Check(result.Draft.Rules, variant.Options, prefix + "options."));
        }
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_variants", errors[0].Message, errors));
    }
}
