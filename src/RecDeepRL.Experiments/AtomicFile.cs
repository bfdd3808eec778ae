using RecDeepRL.Core;

namespace RecDeepRL.Experiments;

/// <summary>Writes a file so that a reader sees the old text or the new, never a part of it.</summary>
public static class AtomicFile
{
    /// <exception cref="UserMistakeException">The folder is missing, read-only or full; the old file is untouched then.</exception>
    public static void WriteAllText(string path, string text) => Write(path, writer => writer.Write(text));

    /// <summary>The same for a text that need not fit in memory.</summary>
    /// <param name="write">Writes it, with line feeds as they are given.</param>
    /// <exception cref="UserMistakeException">The folder is missing, read-only or full; the old file is untouched then.</exception>
    public static void Write(string path, Action<TextWriter> write) => Replace(path, temporary =>
    {
        using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        write(writer);
        writer.Flush();
        file.Flush(flushToDisk: true);
    });

    /// <summary>The same for a file that a library writes by its path.</summary>
    /// <param name="write">Writes a file of the path that it is given.</param>
    /// <exception cref="UserMistakeException">The folder is missing, read-only or full; the old file is untouched then.</exception>
    public static void Replace(string path, Action<string> write)
    {
        var temporary = path + ".part";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be written: {fault.Message}", fault);
        }
    }
}
