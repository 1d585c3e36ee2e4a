using System.Buffers.Binary;
using System.Numerics;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>
/// A colour profile of three curves and a matrix, as cameras and screens have (sRGB, Display P3, Adobe RGB). Source: ICC.1:2022, 8.4.3
/// "Three-component matrix-based profiles", 10.6 "curveType", 10.18 "parametricCurveType".
/// </summary>
internal sealed class RgbProfile
{
    private const int HeaderLength = 128;
    private const int MostTags = 100;
    private const int EncodeSteps = 4096;

    // The columns of sRGB's matrix to the profile connection space, at D50 (IEC 61966-2-1, adapted as in the ICC's own sRGB profile).
    private static readonly Matrix4x4 Srgb = Columns(new(0.43607f, 0.22249f, 0.01392f), new(0.38515f, 0.71687f, 0.09708f), new(0.14307f, 0.06061f, 0.71410f));
    private static readonly Matrix4x4 ToSrgbPrimaries = Invert(Srgb);
    private static readonly byte[] Encoded = Encode();

    // Within these, a picture looks the same with and without its profile.
    private const float NearPrimary = 0.002f;
    private const float NearCurve = 0.006f;

    private readonly Matrix4x4 toSrgb;
    private readonly float[][] curves;

    private RgbProfile(Matrix4x4 columns, float[][] curves)
    {
        toSrgb = columns * ToSrgbPrimaries;
        this.curves = curves;
        IsSrgb = IsNear(columns) && curves.All(curve => Enumerable.Range(0, 256).All(value => Math.Abs(curve[value] - Linear(value / 255f)) < NearCurve));
    }

    /// <summary>True when it says what is assumed without a profile.</summary>
    public bool IsSrgb { get; }

    /// <summary>The profile of a picture of bytes; null when it has none or one of another kind.</summary>
    public static RgbProfile? Of(Image header) =>
        header.Format == Enums.BandFormat.Uchar && header.Interpretation == Enums.Interpretation.Srgb && header.GetTypeOf("icc-profile-data") != 0 ? Read((byte[])header.Get("icc-profile-data")) : null;

    /// <summary>Reads a profile; null when it is of another kind or damaged.</summary>
    public static RgbProfile? Read(ReadOnlySpan<byte> profile)
    {
        if (profile.Length < HeaderLength + 4 || !profile[16..24].SequenceEqual("RGB XYZ "u8)) return null;
        // A table speaks louder than matrix and curves where there are both.
        if (!Find(profile, "A2B0"u8).IsEmpty) return null;
        if (Colorant(Find(profile, "rXYZ"u8)) is not { } red || Colorant(Find(profile, "gXYZ"u8)) is not { } green || Colorant(Find(profile, "bXYZ"u8)) is not { } blue) return null;
        if (Curve(Find(profile, "rTRC"u8)) is not { } r || Curve(Find(profile, "gTRC"u8)) is not { } g || Curve(Find(profile, "bTRC"u8)) is not { } b) return null;
        return new RgbProfile(Columns(red, green, blue), [r, g, b]);
    }

    /// <summary>The same colours in sRGB; those that it cannot show become the nearest of each channel. Disposes the input.</summary>
    /// <param name="image">Three bands of bytes.</param>
    public Image ToSrgb(Image image)
    {
        using (image)
        {
            var pixels = image.WriteToMemory<byte>();
            var (r, g, b, m) = (curves[0], curves[1], curves[2], toSrgb);
            for (var i = 0; i + 2 < pixels.Length; i += 3)
            {
                var (red, green, blue) = (r[pixels[i]], g[pixels[i + 1]], b[pixels[i + 2]]);
                pixels[i] = Encoded[Step(red * m.M11 + green * m.M21 + blue * m.M31)];
                pixels[i + 1] = Encoded[Step(red * m.M12 + green * m.M22 + blue * m.M32)];
                pixels[i + 2] = Encoded[Step(red * m.M13 + green * m.M23 + blue * m.M33)];
            }
            using var raw = Image.NewFromMemoryCopy(pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
            using var colours = raw.Copy(interpretation: Enums.Interpretation.Srgb);
            return colours.CopyMemory();
        }

        static int Step(float linear) => (int)(Math.Clamp(linear, 0, 1) * (EncodeSteps - 1) + 0.5f);
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> profile, ReadOnlySpan<byte> name)
    {
        var tags = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderLength..]), MostTags);
        for (var i = 0; i < tags; i++)
        {
            var at = HeaderLength + 4 + i * 12;
            if (at + 12 > profile.Length) return [];
            if (!profile[at..(at + 4)].SequenceEqual(name)) continue;
            var (offset, length) = (BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 4)..]), BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 8)..]));
            return (long)offset + length <= profile.Length ? profile.Slice((int)offset, (int)length) : [];
        }
        return [];
    }

    private static Vector3? Colorant(ReadOnlySpan<byte> tag) =>
        tag.Length >= 20 && tag[..4].SequenceEqual("XYZ "u8) ? new Vector3(Fixed(tag[8..]), Fixed(tag[12..]), Fixed(tag[16..])) : null;

    // The curve at each of the 256 values of a byte.
    private static float[]? Curve(ReadOnlySpan<byte> tag)
    {
        if (tag.Length < 12) return null;
        if (tag[..4].SequenceEqual("curv"u8))
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(tag[8..]);
            if (count > (tag.Length - 12) / 2) return null;
            if (count == 0) return Sample(x => x);
            if (count == 1)
            {
                var gamma = BinaryPrimitives.ReadUInt16BigEndian(tag[12..]) / 256f;
                return Sample(x => MathF.Pow(x, gamma));
            }
            var table = new float[count];
            for (var i = 0; i < table.Length; i++) table[i] = BinaryPrimitives.ReadUInt16BigEndian(tag[(12 + i * 2)..]) / 65535f;
            return Sample(x =>
            {
                var place = x * (table.Length - 1);
                var below = Math.Min((int)place, table.Length - 2);
                return float.Lerp(table[below], table[below + 1], place - below);
            });
        }
        // Functions 0, 3 and 4 are what profiles hold: a power; a power with a line below d; the same with offsets.
        if (!tag[..4].SequenceEqual("para"u8)) return null;
        var (function, numbers) = (BinaryPrimitives.ReadUInt16BigEndian(tag[8..]), new float[7]);
        var used = function switch { 0 => 1, 3 => 5, 4 => 7, _ => 0 };
        if (used == 0 || tag.Length < 12 + used * 4) return null;
        for (var i = 0; i < used; i++) numbers[i] = Fixed(tag[(12 + i * 4)..]);
        var (power, a, b, c, d, e, f) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
        return function == 0 ? Sample(x => MathF.Pow(x, power)) : Sample(x => x >= d ? MathF.Pow(a * x + b, power) + e : c * x + f);
    }

    private static float[] Sample(Func<float, float> curve)
    {
        var values = new float[256];
        for (var i = 0; i < values.Length; i++) values[i] = curve(i / 255f) is var value && float.IsFinite(value) ? value : 0;
        return values;
    }

    private static float Fixed(ReadOnlySpan<byte> s15Fixed16) => BinaryPrimitives.ReadInt32BigEndian(s15Fixed16) / 65536f;

    // Row vectors, as System.Numerics multiplies them: what one channel contributes is a row.
    private static Matrix4x4 Columns(Vector3 red, Vector3 green, Vector3 blue) => new(
        red.X, red.Y, red.Z, 0, green.X, green.Y, green.Z, 0, blue.X, blue.Y, blue.Z, 0, 0, 0, 0, 1);

    private static Matrix4x4 Invert(Matrix4x4 matrix) => Matrix4x4.Invert(matrix, out var inverse) ? inverse : throw new InvalidOperationException("The primaries of sRGB lie on a line.");

    private static bool IsNear(Matrix4x4 columns) =>
        Near(columns.M11, Srgb.M11) && Near(columns.M12, Srgb.M12) && Near(columns.M13, Srgb.M13) && Near(columns.M21, Srgb.M21) && Near(columns.M22, Srgb.M22) && Near(columns.M23, Srgb.M23)
        && Near(columns.M31, Srgb.M31) && Near(columns.M32, Srgb.M32) && Near(columns.M33, Srgb.M33);

    private static bool Near(float one, float other) => Math.Abs(one - other) < NearPrimary;

    private static float Linear(float encoded) => encoded <= 0.04045f ? encoded / 12.92f : MathF.Pow((encoded + 0.055f) / 1.055f, 2.4f);

    private static byte[] Encode()
    {
        var encoded = new byte[EncodeSteps];
        for (var i = 0; i < encoded.Length; i++)
        {
            var linear = i / (EncodeSteps - 1f);
            encoded[i] = (byte)Math.Round(255 * (linear <= 0.0031308f ? linear * 12.92f : 1.055f * MathF.Pow(linear, 1 / 2.4f) - 0.055f));
        }
        return encoded;
    }
}
