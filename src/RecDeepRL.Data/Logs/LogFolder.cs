using RecDeepRL.Core;

namespace RecDeepRL.Data.Logs;

/// <summary>The folder of an interaction log, as somebody who is going to write to it finds it.</summary>
internal static class LogFolder
{
    /// <summary>What is said of the log that is there.</summary>
    /// <exception cref="UserMistakeException">There is none, or it is damaged.</exception>
    public static LogDescription Existing(string folder) => Directory.Exists(folder)
        ? LogDescription.Read(folder)
        : throw new UserMistakeException($"There is no log '{folder}' to append to. Leave --append out to begin one.");

    /// <summary>Makes the folder of a log that begins.</summary>
    /// <exception cref="UserMistakeException">It holds something.</exception>
    public static LogDescription Fresh(string folder)
    {
        if (File.Exists(folder))
            throw new UserMistakeException($"'{folder}' is a file. Give --log a folder that does not exist yet.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UserMistakeException($"The folder '{folder}' is not empty, and a log never overwrites another. Give --log another folder, or go on with a log by --append.");
        Directory.CreateDirectory(folder);
        return new LogDescription { Format = LogDescription.CurrentFormat, Runs = [] };
    }

    /// <summary>Keeps other processes out until it is disposed.</summary>
    /// <exception cref="UserMistakeException">One of them is there.</exception>
    public static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new UserMistakeException($"The log folder '{folder}' cannot be used: {fault.Message} Another process may be writing to it.", fault);
        }
    }

    /// <summary>Takes iterations away.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="kept">How many stay, the first ones.</param>
    /// <exception cref="UserMistakeException">Another process writes to it.</exception>
    public static void Shorten(string folder, long count, long kept)
    {
        using var held = Hold(folder);
        // From the end: whenever this is interrupted, what is left has no gap.
        for (var later = count - 1; later >= kept; later--)
            File.Delete(Path.Combine(folder, LogFile.NameOf(later)));
    }
}
