using Marketing.Social.Platforms.Meta;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>Settings below <c>Social:Facebook</c>.</summary>
public sealed class FacebookOptions() : GraphOptions(Section, TimeSpan.FromSeconds(60))
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Facebook";
}
