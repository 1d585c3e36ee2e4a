using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>What the platforms' stand-ins tell of posts and accounts, by a test's settings.</summary>
internal static class InsightsStub
{
    /// <summary>A node of the Graph API with the fields that a test gave it; null when there is none.</summary>
    public static JsonObject? MetaNode(OAuthPlatform platform, string node) => (platform.Setting("nodes") as JsonObject)?[node]?.DeepClone() as JsonObject;
}
