using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Training;

/// <summary>The folder of one run, held by one process at a time.</summary>
public sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        Holder = RunHolder.Take(path);
    }

    /// <summary>Tells others that this process is at work here.</summary>
    public RunHolder Holder { get; }

    public string Path { get; }

    /// <summary>Creates an empty folder for a new run.</summary>
    /// <param name="path">Must not exist, or be empty.</param>
    /// <exception cref="UserMistakeException">The folder holds something, or cannot be created.</exception>
    public static RunFolder Create(string path)
    {
        if (File.Exists(path))
            throw new UserMistakeException($"'{path}' is a file. Give --out a folder that does not exist yet.");
        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new UserMistakeException($"The folder '{path}' is not empty, and a run never overwrites another. Give --out another folder, or go on with --resume {path}.");
            Directory.CreateDirectory(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The folder '{path}' cannot be created: {fault.Message}", fault);
        }
        return Hold(path);
    }

    /// <summary>The first of NAME, NAME-2, NAME-3, … below <paramref name="parent"/> that is free.</summary>
    public static RunFolder CreateBelow(string parent, string name)
    {
        var path = System.IO.Path.Combine(parent, name);
        for (var number = 2; Directory.Exists(path) || File.Exists(path); number++)
            path = System.IO.Path.Combine(parent, $"{name}-{number}");
        return Create(path);
    }

    /// <summary>Takes hold of an existing run.</summary>
    /// <exception cref="UserMistakeException">There is none, or another process holds it.</exception>
    public static RunFolder Open(string path) => Directory.Exists(path)
        ? Hold(path)
        : throw new UserMistakeException($"There is no folder '{path}'. Give --resume a run folder such as checkpoints/ddpg-context-seed1.");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        // In this order: what names the holder is never taken from the next one.
        Holder.Dispose();
        _lock.Dispose();
    }

    /// <summary>Lets go of the folder of a run that never began, and leaves nothing of it.</summary>
    /// <param name="names">Of the files that the run has written.</param>
    public void Abandon(params ReadOnlySpan<string> names)
    {
        Dispose();
        foreach (var name in (ReadOnlySpan<string>)[".lock", .. names])
            File.Delete(PathOf(name));
        if (!Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    private static RunFolder Hold(string path)
    {
        var held = FolderLock.Take(path, "run folder", "training in it");
        try
        {
            return new RunFolder(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
