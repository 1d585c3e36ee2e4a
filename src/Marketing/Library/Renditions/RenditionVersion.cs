using System.Globalization;
using System.Text.Json;

namespace Marketing.Library.Renditions;

/// <summary>What the bytes of a rendition depend on beside its preset: the content of the original and, when it is cut, the focal point.</summary>
internal static class RenditionVersion
{
    /// <summary>Where a picture without a focal point is cut around.</summary>
    public static readonly (double X, double Y) Centre = (0.5, 0.5);

    /// <summary>File name of a rendition within its content's folder.</summary>
    public static string FileName(Preset preset, string extension, (double X, double Y) focus) =>
        preset.Cuts ? $"{preset.Name}-{Number(focus)}.{extension}" : $"{preset.Name}.{extension}";

    /// <summary>The part of an address that changes with the bytes.</summary>
    public static string Of(RenditionName owner, Preset preset, (double X, double Y) focus) => preset.Cuts ? $"{owner.ContentHash}{Number(focus)}" : owner.ContentHash;

    /// <summary>Reads the column <c>focal_point</c>; the centre when there is none.</summary>
    public static (double X, double Y) Focus(string? json)
    {
        if (json is null) return Centre;
        using var point = JsonDocument.Parse(json);
        return point.RootElement.ValueKind == JsonValueKind.Object && point.RootElement.TryGetProperty("x", out var x) && point.RootElement.TryGetProperty("y", out var y)
            ? (x.GetDouble(), y.GetDouble())
            : Centre;
    }

    // Thousandths are less than two pixels of the largest preset.
    private static string Number((double X, double Y) focus) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(focus.X * 1000):d4}{(int)Math.Round(focus.Y * 1000):d4}");
}
