using System.Text.Json;
using Marketing.Library.Ingest;
using Marketing.Problems;

namespace Marketing.Library.Uploads;

/// <summary>What a caller says about a file that is to come.</summary>
/// <param name="Filename">Name of the file, without folders.</param>
/// <param name="MimeType">Media type that it promises to be; null for none.</param>
/// <param name="SizeBytes">Size that it promises to have; null for none.</param>
/// <param name="AllowDuplicate">A file that the library holds already becomes a second asset.</param>
/// <param name="Metadata">Columns of the asset to be.</param>
internal sealed record UploadRequest(string Filename, string? MimeType, long? SizeBytes, bool AllowDuplicate, IReadOnlyDictionary<string, string> Metadata)
{
    private const int MaxFilename = 200;
    private const int MaxMetadata = 6_000; // blob metadata holds 8 KiB in all

    /// <summary>Members that are handed on to the asset.</summary>
    public static IReadOnlyList<string> MetadataNames { get; } = ["alt_text", "caption", "photographer", "license_type", "source", "tags", "property_id"];

    /// <summary>Reads the members of a body.</summary>
    /// <param name="members">Names and values; lists are joined by commas.</param>
    /// <param name="own">Further names that the endpoint itself reads.</param>
    /// <exception cref="ProblemException">422: a member is unknown or of no use.</exception>
    public static UploadRequest Read(IReadOnlyDictionary<string, string?> members, params IReadOnlyList<string> own)
    {
        var errors = new List<FieldError>();
        foreach (var name in members.Keys.Where(name => !own.Contains(name) && !MetadataNames.Contains(name) && name is not ("filename" or "mime_type" or "size_bytes" or "allow_duplicate")))
            errors.Add(new FieldError(name, "unknown_member", $"Members are filename, mime_type, size_bytes, allow_duplicate, {string.Join(", ", own.Concat(MetadataNames))}."));
        var filename = Clean(members.GetValueOrDefault("filename"));
        if (filename is null) errors.Add(new FieldError("filename", "required", $"filename is required: 1 to {MaxFilename} characters, without folders. Example: pool.jpg"));
        long? size = null;
        if (members.GetValueOrDefault("size_bytes") is { } text)
        {
            if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bytes) && bytes > 0) size = bytes;
            else errors.Add(new FieldError("size_bytes", "invalid_value", "size_bytes is a whole number above 0."));
        }
        var mimeType = members.GetValueOrDefault("mime_type")?.ToLowerInvariant();
        if (mimeType is not null && FileType.All.All(type => type.MimeType != mimeType))
            errors.Add(new FieldError("mime_type", "not_allowed", $"The library takes {string.Join(", ", FileType.All.Select(type => type.MimeType).Distinct())}."));
        if (members.GetValueOrDefault("property_id") is { } property && !Guid.TryParse(property, out _)) errors.Add(new FieldError("property_id", "invalid_value", "property_id is the uuid of a property."));
        var metadata = MetadataNames.Where(name => members.GetValueOrDefault(name) is { Length: > 0 }).ToDictionary(name => name, name => Uri.EscapeDataString(members[name]!), StringComparer.Ordinal);
        if (metadata.Sum(entry => entry.Key.Length + entry.Value.Length) > MaxMetadata) errors.Add(new FieldError("caption", "too_long", $"The texts beside the file have at most {MaxMetadata} bytes in percent-encoding; write longer ones to the asset."));
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_upload", errors[0].Message, errors));
        return new UploadRequest(filename!, mimeType, size, members.GetValueOrDefault("allow_duplicate") is "true", metadata);
    }

    /// <summary>The members of a JSON object as texts.</summary>
    public static Dictionary<string, string?> Members(JsonElement json) => json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.Array => string.Join(',', member.Value.EnumerateArray().Select(item => item.ToString())),
        _ => member.Value.ToString(),
    }, StringComparer.Ordinal);

    /// <summary>A file name that is safe as the last part of a blob name; null when nothing is left of it.</summary>
    public static string? Clean(string? filename)
    {
        if (filename is null) return null;
        var name = filename[(filename.LastIndexOfAny(['/', '\\']) + 1)..];
        name = string.Concat(name.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter) && letter is not ('"' or '<' or '>' or '|' or ':' or '*' or '?' or '#' or '%'))).Trim().TrimEnd('.');
        return name.Length is > 0 and <= MaxFilename ? name : null;
    }
}
