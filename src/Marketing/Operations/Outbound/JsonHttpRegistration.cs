using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Operations.Outbound;

/// <summary>Registers clients of <see cref="JsonHttp"/>.</summary>
internal static class JsonHttpRegistration
{
    /// <summary>Longest answer unless a client says otherwise, in bytes.</summary>
    public const int UsualAnswerBytes = 4 << 20;

    /// <summary>Registers a named client.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Its name.</param>
    /// <param name="limit">How long it waits for an answer.</param>
    /// <param name="maxAnswerBytes">Longest answer.</param>
    public static void AddJsonHttp(this IServiceCollection services, string name, Func<IServiceProvider, TimeSpan> limit, int maxAnswerBytes = UsualAnswerBytes) =>
        services.AddHttpClient(name, (provider, http) => (http.Timeout, http.MaxResponseContentBufferSize) = (limit(provider), maxAnswerBytes))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            .RemoveAllLoggers();

    /// <summary>A client of that name.</summary>
    public static JsonHttp GetJsonHttp(this IServiceProvider provider, string name) => new(provider.GetRequiredService<IHttpClientFactory>().CreateClient(name));
}
