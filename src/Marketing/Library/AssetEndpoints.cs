using Marketing.Library.Licences;
using Marketing.Library.Properties;
using Marketing.Library.Removal;
using Marketing.Library.Search;
using Marketing.Library.Similar;
using Marketing.Library.Uploads;
using Marketing.Library.Usage;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Library;

/// <summary>What the library offers beyond the rows of its table: uploads and imports, usage, licences, similar assets, removal, the order of photos.</summary>
public static class AssetEndpoints
{
    /// <summary>Maps the endpoints below <c>/api</c>.</summary>
    public static void MapAssets(this IEndpointRouteBuilder api)
    {
        UploadEndpoints.Map(api);
        UsageEndpoints.Map(api);
        LicenceEndpoints.Map(api);
        SimilarEndpoint.Map(api);
        SearchEndpoint.Map(api);
        RemovalEndpoints.Map(api);
        OrderPhotosEndpoint.Map(api);
    }
}
