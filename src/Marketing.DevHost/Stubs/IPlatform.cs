using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace Marketing.DevHost.Stubs;

/// <summary>One platform of the stand-in.</summary>
internal interface IPlatform
{
    /// <summary>Value of <c>social_accounts.platform</c>; all but Instagram answer below a path of this name.</summary>
    string Name { get; }

    /// <summary>What is visible there, oldest first; each has <c>id</c>, <c>platform</c>, <c>account</c> and <c>caption</c>.</summary>
    JsonArray Posts { get; }

    /// <summary>Makes an account known.</summary>
    /// <param name="id">The platform's id of it.</param>
    /// <param name="token">The access token that is taken.</param>
    /// <param name="settings">How it behaves, for example <c>processing_ms</c>; empty for the usual.</param>
    void Connect(string id, string token, JsonObject settings);

    /// <summary>Forgets accounts and posts.</summary>
    void Reset();

    /// <summary>Maps the endpoints.</summary>
    void Map(WebApplication app);
}
