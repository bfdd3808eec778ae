using RecDeepRL.Core;

namespace RecDeepRL.Experiments;

/// <summary>Writes a file so that a reader sees the old text or the new, never a part of it.</summary>
public static class AtomicFile
{
    /// <exception cref="UserMistakeException">The folder is missing, read-only or full; the old file is untouched then.</exception>
    public static void WriteAllText(string path, string text)
    {
        var temporary = path + ".part";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                using var writer = new StreamWriter(file);
                writer.Write(text);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be written: {fault.Message}", fault);
        }
    }
}
