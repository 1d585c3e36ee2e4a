using Marketing.Identity;
using Marketing.Library.Usage;
using Marketing.Problems;

namespace Marketing.Library.Removal;

/// <summary>The refusal to remove an asset that is in use.</summary>
internal static class AssetInUse
{
    /// <summary>409 with the uses; to a caller with row filters, who may not know these rows, their kinds alone.</summary>
    public static Problem Problem(Caller caller, IReadOnlyList<AssetUse> uses)
    {
        var mayKnow = caller.Grants.All(grant => grant.RowFilter is null);
        return Problems.Problem.Conflict("asset_in_use",
            "The asset is in use. Take it out of what uses it first, or POST {\"force\":true} to /api/content_library/{id}/removal.",
            [.. uses.Select(use => new FieldError(use.UsageType, "in_use", mayKnow ? $"{use.UsageType} {use.UsageId}" : $"A {use.UsageType} that you may not see.")).DistinctBy(error => error.Message)]);
    }
}
