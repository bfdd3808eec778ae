using RecDeepRL.Core;

namespace RecDeepRL.Data.Logs;

/// <summary>A log of which every shard of a population writes its part, in a folder of its own below that of the whole.</summary>
public static class ShardedLog
{
    /// <summary>The most shards that a log may have.</summary>
    public const int MostShards = LogDescription.MostShards;

    /// <inheritdoc cref="LogDescription.ShardFolder"/>
    public static string FolderOf(string folder, int shard) => LogDescription.ShardFolder(folder, shard);

    /// <summary>Says that a log is made of shards, before any of them is written.</summary>
    /// <param name="shards">1 to <see cref="MostShards"/>.</param>
    /// <param name="iteration">0 to begin the log, in a new or empty folder; otherwise it has to be there.</param>
    /// <exception cref="UserMistakeException">The folder holds something already, is no log of so many shards, or cannot be written to.</exception>
    public static void Begin(string folder, int shards, long iteration, LoggedRun run)
    {
        try
        {
            if (iteration > 0)
            {
                RequireShards(folder, shards);
                return;
            }
            if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
                throw new UserMistakeException($"'{folder}' is there and not empty, and a log never overwrites another. Give --log a folder that does not exist yet.");
            Directory.CreateDirectory(folder);
            new LogDescription { Format = LogDescription.CurrentFormat, Runs = [run with { FirstIteration = 0 }], Shards = shards }.Write(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The log folder '{folder}' cannot be used: {fault.Message} Choose another folder for --log.", fault);
        }
    }

    private static void RequireShards(string folder, int shards)
    {
        if (!Directory.Exists(folder))
            throw new UserMistakeException($"There is no log '{folder}' to go on with, and a log goes back to the beginning of its run. Leave --log out, or give the folder that the run began with.");
        if (LogDescription.Read(folder).Shards is var count && count != shards)
            throw new UserMistakeException($"The log '{folder}' is of {(count is null ? "a run without shards" : $"{count} shards")}, the run has {shards}. Leave --log out, or run with as many shards as the log has.");
    }
}
