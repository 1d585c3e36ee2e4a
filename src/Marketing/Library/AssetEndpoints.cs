using Marketing.Library.Uploads;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Library;

/// <summary>What the library offers beyond the rows of its table: uploads and imports, usage, licences, similar assets, removal, the order of photos.</summary>
public static class AssetEndpoints
{
    /// <summary>Maps the endpoints below <c>/api</c>.</summary>
    public static void MapAssets(this IEndpointRouteBuilder api) => UploadEndpoints.Map(api);
}
