using RecDeepRL.Core;

namespace RecDeepRL.Experiments;

/// <summary>Holds a folder for one process at a time, by a file <c>.lock</c> in it. The system lets go of it when the process ends, however it ends.</summary>
internal static class FolderLock
{
    /// <param name="kind">What the folder is, such as <c>run folder</c>.</param>
    /// <param name="busy">What another process may be doing with it, such as <c>training in it</c>.</param>
    /// <returns>Held until disposed.</returns>
    /// <exception cref="UserMistakeException">Another process holds the folder, or it cannot be written to.</exception>
    public static FileStream Take(string folder, string kind, string busy)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The {kind} '{folder}' cannot be used: {fault.Message} Another process may be {busy}.", fault);
        }
    }
}
