namespace Marketing.Library.Ingest;

/// <summary>Finds out what a file is by its content, and whether its name and its declared type tell the truth.</summary>
internal static class RecogniseFile
{
    /// <summary>The type of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Name it was uploaded under.</param>
    /// <param name="declaredType">Content type it was uploaded with; null, and what says nothing, such as application/octet-stream, promise nothing.</param>
    /// <exception cref="MediaException">It is empty, not recognised, or something else than its name or its declared type says.</exception>
    public static FileType Run(string path, string name, string? declaredType = null)
    {
        var head = new byte[FileSignatures.HeadBytes];
        using (var file = File.OpenRead(path))
        {
            if (file.Length == 0) throw new MediaException("The file is empty. Upload it again.");
            head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        var extension = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        var signature = FileSignatures.Recognise(head);
        if (signature == FileSignature.Unknown) throw new MediaException("The content is of no type that the library knows. Upload an image, a video, audio, a PDF or an office document.");
        var promised = FileType.Promised(extension);
        var found = FileType.Of(signature, extension);
        if (promised is not null && IsBroken(promised, found))
            throw new MediaException($"The name says {promised.Name}, the content is a {found.Name}. Upload the file that the name promises, or rename it.");
        if (FileType.Declared(declaredType) is { } declared && IsBroken(declared, found))
            throw new MediaException($"It was uploaded as {declared.MimeType}, the content is a {found.Name}. Upload it with the content type {found.MimeType}, or the file that was meant.");
        return found;
    }

    // Containers of sound and film, and Office files, go by several names; a picture by one.
    private static bool IsBroken(FileType promise, FileType found) => promise.Signature != found.Signature && (promise.AssetType != found.AssetType || found.AssetType == "image");
}
