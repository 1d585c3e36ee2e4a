using System.ComponentModel.DataAnnotations;

namespace Marketing.Library.Uploads;

/// <summary>Settings of uploads and imports, section <c>Library:Uploads</c>. Every default works.</summary>
public sealed class UploadOptions
{
    /// <summary>Container that clients write to. No trigger watches it: what is complete is copied from here to the uploads container.</summary>
    [Required, RegularExpression("^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$",
        ErrorMessage = "Library:Uploads:StagingContainer must be a container name: 3 to 63 lower-case letters, digits and single hyphens. Example: staging")]
    public string StagingContainer { get; set; } = "staging";

    /// <summary>For how long a client may write to the address that it was given.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00", ErrorMessage = "Library:Uploads:AddressLife must be from 00:00:10 to 01:00:00. Example: 00:15:00")]
    public TimeSpan AddressLife { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>For how long after that the upload may still be completed, before it is swept.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00", ErrorMessage = "Library:Uploads:CompleteWithin must be from 00:00:00 to 7.00:00:00. Example: 06:00:00")]
    public TimeSpan CompleteWithin { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Largest file that is posted through the API, in bytes; the Functions host itself takes 100 MB.</summary>
    [Range(1, 100_000_000, ErrorMessage = "Library:Uploads:MaxPostedBytes must be from 1 to 100000000 bytes. Example: 33554432")]
    public long MaxPostedBytes { get; set; } = 32L << 20;

    /// <summary>Longest time that one fetch of an import may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Library:Uploads:ImportTimeLimit must be from 00:00:01 to 01:00:00. Example: 00:05:00")]
    public TimeSpan ImportTimeLimit { get; set; } = TimeSpan.FromMinutes(5);
}
