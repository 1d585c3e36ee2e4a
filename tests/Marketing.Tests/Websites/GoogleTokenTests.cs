using Marketing.Websites.Analytics;

namespace Marketing.Tests.Websites;

public sealed class GoogleTokenTests
{
    [Fact]
    public void What_is_signed_is_Googles_form_byte_for_byte() => Assert.Equal(
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImFiYzEyMyJ9.eyJpc3MiOiJzdmNAcHJvai5pYW0uZ3NlcnZpY2VhY2NvdW50LmNvbSIsInNjb3BlIjoiaHR0cHM6Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9hbmFseXRpY3MucmVhZG9ubHkiLCJhdWQiOiJodHRwczovL29hdXRoMi5nb29nbGVhcGlzLmNvbS90b2tlbiIsImlhdCI6MTc2NDAwMDAwMCwiZXhwIjoxNzY0MDAzNjAwfQ",
        GoogleToken.SigningInput("abc123", "svc@proj.iam.gserviceaccount.com", "https://oauth2.googleapis.com/token", DateTimeOffset.FromUnixTimeSeconds(1_764_000_000)));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/Villas/", "/villas")]
    [InlineData("//", "/")]
    [InlineData("/a/b", "/a/b")]
    public void Spellings_of_a_path_are_one(string path, string form) => Assert.Equal(form, PullPageViews.Form(path));
}
