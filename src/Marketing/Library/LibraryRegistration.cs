using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.Data.External;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Marketing.Library.Tagging;
using Marketing.Operations;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Marketing.Library;

/// <summary>Registers the media library: ingest, renditions, tags.</summary>
public static class LibraryRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddLibrary(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LibraryOptions>().Bind(configuration.GetSection("Library")).ValidateDataAnnotations()
            .Validate(options => options.UploadsContainer != options.RenditionsContainer, "Library:RenditionsContainer must not be the uploads container: each rendition would be ingested in turn.")
            .Validate(options => string.IsNullOrEmpty(options.ModelFolder) || File.Exists(Path.Combine(options.ModelFolder, "inception_v3.onnx")),
                "Library:ModelFolder must hold inception_v3.onnx and labels.txt. Prepare it with: dotnet run --project src/Marketing.DevHost -- models --output FOLDER. Leave it empty to go without tags.")
            .ValidateOnStart();
        services.AddSingleton<IWriteRule<LibraryAsset>, LibraryAssetRule>();
        services.AddSingleton<IAssetTagger>(provider => provider.GetRequiredService<IOptions<LibraryOptions>>().Value.ModelFolder is { Length: > 0 } folder ? new OnnxTagger(folder) : new NoTagger());
        services.AddSingleton<RenderGate>().AddSingleton<StoreRenditions>().AddSingleton<DescribeMedia>();
        services.AddScoped<IngestLedger>().AddScoped(Ingest).AddScoped(Sweep);
        services.AddSingleton<FailPoisonBlob>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapLibrary(this IEndpointRouteBuilder api) => IngestEndpoints.Map(api);

    private static IngestBlob Ingest(IServiceProvider provider) => new(
        provider.GetRequiredService<MarketingDbContext>(), provider.GetRequiredService<IngestLedger>(), provider.GetRequiredService<DescribeMedia>(),
        provider.GetRequiredService<StoreRenditions>(), provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<IOptions<LibraryOptions>>(),
        provider.GetRequiredService<IOptions<ExternalTables>>());

    private static SweepUploads Sweep(IServiceProvider provider) => new(
        provider.GetRequiredService<IngestLedger>(), provider.GetRequiredService<IngestBlob>(), provider.GetRequiredService<BlobServiceClient>(),
        provider.GetRequiredService<IOptions<LibraryOptions>>());
}
