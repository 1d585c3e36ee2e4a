using Azure.Storage.Blobs;
using Marketing.Library.Imports;
using Marketing.Library.Licences;
using Marketing.Library.Properties;
using Marketing.Library.Removal;
using Marketing.Library.Search;
using Marketing.Library.Uploads;
using Marketing.Operations;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Marketing.Library;

/// <summary>Registers how assets get in and how they are used: uploads, imports, usage, licences, removal.</summary>
public static class LibraryAssetsRegistration
{
    /// <summary>Services of these parts of the room.</summary>
    public static IServiceCollection AddLibraryAssets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UploadOptions>().Bind(configuration.GetSection("Library:Uploads")).ValidateDataAnnotations()
            .Validate<IOptions<LibraryOptions>>((options, library) => options.StagingContainer != library.Value.UploadsContainer, "Library:Uploads:StagingContainer must not be the uploads container: files would be ingested before they are complete.")
            .ValidateOnStart();
        services.AddOptions<OutboundOptions>().Bind(configuration.GetSection("Outbound")).ValidateOnStart();
        services.TryAddSingleton<HostLookup>();
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<UploadLimits>().AddSingleton<BlobAddress>().AddSingleton<UploadLedger>().AddSingleton<IdenticalContent>();
        services.AddSingleton<StageFile>().AddSingleton<CompleteUpload>().AddSingleton<ImportParts>();
        services.AddSingleton(provider => new ImportFile(
            provider.GetRequiredService<UploadLedger>(), provider.GetRequiredService<OutboundHttp>(), provider.GetRequiredService<StageFile>(), provider.GetRequiredService<ImportParts>()));
        services.AddSingleton(provider => new SweepStagedUploads(
            provider.GetRequiredService<UploadLedger>(), provider.GetRequiredService<BlobServiceClient>(), provider.GetRequiredService<WorkQueue>(), provider.GetRequiredService<UploadLimits>()));
        services.AddSingleton<CheckLicence>().AddSingleton<ListingPhotos>().AddSingleton<PurgeAssets>().AddSingleton<FindAssets>();
        return services;
    }
}
