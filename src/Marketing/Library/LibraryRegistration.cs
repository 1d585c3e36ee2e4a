using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.Library.Ingest;
using Marketing.Library.Ingest.Reconcile;
using Marketing.Library.Ingest.Video;
using Marketing.Library.Renditions;
using Marketing.Library.Tagging;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

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
        services.AddSingleton<FindFaces>().AddSingleton<IMediaTagger>(Tagger);
        services.AddSingleton<SeeImage>().AddScoped<RecordTags>().AddScoped<RetagAsset>().AddSingleton(Retag);
        services.AddSingleton<RenderGate>().AddSingleton<StoreRenditions>().AddSingleton<ServeRendition>().AddSingleton<MediaAddress>();
        services.AddSingleton<ProbeVideo>().AddSingleton<DescribeMedia>();
        services.AddScoped<IngestLedger>().AddScoped<RecordAsset>().AddScoped<RetryIngest>().AddSingleton<IngestProgress>();
        services.AddScoped(Ingest).AddScoped(Sweep);
        services.AddSingleton<ReconcileUploads>().AddSingleton<ReconcileRenditions>().AddSingleton(Reconcile);
        services.AddSingleton<FailPoisonBlob>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapLibrary(this IEndpointRouteBuilder api)
    {
        IngestEndpoints.Map(api);
        MediaEndpoints.Map(api);
    }

    // A chat model where the installation has one, else the offline model, else nothing.
    private static IMediaTagger Tagger(IServiceProvider provider) =>
        provider.GetService<IChatClient>() is { } chat ? new ChatTagger(chat)
        : provider.GetRequiredService<IOptions<LibraryOptions>>().Value.ModelFolder is { Length: > 0 } folder ? new OnnxTagger(folder)
        : new NoTagger();

    private static RetagAssets Retag(IServiceProvider provider) => new(
        provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<IMediaTagger>(),
        provider.GetRequiredService<IOptions<LibraryOptions>>(), provider.GetRequiredService<ILogger<RetagAssets>>());

    private static ReconcileMedia Reconcile(IServiceProvider provider) => new(provider.GetRequiredService<ReconcileUploads>(), provider.GetRequiredService<ReconcileRenditions>());

    private static IngestBlob Ingest(IServiceProvider provider) => new(
        provider.GetRequiredService<IngestLedger>(), provider.GetRequiredService<RecordAsset>(), provider.GetRequiredService<DescribeMedia>(),
        provider.GetRequiredService<StoreRenditions>(), provider.GetRequiredService<IOptions<LibraryOptions>>());

    private static SweepUploads Sweep(IServiceProvider provider) => new(
        provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<BlobServiceClient>(), provider.GetRequiredService<IOptions<LibraryOptions>>(),
        provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SweepUploads>>());
}
