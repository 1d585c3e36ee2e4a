using System.Text;
using Marketing.Library.Ingest;

namespace Marketing.Tests.Library;

public sealed class FileSignatureTests
{
    [Theory]
    [InlineData("FFD8FFE0", FileSignature.Jpeg)]
    [InlineData("89504E470D0A1A0A", FileSignature.Png)]
    [InlineData("474946383961", FileSignature.Gif)]
    [InlineData("52494646000000005745425056503820", FileSignature.Webp)]
    [InlineData("0000001C66747970617669660000000061766966", FileSignature.Avif)]
    [InlineData("000000186674797068656963", FileSignature.Heic)]
    [InlineData("255044462D312E37", FileSignature.Pdf)]
    [InlineData("0001020304", FileSignature.Unknown)]
    public void Content_is_known_by_its_first_bytes(string hex, FileSignature expected) =>
        Assert.Equal(expected, FileSignatures.Recognise(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("plain words", FileSignature.Text)]
    [InlineData("<!DOCTYPE html><p>x", FileSignature.Html)]
    [InlineData("<?xml version=\"1.0\"?><svg xmlns=\"x\">", FileSignature.Svg)]
    [InlineData("ünïcödé", FileSignature.Text)]
    public void Text_is_told_from_markup(string text, FileSignature expected) => Assert.Equal(expected, FileSignatures.Recognise(Encoding.UTF8.GetBytes(text)));
}
