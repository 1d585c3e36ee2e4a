using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Access;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Resources.Http;

/// <summary>What the endpoints of a table ask of a request.</summary>
internal sealed class ResourceRequest
{
    private ResourceRequest(HttpContext context, Resource resource)
    {
        (Context, Resource) = (context, resource);
        Access = Service<AccessControl>().Of(Caller);
        Prefer = Preferences.Read(context.Request);
    }

    /// <summary>The request.</summary>
    public HttpContext Context { get; }

    /// <summary>The table.</summary>
    public Resource Resource { get; }

    /// <summary>Who asks.</summary>
    public Caller Caller => Context.GetCaller();

    /// <summary>What the caller may do.</summary>
    public CallerAccess Access { get; }

    /// <summary>The header <c>Prefer</c>.</summary>
    public Preferences Prefer { get; }

    /// <summary>Ends when the caller goes away.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>The row that the path names.</summary>
    /// <exception cref="ProblemException">400: no id of the table.</exception>
    public RowKey Key => RowKey.Read(Resource, (string)Context.GetRouteValue("id")!);

    /// <summary>A parser for this caller's queries.</summary>
    public ParseReadQuery Parser => new(Access);

    /// <summary>The read that the address asks for, whatever stretch of it; a cursor in it is left out.</summary>
    /// <exception cref="ProblemException">The query cannot be read.</exception>
    public ReadPlan Plan => Service<ReadPlans>().Of(Access, Resource, QueryText.Without(Context.Request.QueryString.Value, "cursor"), () => Parser.Run(Resource, Context.Request.Query));

    /// <summary>A request about a table.</summary>
    public static ResourceRequest Of(HttpContext context, Resource resource) => new(context, resource);

    /// <summary>A service.</summary>
    public T Service<T>() where T : notnull => Context.RequestServices.GetRequiredService<T>();

    /// <summary>The caller's access with an action.</summary>
    /// <exception cref="ProblemException">404 when the caller may not even read the table, 403 otherwise.</exception>
    public TableAccess To(TableAction action)
    {
        if (Access.To(Resource, action) is { } table) return table;
        if (Access.To(Resource, TableAction.Read) is null) throw new ProblemException(Problem.NoSuchTable(Resource.Table, Access.Readable.Select(known => known.Table)));
        throw new ProblemException(Problem.Forbidden("not_granted", $"Your role may not {action.ToString().ToLowerInvariant()} rows of {Resource.Table}.") with { ApiCode = "42501" });
    }

    /// <summary>Every readable column of the table.</summary>
    public ReadQuery Everything(string? select = null)
    {
        var query = new ReadQuery(To(TableAction.Read));
        new ParseSelect(Access).Run(query, select);
        return query;
    }

    /// <summary>The id of the row that the path names, when the caller may see it; for endpoints beside the table's own.</summary>
    /// <exception cref="ProblemException">404: there is no such row that the caller may see.</exception>
    public async Task<Guid> VisibleRowAsync()
    {
        var item = await Service<ReadItem>().RunAsync(new ReadPlan(Everything("id")), Key, Aborted) ?? throw new ProblemException(Problem.NotFound(Resource.Table, Key.Text));
        using var json = System.Text.Json.JsonDocument.Parse(item.Json);
        return json.RootElement.GetProperty("id").GetGuid();
    }
}
