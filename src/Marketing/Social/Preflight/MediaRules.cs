using System.Globalization;

namespace Marketing.Social.Preflight;

/// <summary>Findings about the media: number, kind, format, bytes, ratio, size, duration, alternative texts.</summary>
internal static class MediaRules
{
    public static IEnumerable<Finding> Check(Draft draft)
    {
        if (draft.Type is not { } type)
        {
            yield return Finding.Error("post_type", "post_type_not_taken", string.Join(", ", draft.Rules.PostTypes.Keys), draft.Post.PostType, draft.Rules.Refusal(draft.Post.PostType)!);
            yield break;
        }
        if (draft.Media.Count < type.MinItems || draft.Media.Count > type.MaxItems)
        {
            var limit = type.MinItems == type.MaxItems ? Text(type.MinItems) : $"{type.MinItems} to {type.MaxItems}";
            yield return Finding.Error("media_urls", "media_count", limit, Text(draft.Media.Count), $"A {draft.Rules.Name} {draft.Post.PostType} holds {limit} media; this one has {draft.Media.Count}.");
        }
        foreach (var (media, index) in draft.Media.Select((media, index) => (media, index)))
            foreach (var finding in Check(draft, type, media, $"media_urls[{index}]")) yield return finding;
        foreach (var finding in AltTexts(draft)) yield return finding;
    }

    private static IEnumerable<Finding> Check(Draft draft, PostTypeRule type, MediaFacts media, string field)
    {
        var name = $"A {draft.Rules.Name} {draft.Post.PostType}";
        if (!media.IsUsable)
            yield return Finding.Error(field, "asset_not_usable", null, media.AssetId, $"{media.AssetId} is archived, deleted or in error. Restore it, or take another asset.");
        if (media.Kind == "image" && type.Image is null) yield return Finding.Error(field, "media_kind", "video", "image", $"{name} takes a video, not an image.");
        if (media.Kind == "video" && type.Video is null) yield return Finding.Error(field, "media_kind", "image", "video", $"{name} takes images, not a video.");
        if (media.Kind is not null && media.MimeType is null || media.Kind is null)
            yield return Finding.Warning(field, "media_unknown", null, media.Url, "The library does not hold this file, so its format, size and duration cannot be checked. Import it: POST /api/content_library/imports.");
        var findings = media.Kind == "image" && type.Image is { } image ? Image(image, media, name, field) : media.Kind == "video" && type.Video is { } video ? Video(video, media, name, field) : [];
        foreach (var finding in findings) yield return finding;
    }

    private static IEnumerable<Finding> Image(ImageRule rule, MediaFacts media, string name, string field)
    {
        var better = rule.Preset is { } preset && media.AssetId is not null ? $" Take its rendition '{preset}': GET /api/content_library/{media.AssetId}/ingest lists it under media." : "";
        if (media.MimeType is { } format && !rule.Formats.Contains(format))
            yield return Finding.Error(field, "media_format", Formats(rule.Formats), format, $"{name} takes {Formats(rule.Formats)}, not {format}.{better}");
        if (media.Bytes > rule.MaxBytes)
            yield return Finding.Error(field, "media_too_large", Text(rule.MaxBytes), Text(media.Bytes), $"The file has {media.Bytes} bytes; at most {rule.MaxBytes} are taken.{better}");
        if (media.Ratio is { } ratio && (ratio < rule.MinRatio * 0.995 || ratio > rule.MaxRatio * 1.005))
            yield return Finding.Error(field, "aspect_ratio", $"{Text(rule.MinRatio)} to {Text(rule.MaxRatio)}", Text(ratio), $"The picture is {media.Width}×{media.Height}; its width to height must lie between {Text(rule.MinRatio)} and {Text(rule.MaxRatio)}.{better}");
        if (media.Width < rule.MinWidth)
            yield return Finding.Error(field, "image_too_small", $"{rule.MinWidth} px wide", $"{media.Width} px", $"Take a picture that is at least {rule.MinWidth} px wide.");
        if (media is { Width: { } width, Height: { } height } && (long)width * height > rule.MaxPixels)
            yield return Finding.Error(field, "image_too_many_pixels", Text(rule.MaxPixels), Text((long)width * height), $"The picture is {width}×{height}; at most {rule.MaxPixels} pixels are taken.{better}");
    }

    private static IEnumerable<Finding> Video(VideoRule rule, MediaFacts media, string name, string field)
    {
        if (media.MimeType is { } format && !rule.Formats.Contains(format))
            yield return Finding.Error(field, "media_format", Formats(rule.Formats), format, $"{name} takes {Formats(rule.Formats)}, not {format}. Export the video as MP4 (H.264, AAC).");
        if (media.Bytes > rule.MaxBytes)
            yield return Finding.Error(field, "media_too_large", Text(rule.MaxBytes), Text(media.Bytes), $"The file has {media.Bytes} bytes; at most {rule.MaxBytes} are taken. Export it with a lower bit rate.");
        // Durations are stored in whole seconds, rounded: one second of doubt goes to the draft.
        if (media.Seconds is { } seconds && (seconds + 1 < rule.MinSeconds || seconds - 1 > rule.MaxSeconds))
            yield return Finding.Error(field, "video_duration", $"{Text(rule.MinSeconds) ?? "0"} to {Text(rule.MaxSeconds) ?? "any number of"} s", $"{seconds} s", $"The video lasts {seconds} s; {(seconds < rule.MinSeconds ? $"at least {Text(rule.MinSeconds)}" : $"at most {Text(rule.MaxSeconds)}")} s are taken.");
        if (media.Ratio is { } ratio && (ratio < rule.MinRatio * 0.995 || ratio > rule.MaxRatio * 1.005))
            yield return Finding.Error(field, "aspect_ratio", $"{Text(rule.MinRatio) ?? "0"} to {Text(rule.MaxRatio)}", Text(ratio), $"The video is {media.Width}×{media.Height}; its width to height must lie between {Text(rule.MinRatio) ?? "0"} and {Text(rule.MaxRatio)}. Export it upright.");
        if (media is { Width: { } width, Height: { } height } && (Math.Min(width, height) < rule.MinSide || Math.Max(width, height) > rule.MaxSide))
            yield return Finding.Error(field, "video_size", $"sides of {rule.MinSide} to {Text(rule.MaxSide) ?? "any number of"} px", $"{width}×{height}", $"Each side must have {rule.MinSide} to {Text(rule.MaxSide) ?? "any number of"} px.");
    }

    private static IEnumerable<Finding> AltTexts(Draft draft)
    {
        if (draft.Rules.MaxAltText is not { } max || draft.Post.PostType is "story" or "reel" or "video") yield break;
        var own = draft.Option("alt_texts") is { ValueKind: System.Text.Json.JsonValueKind.Array } texts ? texts.EnumerateArray().Select(text => text.ToString()).ToList() : [];
        if (own.Count > draft.Media.Count)
            yield return Finding.Error("options.alt_texts", "too_many_alt_texts", Text(draft.Media.Count), Text(own.Count), "alt_texts has one text for each of media_urls, in their order.");
        foreach (var (media, index) in draft.Media.Select((media, index) => (media, index)))
        {
            var text = own.ElementAtOrDefault(index) is { Length: > 0 } given ? given : media.AltText;
            if (text?.Length > max)
                yield return Finding.Error("options.alt_texts", "alt_text_too_long", Text(max), Text(text.Length), $"Shorten the alternative text of media_urls[{index}] to {max} characters.");
            else if (string.IsNullOrWhiteSpace(text) && media.Kind == "image")
                yield return Finding.Warning("options.alt_texts", "alt_text_missing", null, null, $"media_urls[{index}] has no alternative text: people who do not see it miss the picture. Write alt_text to the asset, or alt_texts to the post's options.");
        }
    }

    private static string Formats(IReadOnlyList<string> formats) => string.Join(", ", formats);

    private static string? Text(IFormattable? number) => number?.ToString(number is double ? "0.##" : null, CultureInfo.InvariantCulture);
}
