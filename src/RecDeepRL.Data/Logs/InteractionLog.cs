using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Logs;

/// <summary>An interaction log on disk: what users were shown and did, round by round.</summary>
/// <remarks>A folder with <c>log.json</c> and one Parquet file for each iteration, <c>iteration-00000012.parquet</c>. Other files in it mean nothing.
/// Where shards of a population wrote it, it has a folder for each of them, which is such a log of its users, and an iteration is the rows of all, in the order of the shards.
/// What is read is held one iteration at a time.</remarks>
public sealed class InteractionLog
{
    private readonly string _folder;
    private readonly IReadOnlyList<InteractionLog> _shards;

    private InteractionLog(string folder, LogDescription description, long iterationCount, IReadOnlyList<InteractionLog> shards)
    {
        _shards = shards;
        _folder = folder;
        Description = description;
        IterationCount = iterationCount;
    }

    /// <summary>Who wrote it.</summary>
    public LogDescription Description { get; }

    /// <summary>Whole iterations, numbered from 0.</summary>
    public long IterationCount { get; }

    /// <summary>Opens a log; it may be written to meanwhile, later iterations are then not seen.</summary>
    /// <exception cref="UserMistakeException">There is no log, or an iteration is missing.</exception>
    public static InteractionLog Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserMistakeException($"There is no log folder '{folder}'. Give a folder that 'simulate --log' wrote.");
        var description = LogDescription.Read(folder);
        if (description.Shards is not { } count)
            return new InteractionLog(folder, description, LogFile.CountIn(folder), []);
        IReadOnlyList<InteractionLog> shards = [.. Enumerable.Range(0, count).Select(shard => ReadShard(folder, shard))];
        // What only some of them have written is no whole iteration yet.
        return new InteractionLog(folder, description, shards.Min(shard => shard.IterationCount), shards);
    }

    /// <summary>Every iteration in order, read when it is asked for.</summary>
    /// <exception cref="UserMistakeException">A file is damaged.</exception>
    public IEnumerable<LogRows> Iterations()
    {
        for (var iteration = 0L; iteration < IterationCount; iteration++)
            yield return Rows(iteration);
    }

    /// <summary>The log as rounds of a population: keys become ids, rows slates.</summary>
    /// <param name="population">Has every user and item of the log.</param>
    /// <param name="slateSize">K of every round.</param>
    /// <returns>The iterations in order, read when asked for; on the CPU. The caller disposes each.</returns>
    /// <exception cref="UserMistakeException">An unknown key, another slate size, or rows that are not slates.</exception>
    public IEnumerable<PlayedRound> RoundsOf(Population population, int slateSize)
    {
        var users = new KeyMap("user", population.UserKeys);
        var items = new KeyMap("item", population.ItemKeys);
        foreach (var rows in Iterations())
            yield return ToRound(rows, PathOf(rows.Iteration), users, items, slateSize);
    }

    private static InteractionLog ReadShard(string folder, int shard)
    {
        var path = LogDescription.ShardFolder(folder, shard);
        if (!Directory.Exists(path))
            throw new UserMistakeException($"The log '{folder}' is not whole: the folder '{path}' of one of its shards is missing. Put it back, such as from the machine that wrote it.");
        var description = LogDescription.Read(path);
        return description.Shards is null
            ? new InteractionLog(path, description, LogFile.CountIn(path), [])
            : throw new UserMistakeException($"{Path.Combine(path, LogDescription.FileName)} is damaged: a shard has no shards.");
    }

    private LogRows Rows(long iteration)
    {
        if (_shards.Count == 0)
            return LogFile.Read(PathOf(iteration), iteration);
        var parts = _shards.Select(shard => shard.Rows(iteration)).ToList();
        var all = new LogRows(checked(parts.Sum(part => part.Count))) { Iteration = iteration };
        foreach (var part in parts)
        {
            Copy(part.UserKeys, all.UserKeys);
            Copy(part.ItemKeys, all.ItemKeys);
            Copy(part.Relevance, all.Relevance);
            Copy(part.Responses, all.Responses);
            Copy(part.Slots, all.Slots);
            Copy(part.Propensity, all.Propensity);
            all.Count += part.Count;

            void Copy<T>(T[] from, T[] to) => from.AsSpan(0, part.Count).CopyTo(to.AsSpan(all.Count));
        }
        return all;
    }

    private string PathOf(long iteration) => Path.Combine(_folder, LogFile.NameOf(iteration));

    private static PlayedRound ToRound(LogRows rows, string path, KeyMap users, KeyMap items, int slateSize)
    {
        var slots = (rows.Count == 0 ? -1 : rows.Slots.Max()) + 1;
        if (rows.Count > 0 && slots != slateSize)
            throw new UserMistakeException($"{path} has slates of {slots}, the environment of {slateSize}. Set slateSize={slots}, or give another log.");
        var userIds = new long[rows.Count / slateSize];
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.Slots[row] != row % slateSize || rows.UserKeys[row] != rows.UserKeys[row - (row % slateSize)] || rows.Count % slateSize != 0)
                throw new UserMistakeException($"{path} is damaged: row {row + 1} is slot {rows.Slots[row]} of user {rows.UserKeys[row]}; expected are whole slates, slot 0 to {slateSize - 1}, one user after another.");
            if (!float.IsFinite(rows.Responses[row]))
                throw new UserMistakeException($"{path} is damaged: row {row + 1} has the response {rows.Responses[row]}, expected a finite number.");
            if (row % slateSize == 0)
                userIds[row / slateSize] = users.IdOf(rows.UserKeys[row], path, row);
            rows.ItemKeys[row] = items.IdOf(rows.ItemKeys[row], path, row);
        }
        RequireDistinct(userIds, path, rows);
        return new PlayedRound(
            tensor(userIds), tensor(rows.ItemKeys, [userIds.Length, slateSize]), tensor(rows.Responses, [userIds.Length, slateSize]))
        {
            Propensity = rows.Propensity.All(float.IsNaN) ? null : tensor(rows.Propensity, [userIds.Length, slateSize]),
        };
    }

    private static void RequireDistinct(long[] userIds, string path, LogRows rows)
    {
        var sorted = userIds.Order().ToArray();
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index] == sorted[index - 1])
            {
                var key = rows.UserKeys[Array.IndexOf(userIds, sorted[index]) * (rows.Count / userIds.Length)];
                throw new UserMistakeException($"{path} is damaged: user {key} has two slates in one iteration.");
            }
        }
    }
}
