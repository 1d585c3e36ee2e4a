using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>What one platform's stand-in remembers of an app: its accounts, codes and tokens. Codes work once; what a platform documents of its refresh tokens holds here.</summary>
internal sealed class OAuthPlatform(string name)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Until, string Redirect, string? Challenge)> codes = [];
    private readonly Dictionary<string, (DateTimeOffset Until, string Kind, DateTimeOffset From)> tokens = [];
    private readonly HashSet<string> spent = [];
    private readonly HashSet<string> pages = [];
    private readonly List<string> issued = [];
    private JsonObject settings = [];
    private int exchanges;
    private int refreshes;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Id of the app that is registered with it.</summary>
    public string ClientId => $"stub-client-{Name}";

    /// <summary>Secret of that app.</summary>
    public string ClientSecret => $"stub-secret-{Name}-0123456789";

    /// <summary>Accounts of the person who consents.</summary>
    public JsonArray Accounts => Setting("accounts") is JsonArray accounts ? accounts : new JsonArray(new JsonObject { ["id"] = $"{Name}-1", ["name"] = $"Villa {Name}", ["handle"] = $"villa_{Name}" });

    /// <summary>The person.</summary>
    public string UserId => (string?)Setting("user_id") ?? "218471";

    /// <summary>Scopes that the person grants; null for all that are asked for.</summary>
    public string? Scopes => (string?)Setting("scopes");

    /// <summary>True when the person declines.</summary>
    public bool Declines => (bool?)Setting("declines") ?? false;

    /// <summary>True when no refresh tokens are given.</summary>
    public bool WithoutRefreshToken => (bool?)Setting("without_refresh_token") ?? false;

    /// <summary>True when a refresh gives another refresh token and the one before dies.</summary>
    public bool Rotates => Name is "tiktok" or "twitter" or "pinterest";

    /// <summary>Life of an access token.</summary>
    public int ExpiresIn => (int?)Setting("expires_in") ?? Name switch { "tiktok" or "twitter" => 7200, "youtube" => 3599, "pinterest" => 2_592_000, _ => 5_183_944 };

    /// <summary>Life of a refresh token.</summary>
    public int RefreshExpiresIn => (int?)Setting("refresh_expires_in") ?? 15_552_000;

    /// <summary>What tests ask.</summary>
    public JsonObject State
    {
        get
        {
            lock (gate) return new JsonObject { ["exchanges"] = exchanges, ["refreshes"] = refreshes, ["issued"] = new JsonArray([.. issued.Select(token => (JsonNode)token)]) };
        }
    }

    /// <summary>Remembers that a Page was shown to the person, whose role on it stays.</summary>
    public void Show(string page)
    {
        lock (gate) pages.Add(page);
    }

    /// <summary>True when the person has a role on the Page.</summary>
    public bool HasShown(string page)
    {
        lock (gate) return pages.Contains(page);
    }

    /// <summary>Takes settings over those before.</summary>
    public void Configure(JsonObject wanted)
    {
        lock (gate)
            foreach (var (key, value) in wanted) settings[key] = value?.DeepClone();
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        lock (gate)
        {
            (settings, exchanges, refreshes) = ([], 0, 0);
            codes.Clear();
            tokens.Clear();
            spent.Clear();
            issued.Clear();
            pages.Clear();
        }
    }

    /// <summary>A code for a consent.</summary>
    public string NewCode(string redirect, string? challenge)
    {
        lock (gate)
        {
            var code = $"code-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
            codes[code] = (DateTimeOffset.UtcNow.AddSeconds(Name == "twitter" ? 30 : 600), redirect, challenge);
            issued.Add(code);
            return code;
        }
    }

    /// <summary>Takes a code: once, in time, for the same address, with the verifier that fits.</summary>
    public bool Take(string code, string redirect, Func<string, bool> verifies)
    {
        lock (gate)
        {
            exchanges++;
            return codes.Remove(code, out var known) && known.Until > DateTimeOffset.UtcNow && known.Redirect == redirect && (known.Challenge is null || verifies(known.Challenge));
        }
    }

    /// <summary>A new token.</summary>
    /// <param name="kind">access, refresh, or what the platform calls it.</param>
    /// <param name="seconds">How long it lives; null for ever.</param>
    public string NewToken(string kind, int? seconds)
    {
        lock (gate)
        {
            var token = $"{Name[..2]}{kind[..1]}.{RandomNumberGenerator.GetHexString(60, lowercase: true)}";
            tokens[token] = (seconds is { } life ? DateTimeOffset.UtcNow.AddSeconds(life) : DateTimeOffset.MaxValue, kind, DateTimeOffset.UtcNow);
            issued.Add(token);
            return token;
        }
    }

    /// <summary>Takes a refresh token. One that was spent before kills every token, as X documents it.</summary>
    public bool TakeRefresh(string token)
    {
        lock (gate)
        {
            refreshes++;
            if (spent.Contains(token))
            {
                if (Name == "twitter") tokens.Clear();
                return false;
            }
            if (!tokens.TryGetValue(token, out var known) || known.Kind != "refresh" || known.Until < DateTimeOffset.UtcNow) return false;
            if (!Rotates) return true;
            tokens.Remove(token);
            spent.Add(token);
            return true;
        }
    }

    /// <summary>Counts a refresh that is made with an access token.</summary>
    public void CountRefresh()
    {
        lock (gate) refreshes++;
    }

    /// <summary>True when the token lives and is of the kind.</summary>
    public bool IsAlive(string token, params string[] kinds)
    {
        lock (gate) return tokens.TryGetValue(token, out var known) && known.Until > DateTimeOffset.UtcNow && (kinds.Length == 0 || kinds.Contains(known.Kind));
    }

    /// <summary>Age of a token.</summary>
    public TimeSpan Age(string token)
    {
        lock (gate) return tokens.TryGetValue(token, out var known) ? DateTimeOffset.UtcNow - known.From : TimeSpan.Zero;
    }

    /// <summary>Ends tokens of a kind; all without one.</summary>
    public void Kill(string? kind)
    {
        lock (gate)
            foreach (var token in tokens.Where(token => kind is null || token.Value.Kind == kind).Select(token => token.Key).ToList()) tokens.Remove(token);
    }

    /// <summary>A setting of tests.</summary>
    public JsonNode? Setting(string key)
    {
        lock (gate) return settings.TryGetPropertyValue(key, out var value) ? value?.DeepClone() : null;
    }

    /// <summary>A setting that is a number of seconds.</summary>
    public int Seconds(string key, int otherwise) => Setting(key) is { } value && value.GetValueKind() == JsonValueKind.Number ? (int)value : otherwise;
}
