using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing;

/// <summary>The ASP.NET Core pipeline that every HTTP function hands its request to. It is built once, at the first request.</summary>
public sealed class HttpPipeline(IServiceProvider services)
{
    private readonly Lazy<RequestDelegate> pipeline = new(() =>
    {
        var app = new ApplicationBuilder(services);
        app.UseMarketing();
        return app.Build();
    });

    /// <summary>Answers one request.</summary>
    public Task RunAsync(HttpContext context) => pipeline.Value(context);
}
