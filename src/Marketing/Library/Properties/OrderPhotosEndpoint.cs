using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Library.Properties;

/// <summary>
/// <c>PUT /api/property_content/order</c>: the order of a property's photos, on all channels or on one, and its hero, in one call. The photos
/// of the listing, which belong to another team, follow.
/// </summary>
internal static class OrderPhotosEndpoint
{
    private const int MaxPhotos = 500;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapPut("property_content/order", (RequestDelegate)OrderAsync).RequireScope(Scopes.Write);

    private static async Task OrderAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("property_content"));
        request.To(TableAction.Update);
        if (!context.Request.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var document = RequestJson.ToObject(RequestJson.Parse(body));
        var wanted = Read(document.RootElement);
        var writer = request.Service<WriteRows>();
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var stored = await StoredAsync(session.Connection, wanted, request.Aborted);
            var operations = wanted.Photos.Select((photo, place) => Operation(request, writer, wanted, photo, place, stored)).ToList();
            await writer.AllAsync(session, request.Access, request.Resource, operations, null, request.Aborted);
            await request.Service<ListingPhotos>().FollowAsync(session.Connection, wanted.Property, request.Aborted);
            return await WriteAnswer.RowsAsync(request, session, StatusCodes.Status200OK, [.. wanted.Photos.Select(photo => stored[photo].Id)]);
        });
    }

    private static RowOperation Operation(ResourceRequest request, WriteRows writer, PhotoOrder wanted, Guid photo, int place, Dictionary<Guid, StoredPhoto> stored)
    {
        if (!stored.TryGetValue(photo, out var row)) throw new ProblemException(Problem.Unprocessable("no_such_photo", $"{photo} is no photo of the property.", new FieldError("photos", "no_such_row", $"{photo} is no row of property_content and no asset of this property.")));
        var values = new Dictionary<string, object?>();
        if (wanted.Channel is null) values["display_order"] = place;
        else values["channel_orders"] = new Dictionary<string, int>(row.Channels) { [wanted.Channel] = place + 1 };
        if (wanted.Hero is not null && row.Id == stored.GetValueOrDefault(wanted.Hero.Value)?.Id) values["is_hero"] = true;
        using var json = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(values));
        var (entity, set, errors) = new ParseRow(request.To(TableAction.Update), writer.Store(request.Resource)).Json(json.RootElement);
        return new RowOperation(OperationKind.Update) { Key = RowKey.Of(request.Resource, row.Id), Values = entity, Set = set, Problem = errors.Count == 0 ? null : ParseRow.Refused(errors) };
    }

    private static async Task<Dictionary<Guid, StoredPhoto>> StoredAsync(NpgsqlConnection connection, PhotoOrder wanted, CancellationToken cancellationToken)
    {
        // The lock of the hero first, so that two orders of one property follow each other instead of meeting half-way.
        await using var command = new NpgsqlCommand("""
            with held as materialized (select pg_advisory_xact_lock(hashtextextended('property_content.is_hero ' || $1::uuid, 0)))
            select link.id, link.library_asset_id, coalesce(link.channel_orders, '{}')::text from held cross join marketing.property_content link where link.property_id = $1
            """, connection);
        command.Parameters.AddWithValue(wanted.Property);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, StoredPhoto>();
        while (await reader.ReadAsync(cancellationToken))
        {
            using var channels = JsonDocument.Parse(reader.GetString(2));
            var orders = channels.RootElement.ValueKind != JsonValueKind.Object ? [] : channels.RootElement.EnumerateObject()
                .Where(entry => entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out _)).ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32());
            var photo = new StoredPhoto(reader.GetGuid(0), orders);
            (found[reader.GetGuid(0)], found[reader.GetGuid(1)]) = (photo, photo);
        }
        return found;
    }

    private static PhotoOrder Read(JsonElement json)
    {
        if (!json.TryGetProperty("property_id", out var house) || !Guid.TryParse(house.ToString(), out var property)) throw Refuse("property_id", "property_id is the uuid of a property.");
        if (!json.TryGetProperty("photos", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxPhotos || !list.EnumerateArray().All(item => Guid.TryParse(item.ToString(), out _)))
            throw Refuse("photos", $"photos is a list of 1 to {MaxPhotos} uuids, of rows of property_content or of their assets, in the wanted order.");
        var photos = list.EnumerateArray().Select(item => Guid.Parse(item.ToString())).ToList();
        if (photos.Distinct().Count() < photos.Count) throw Refuse("photos", "Name each photo once.");
        var channel = json.TryGetProperty("channel", out var named) && named.ValueKind != JsonValueKind.Null ? named.ToString() : null;
        if (channel is not null && (channel.Length is 0 or > 40 || !channel.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'))) throw Refuse("channel", "channel is a name such as airbnb or vrbo.");
        Guid? hero = null;
        if (json.TryGetProperty("hero", out var first) && first.ValueKind != JsonValueKind.Null)
        {
            if (!Guid.TryParse(first.ToString(), out var id) || !photos.Contains(id)) throw Refuse("hero", "hero is one of photos.");
            hero = id;
        }
        return new PhotoOrder(property, photos, hero, channel);
    }

    private static ProblemException Refuse(string field, string message) => new(Problem.Unprocessable("invalid_order", message, new FieldError(field, "invalid_value", message)));

    private sealed record PhotoOrder(Guid Property, List<Guid> Photos, Guid? Hero, string? Channel);

    private sealed record StoredPhoto(Guid Id, Dictionary<string, int> Channels);
}
