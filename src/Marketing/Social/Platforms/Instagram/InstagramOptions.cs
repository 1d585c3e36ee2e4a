using Marketing.Social.Platforms.Meta;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>Settings below <c>Social:Instagram</c>.</summary>
public sealed class InstagramOptions() : GraphOptions(Section, TimeSpan.FromSeconds(30))
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Instagram";
}
