using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;

namespace Marketing.Webhooks;

/// <summary>One sender of email events: how its calls are verified and what its events mean.</summary>
internal interface IEmailProvider
{
    /// <summary>Its name in paths and rows.</summary>
    string Name { get; }

    /// <summary>Why a call is refused; null when it is genuine. 503 where the fault is in our settings, so that the sender tries again.</summary>
    Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body);

    /// <summary>What makes two calls the same one beside the body: an id that the signature covers; null where the body alone decides.</summary>
    string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body);

    /// <summary>The events of a verified call. An event that cannot be read becomes one with a reason.</summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt);
}
