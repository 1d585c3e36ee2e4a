using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>Remembers every request and plays the faults that were arranged for it.</summary>
internal sealed class StubCalls
{
    private readonly Lock gate = new();
    private readonly List<JsonObject> calls = [];
    private readonly List<ArrangedAnswer> arranged = [];

    /// <summary>Everything received, oldest first.</summary>
    public JsonArray All
    {
        get
        {
            lock (gate) return new JsonArray([.. calls.Select(call => call.DeepClone())]);
        }
    }

    /// <summary>Arranges answers.</summary>
    public void Arrange(ArrangedAnswer answer)
    {
        lock (gate) arranged.Add(answer);
    }

    /// <summary>Forgets calls and arrangements.</summary>
    public void Reset()
    {
        lock (gate)
        {
            calls.Clear();
            arranged.Clear();
        }
    }

    /// <summary>Puts itself in front of the platforms' endpoints.</summary>
    public void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/_stub"))
        {
            await next();
            return;
        }
        var call = new JsonObject { ["at"] = DateTimeOffset.UtcNow.ToString("O"), ["method"] = context.Request.Method, ["path"] = context.Request.Path.Value };
        lock (gate) calls.Add(call);
        await AnswerAsync(context, next, Take(context.Request));
        lock (gate) call["status"] = context.Response.StatusCode;
    });

    private ArrangedAnswer? Take(HttpRequest request)
    {
        lock (gate)
        {
            if (arranged.FirstOrDefault(answer => answer.Fits(request)) is not { } found) return null;
            if (found.Skip-- > 0) return null;
            if (--found.Times <= 0) arranged.Remove(found);
            return found;
        }
    }

    private static async Task AnswerAsync(HttpContext context, Func<Task> next, ArrangedAnswer? arranged)
    {
        if (arranged is null)
        {
            await next();
            return;
        }
        if (arranged.DelayMs > 0 && !arranged.ActThenDrop) await Task.Delay(arranged.DelayMs, context.RequestAborted);
        if (arranged.ActThenDrop)
        {
            // The platform has done it; its answer is lost on the way.
            var answer = context.Response.Body;
            context.Response.Body = Stream.Null;
            await next();
            context.Response.Body = answer;
            if (arranged.HoldMs > 0) await Task.Delay(arranged.HoldMs, context.RequestAborted);
            if (arranged.DelayMs > 0) await Task.Delay(arranged.DelayMs);
            context.Abort();
        }
        else if (arranged.Drop) context.Abort();
        else if (arranged.Status > 0)
        {
            context.Response.StatusCode = arranged.Status;
            foreach (var (name, value) in arranged.Headers) context.Response.Headers[name] = value;
            await context.Response.WriteAsync(arranged.Body);
        }
        else await next();
    }
}
