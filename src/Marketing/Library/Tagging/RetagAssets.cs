using Marketing.Library.Ingest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Tagging;

/// <summary>The back-fill: assets that another tagger or none described are described again, a few a run, within the tokens and the money of a day.</summary>
public sealed partial class RetagAssets
{
    private readonly NpgsqlDataSource database;
    private readonly IServiceScopeFactory scopes;
    private readonly IMediaTagger tagger;
    private readonly IOptions<LibraryOptions> options;
    private readonly ILogger<RetagAssets> log;

    internal RetagAssets(NpgsqlDataSource database, IServiceScopeFactory scopes, IMediaTagger tagger, IOptions<LibraryOptions> options, ILogger<RetagAssets> log) =>
        (this.database, this.scopes, this.tagger, this.options, this.log) = (database, scopes, tagger, options, log);

    /// <summary>Describes the newest of them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RetagPerRun == 0 || tagger is NoTagger) return;
        foreach (var assetId in await OutdatedAsync(cancellationToken))
        {
            if (await IsSpentAsync(cancellationToken)) return;
            await using var scope = scopes.CreateAsyncScope();
            try
            {
                using var turn = await scope.ServiceProvider.GetRequiredService<RenderGate>().EnterAsync(cancellationToken);
                await scope.ServiceProvider.GetRequiredService<RetagAsset>().RunAsync(assetId, cancellationToken);
            }
            catch (Exception exception) when (exception is MediaException or Azure.RequestFailedException or HttpRequestException or System.Data.Common.DbException)
            {
                LogFailed(exception, assetId);
            }
        }
    }

    private async Task<List<Guid>> OutdatedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select asset.id from marketing.content_library as asset join marketing_ops.ingested_blobs as blob on blob.asset_id = asset.id and blob.state = 'active'
            left   join marketing_ops.asset_tagging as tagging on tagging.asset_id = asset.id
            where  asset.status = 'active' and asset.thumbnail_url is not null and (tagging.asset_id is null or (tagging.tagger, tagging.model) <> ($1, $2))
            order  by asset.created_at desc limit $3
            """);
        command.Parameters.AddWithValue(tagger.Name);
        command.Parameters.AddWithValue(tagger.Model);
        command.Parameters.AddWithValue(options.Value.RetagPerRun);
        var found = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add(reader.GetGuid(0));
        return found;
    }

    // An asset that was described twice counts with all of its tokens and as one picture: tokens err to the safe side.
    private async Task<bool> IsSpentAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select coalesce(sum(input_tokens), 0)::bigint, coalesce(sum(output_tokens), 0)::bigint, count(*) filter (where tagger <> 'onnx') from marketing_ops.asset_tagging where tagged_at > now() - interval '1 day'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (input, output, pictures, limits) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), options.Value);
        return input + output >= limits.TokensPerDay || (input * limits.InputTokenPrice + output * limits.OutputTokenPrice) / 1e6 + pictures * limits.PicturePrice >= limits.CostPerDay;
    }

    [LoggerMessage(302, LogLevel.Warning, "Describing asset {AssetId} again failed; the next run tries again")]
    private partial void LogFailed(Exception exception, Guid assetId);
}
