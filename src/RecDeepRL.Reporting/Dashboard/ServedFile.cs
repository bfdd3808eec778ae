using System.Text;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>Files of runs, read while others write them. A link is never followed: it may lead out of the folder that is served.</summary>
internal static class ServedFile
{
    /// <summary>Opens for reading what may be written to or replaced meanwhile.</summary>
    /// <returns>None where there is no such file, it is a link, or it cannot be read.</returns>
    public static FileStream? Open(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.LinkTarget is null
                ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1)
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The last bytes of a file as text.</summary>
    /// <param name="limit">Bytes at most; where the file is longer, the part of a line at the beginning is left out.</param>
    /// <returns>Empty where it cannot be opened.</returns>
    public static string Tail(string path, int limit)
    {
        using var file = Open(path);
        if (file is null)
            return "";
        var skipped = Math.Max(0, file.Length - limit);
        file.Position = skipped;
        var bytes = new byte[limit];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, limit, throwOnEndOfStream: false));
        return skipped == 0 ? text : text[(text.IndexOf('\n') + 1)..];
    }

    /// <summary>A whole small file as text.</summary>
    /// <param name="limit">Bytes; a larger one counts as unreadable.</param>
    /// <returns>None where it cannot be opened, or is larger.</returns>
    public static string? Text(string path, int limit = 1 << 20)
    {
        using var file = Open(path);
        if (file is null || file.Length > limit)
            return null;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
