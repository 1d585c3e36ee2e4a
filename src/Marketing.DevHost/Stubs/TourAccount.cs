namespace Marketing.DevHost.Stubs;

/// <summary>The account that the Instagram stand-in knows from its start.</summary>
internal static class TourAccount
{
    public const string Id = "17841400000000000";
    public const string Token = "tour-instagram-token";
}
