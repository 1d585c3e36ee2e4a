namespace Marketing.DevHost.Stubs;

/// <summary>A photo that may be attached.</summary>
internal sealed record FacebookPhoto(string Page, string Url, string AltText, DateTimeOffset At);
