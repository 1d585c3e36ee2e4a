using Marketing.Library.Renditions;
using NetVips;

namespace Marketing.Tests.Library;

public sealed class RgbProfileTests
{
    [Fact]
    public void What_sRGB_profiles_say_is_what_is_assumed()
    {
        Assert.True(RgbProfile.Read(Profile("srgb"))!.IsSrgb);
        Assert.False(RgbProfile.Read(Profile("p3"))!.IsSrgb);
        Assert.Null(RgbProfile.Read(Profile("cmyk")));
        Assert.Null(RgbProfile.Read([]));
    }

    [Fact]
    public void Display_P3_becomes_sRGB_as_the_colour_engine_would_have_it()
    {
        using var noise = Image.Gaussnoise(64, 64, sigma: 60, mean: 128, seed: 3);
        using var other = Image.Gaussnoise(64, 64, sigma: 60, mean: 128, seed: 4);
        using var joined = noise.Bandjoin(other, (noise + other) / 2);
        using var image = joined.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
        using var expected = image.IccTransform("srgb", inputProfile: "p3", intent: Enums.Intent.Relative);
        using var actual = RgbProfile.Read(Profile("p3"))!.ToSrgb(image.CopyMemory());
        var (wanted, got) = (expected.WriteToMemory<byte>(), actual.WriteToMemory<byte>());
        var errors = wanted.Zip(got, (one, two) => Math.Abs(one - two)).ToList();
        Assert.True(errors.Max() <= 3 && errors.Average() < 0.6, $"max {errors.Max()}, mean {errors.Average()}");
    }

    [Fact]
    public void Damaged_profiles_are_none_and_never_throw()
    {
        var profile = Profile("p3");
        var random = new Random(5);
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = profile[..random.Next(profile.Length + 1)];
            for (var i = random.Next(8); i > 0 && damaged.Length > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            RgbProfile.Read(damaged);
        }
    }

    private static byte[] Profile(string name) => Image.ProfileLoad(name)!;
}
