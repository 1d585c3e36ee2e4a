using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Docs;

/// <summary>Runs the calls that the documentation shows, as they stand there.</summary>
public sealed partial class ExamplesTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static readonly string Root = Path.GetFullPath(
        typeof(ExamplesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!);

    public static TheoryData<string, string> Calls()
    {
        var calls = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md")))
            foreach (var line in File.ReadAllText(file).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)))
                calls.Add(Path.GetFileName(file), line);
        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task The_documented_call_is_understood(string file, string call)
    {
        var path = Address().Match(call).Groups[1].Value;
        var body = Body().Match(call) is { Success: true } data ? data.Groups[1].Value : null;
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        // The rows that examples name need not exist here; the call itself must be right.
        var isUnderstood = response.IsSuccessStatusCode || (response.StatusCode == HttpStatusCode.NotFound && answer.Contains(":not_found\"", StringComparison.Ordinal));
        Assert.True(isUnderstood, $"{file}: {call}\n{(int)response.StatusCode} {answer}");
    }

    public static TheoryData<string> Requests() =>
        [.. File.ReadAllText(Path.Combine(Root, "docs", "requests.http")).Split("\n### ").Skip(1)];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task The_request_to_try_first_works(string text)
    {
        var parts = text.Split("\n\n", 2);
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var (method, address) = lines[0].Split(' ', 2) is [var verb, var target] ? (verb, target) : throw new FormatException(text);
        using var request = new HttpRequestMessage(new HttpMethod(method), address.Replace("{{api}}/", "", StringComparison.Ordinal));
        var headers = lines[1..].Select(line => line.Split(": ", 2)).Where(header => header[0] is not ("x-api-key" or "content-type")).ToList();
        foreach (var header in headers) request.Headers.TryAddWithoutValidation(header[0], header[1]);
        if (parts.Length > 1 && parts[1].Trim().Length > 0) request.Content = new StringContent(parts[1], Encoding.UTF8, "application/json");
        using var response = await app.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        var isUnderstood = response.IsSuccessStatusCode || (address.Contains("CON-010001", StringComparison.Ordinal) && response.StatusCode == HttpStatusCode.NotFound);
        Assert.True(isUnderstood, $"{text}\n{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    [Fact]
    public async Task The_examples_of_the_description_work()
    {
        var document = await app.GetAsync("openapi.json");
        var tried = 0;
        foreach (var (path, item) in document["paths"]!.AsObject().Where(path => path.Value!["post"]?["requestBody"]?["content"]?["application/json"]?["example"] is not null))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path.TrimStart('/'));
            request.Headers.Add("Prefer", "tx=rollback");
            request.Content = new StringContent(item!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await app.Admin.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.Created, $"{path}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            var parameters = item["get"]!["parameters"]!.AsArray().Where(parameter => parameter!["example"] is not null).Select(parameter => $"{parameter!["name"]}={parameter["example"]}");
            await app.GetAsync($"{path.TrimStart('/')}?{string.Join('&', parameters)}");
            tried++;
        }
        Assert.True(tried >= 10, $"{tried}");
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md"))
            .SelectMany(file => Link().Matches(File.ReadAllText(file)).Select(link => (file, target: link.Groups[1].Value)))
            .Where(link => !link.target.Contains("://", StringComparison.Ordinal) && !File.Exists(Path.Combine(Path.GetDirectoryName(link.file)!, link.target)))
            .Select(link => $"{Path.GetFileName(link.file)} → {link.target}");
        Assert.Empty(broken);
    }

    [GeneratedRegex("\"\\$API/([^\"]*(?:\"[^\" ]+\"[^\"]*)*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("-d '([^']*)'")]
    private static partial Regex Body();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
