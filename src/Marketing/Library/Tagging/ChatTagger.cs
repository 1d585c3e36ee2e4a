using System.Text.Json;
using Microsoft.Extensions.AI;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>Describes pictures with a chat model that sees. The client is whichever the installation registers: Azure OpenAI or anything compatible.</summary>
internal sealed class ChatTagger(IChatClient chat) : IMediaTagger
{
    private const int MaxTags = 12;
    private const int MaxTagLength = 40;
    private const int MaxSentence = 400;
    private const int MaxAnswerTokens = 600;

    private static readonly string Prompt = ReadPrompt();
    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {"type":"object","additionalProperties":false,"required":["tags","description","alt_text","focus_x","focus_y"],"properties":{
          "tags":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["tag","confidence"],"properties":{"tag":{"type":"string"},"confidence":{"type":"number"}}}},
          "description":{"type":"string"},"alt_text":{"type":"string"},"focus_x":{"type":"number"},"focus_y":{"type":"number"}}}
        """).RootElement;

    /// <inheritdoc />
    public string Name => "chat";

    /// <inheritdoc />
    public string Model => chat.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unnamed";

    /// <inheritdoc />
    public int EdgePx => 768;

    /// <inheritdoc />
    /// <exception cref="HttpRequestException">The model answered with something else than was asked for.</exception>
    public async Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken)
    {
        using var small = image.ThumbnailImage(EdgePx, height: EdgePx, size: Enums.Size.Down);
        var message = new ChatMessage(ChatRole.User, [new DataContent(small.JpegsaveBuffer(q: 80, keep: Enums.ForeignKeep.None), "image/jpeg")]);
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = MaxAnswerTokens, ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema, "photograph") };
        var answer = await chat.GetResponseAsync([new ChatMessage(ChatRole.System, Prompt), message], options, cancellationToken);
        try
        {
            return Read(answer.Text) with { InputTokens = answer.Usage?.InputTokenCount ?? 0, OutputTokens = answer.Usage?.OutputTokenCount ?? 0 };
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HttpRequestException("The chat model's answer is not the JSON that was asked for.", unreadable);
        }
    }

    /// <summary>Reads an answer; what a model may get wrong is brought back within bounds.</summary>
    internal static AssetTags Read(string text)
    {
        using var json = JsonDocument.Parse(text[Math.Max(0, text.IndexOf('{', StringComparison.Ordinal))..(text.LastIndexOf('}') + 1)]);
        var root = json.RootElement;
        var tags = root.GetProperty("tags").EnumerateArray()
            .Select(tag => new AssetTag(tag.GetProperty("tag").GetString()!.Trim().ToLowerInvariant(), (float)Math.Clamp(tag.GetProperty("confidence").GetDouble(), 0, 1)))
            .Where(tag => tag.Tag.Length is > 0 and <= MaxTagLength && tag.Confidence >= HospitalityTags.LeastCertainty)
            .DistinctBy(tag => tag.Tag).OrderByDescending(tag => tag.Confidence).Take(MaxTags).ToList();
        return new AssetTags(tags, (Math.Clamp(root.GetProperty("focus_x").GetDouble(), 0, 1), Math.Clamp(root.GetProperty("focus_y").GetDouble(), 0, 1)))
        {
            Description = Sentence("description"),
            AltText = Sentence("alt_text"),
        };

        string? Sentence(string name) => root.GetProperty(name).GetString() is { } said && said.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } sentence ? sentence[..Math.Min(sentence.Length, MaxSentence)] : null;
    }

    private static string ReadPrompt()
    {
        using var reader = new StreamReader(typeof(ChatTagger).Assembly.GetManifestResourceStream("Marketing.Library.Tagging.DescribePhotograph.md")!);
        return reader.ReadToEnd();
    }
}
