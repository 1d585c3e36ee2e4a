using Azure.Identity;
using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.Library.Ingest;
using Marketing.Library.Ingest.Documents;
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
    private const string VisionClient = "azure_vision";
    private static readonly TimeSpan VisionLimit = TimeSpan.FromSeconds(30);

    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddLibrary(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LibraryOptions>().Bind(configuration.GetSection("Library")).ValidateDataAnnotations()
            .Validate(options => options.UploadsContainer != options.RenditionsContainer, "Library:RenditionsContainer must not be the uploads container: each rendition would be ingested in turn.")
            .Validate(options => string.IsNullOrEmpty(options.ModelFolder) || File.Exists(Path.Combine(options.ModelFolder, "inception_v3.onnx")),
                "Library:ModelFolder must hold inception_v3.onnx and labels.txt. Prepare it with: dotnet run --project src/Marketing.DevHost -- models --output FOLDER. Leave it empty to go without tags.")
            .Validate(options => options.Tagger != "onnx" || !string.IsNullOrEmpty(options.ModelFolder), "Library:Tagger is onnx, which needs Library:ModelFolder.")
            .Validate(options => options.Tagger != "azure_vision" || options.AzureVision.Endpoint is not null, "Library:Tagger is azure_vision, which needs Library:AzureVision:Endpoint. Example: https://NAME.cognitiveservices.azure.com/")
            .Validate(options => options.AzureVision.Endpoint is not { } address || (address.IsAbsoluteUri && address.AbsolutePath == "/" && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback)),
                "Library:AzureVision:Endpoint must be an https address without a path. Example: https://NAME.cognitiveservices.azure.com/")
            .ValidateOnStart();
        services.AddHttpClient(VisionClient, client => client.Timeout = VisionLimit).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddSingleton<IWriteRule<LibraryAsset>, LibraryAssetRule>();
        services.AddSingleton<FindFaces>().AddSingleton<IMediaTagger>(Tagger);
        services.AddSingleton<SeeImage>().AddScoped<RecordTags>().AddScoped<RetagAsset>().AddSingleton(Retag);
        services.AddSingleton<RenderGate>().AddSingleton<StoreRenditions>().AddSingleton<ServeRendition>().AddSingleton<MediaAddress>();
        services.AddSingleton<MediaTools>().AddSingleton<ProbeVideo>().AddSingleton<MakeMp4>().AddSingleton<ReadDocument>().AddSingleton<DescribePicture>().AddSingleton<DescribeMedia>();
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

    // The one that is chosen; else a chat model where the installation has one, Azure AI Vision where it is named, the offline model, nothing.
    private static IMediaTagger Tagger(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<LibraryOptions>>().Value;
        var chat = provider.GetService<IChatClient>();
        return options.Tagger switch
        {
            "chat" => new ChatTagger(chat ?? throw new InvalidOperationException("Library:Tagger is chat, but no IChatClient is registered. Register one, or set Library:Tagger to auto.")),
            "azure_vision" => Vision(provider, options),
            "onnx" => new OnnxTagger(options.ModelFolder!),
            "none" => new NoTagger(),
            _ when chat is not null => new ChatTagger(chat),
            _ when options.AzureVision.Endpoint is not null => Vision(provider, options),
            _ when options.ModelFolder is { Length: > 0 } folder => new OnnxTagger(folder),
            _ => new NoTagger(),
        };
    }

    private static AzureVisionTagger Vision(IServiceProvider provider, LibraryOptions options) =>
        new(provider.GetRequiredService<IHttpClientFactory>().CreateClient(VisionClient), options.AzureVision, options.AzureVision.Key is { Length: > 0 } ? null : new DefaultAzureCredential());

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
