using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ParquetSharp;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Logs;

/// <summary>Writes an interaction log while a run goes on: <see cref="Add"/> copies what happened, and a thread of its own turns it into files.</summary>
/// <remarks>A round is one file, written under a temporary name, flushed to disk and renamed, so that a file that has its name is whole whatever
/// happens to the process. At most <see cref="ChunksInFlight"/> chunks of rows wait to be written; when they do, the run waits too, so memory
/// stays bounded. One process at a time holds the folder.</remarks>
public sealed class InteractionLogWriter : IDisposable
{
    private const int RowsPerChunk = 1 << 20;
    internal const int ChunksInFlight = 4;

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly int _slateSize;
    private readonly int _usersPerChunk;
    private readonly long[] _userKeys;
    private readonly long[] _itemKeys;
    private readonly BlockingCollection<LogRows> _free = [];
    private readonly BlockingCollection<(LogRows Rows, bool IsLast)> _full = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Action? _beforeWriting;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private int _chunks;
    private long _bytesWritten;
    private long _rowsWritten;

    private InteractionLogWriter(string folder, FileStream held, long nextIteration, Population population, int slateSize, Action? beforeWriting)
    {
        _folder = folder;
        _lock = held;
        NextIteration = nextIteration;
        _slateSize = slateSize;
        _beforeWriting = beforeWriting;
        _usersPerChunk = (int)Math.Clamp(population.UserCount, 1, Math.Max(1, RowsPerChunk / slateSize));
        _userKeys = population.UserKeys as long[] ?? [.. population.UserKeys];
        _itemKeys = population.ItemKeys as long[] ?? [.. population.ItemKeys];
        _thread = new Thread(WriteAll) { Name = "interaction log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The iteration that the next call of <see cref="Add"/> will be: rounds are numbered over the whole log.</summary>
    public long NextIteration { get; private set; }

    /// <summary>Size of the files written by this writer, as far as they are whole.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Rows in those files.</summary>
    public long RowsWritten => Interlocked.Read(ref _rowsWritten);

    /// <summary>Begins a log in a new or empty folder, or goes on with one after its last iteration.</summary>
    /// <param name="append">Whether there has to be a log; its runs may have had other populations, slate sizes and agents.</param>
    /// <param name="run">Who writes; its first iteration is set here.</param>
    /// <param name="population">Gives the keys of users and items. Borrowed; outlives the writer.</param>
    /// <exception cref="UserMistakeException">The folder holds something already, or with <paramref name="append"/> no log or a damaged one;
    /// another process writes to it; or it cannot be written to.</exception>
    public static InteractionLogWriter Open(string folder, bool append, LoggedRun run, Population population) => Open(folder, append, run, population, null);

    /// <summary>Begins the log of a run, or goes on with it from one of its rounds on, as if later ones had never been: a run that went back to a checkpoint plays them again.</summary>
    /// <param name="iteration">The next iteration; 0 for a new log.</param>
    /// <inheritdoc cref="Open(string, bool, LoggedRun, Population)"/>
    /// <exception cref="UserMistakeException">The folder is no log of this run with that many iterations, is used by another process, or cannot be written to.</exception>
    public static InteractionLogWriter GoOn(string folder, long iteration, LoggedRun run, Population population)
    {
        if (!File.Exists(Path.Combine(folder, LogDescription.FileName)))
        {
            return iteration == 0 ? Open(folder, append: false, run, population)
                : throw new UserMistakeException($"'{folder}' holds no interaction log, and the run has completed {iteration} iterations: a log goes back to the beginning. Leave --log out, or give the folder that the run began with.");
        }
        var (description, count) = (LogFolder.Existing(folder), LogFile.CountIn(folder));
        if (description.Runs is not [var only] || only.PopulationFingerprint != run.PopulationFingerprint || only.Seed != run.Seed || only.Agent != run.Agent || description.Shards is not null)
            throw new UserMistakeException($"The log '{folder}' is of another run. Give --log another folder.");
        if (count < iteration)
            throw new UserMistakeException($"The log '{folder}' has {count} iterations, the run has completed {iteration}. Leave --log out, or give the folder that the run began with.");
        LogFolder.Shorten(folder, count, iteration);
        return Open(folder, append: true, run, population, null, goesOn: true);
    }

    /// <param name="beforeWriting">Called on the writing thread before each chunk, so that a test can be a slow disk.</param>
    internal static InteractionLogWriter Open(string folder, bool append, LoggedRun run, Population population, Action? beforeWriting, bool goesOn = false)
    {
        FileStream? held = null;
        try
        {
            var description = append ? LogFolder.Existing(folder) : LogFolder.Fresh(folder);
            if (description.Shards is not null)
                throw new UserMistakeException($"The log '{folder}' was written by {description.Shards} shards; only the run that wrote it goes on with it. Choose another folder for --log.");
            held = LogFolder.Hold(folder);
            var count = append ? LogFile.CountIn(folder) : 0;
            if (count > 0)
                LogFile.RequireColumns(Path.Combine(folder, LogFile.NameOf(count - 1)));
            foreach (var leftover in LogFile.Leftovers(folder).ToList())
                File.Delete(leftover);
            if (!goesOn)
                description.With(run with { FirstIteration = count }).Write(folder);
            return new InteractionLogWriter(folder, held, count, population, run.SlateSize, beforeWriting);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            held?.Dispose();
            throw new UserMistakeException($"The log folder '{folder}' cannot be used: {fault.Message} Choose another folder for --log.", fault);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Takes one round; waits where the disk is behind.</summary>
    /// <param name="feedback">Borrowed; may be of no users.</param>
    /// <param name="agent">Asked for relevance and propensity, in explore mode; it must not have learned from the round yet. None to leave both columns empty.</param>
    /// <exception cref="UserMistakeException">An earlier round could not be written.</exception>
    public void Add(Feedback feedback, IExplainsSlates? agent)
    {
        var users = feedback.Observation.UserCount;
        for (var start = 0L; start < users || start == 0; start += _usersPerChunk)
        {
            var count = Math.Min(_usersPerChunk, users - start);
            var rows = TakeFree();
            rows.Iteration = NextIteration;
            rows.Count = (int)count * _slateSize;
            if (count > 0)
                Fill(rows, feedback, agent, start, count);
            _full.Add((rows, start + count >= users));
        }
        NextIteration++;
    }

    /// <summary>Waits until every round taken is on disk.</summary>
    /// <exception cref="UserMistakeException">One could not be written.</exception>
    public void Complete()
    {
        _full.CompleteAdding();
        _thread.Join();
        _failure?.Throw();
    }

    /// <summary>Writes what was taken, and gives the folder free. Failures are not told; <see cref="Complete"/> tells them.</summary>
    public void Dispose()
    {
        _full.CompleteAdding();
        _thread.Join();
        _full.Dispose();
        _free.Dispose();
        _stopped.Dispose();
        _lock.Dispose();
    }

    /// <summary>Memory for a chunk: new until there are as many as may be in flight, then whichever is written first.</summary>
    private LogRows TakeFree()
    {
        _failure?.Throw();
        if (_free.TryTake(out var rows))
            return rows;
        if (_chunks < ChunksInFlight)
        {
            _chunks++;
            rows = new LogRows(_usersPerChunk * _slateSize);
            for (var row = 0; row < rows.Slots.Length; row++)
                rows.Slots[row] = row % _slateSize;
            return rows;
        }
        try
        {
            return _free.Take(_stopped.Token);
        }
        catch (OperationCanceledException)
        {
            _failure?.Throw();
            throw;
        }
    }

    private void Fill(LogRows rows, Feedback feedback, IExplainsSlates? agent, long start, long count)
    {
        using var scope = NewDisposeScope();
        var slates = feedback.Slates.narrow(0, start, count);
        using var explanation = agent is null ? null : Explain(agent, feedback.Observation, slates, start, count);
        Values<long>(feedback.Observation.UserIds.narrow(0, start, count)).CopyTo(rows.UserKeys);
        // From the last user on, each key moves to its K rows before anything lands on a key that is still needed.
        for (var user = (int)count - 1; user >= 0; user--)
            rows.UserKeys.AsSpan(user * _slateSize, _slateSize).Fill(_userKeys[rows.UserKeys[user]]);
        Values<long>(slates).CopyTo(rows.ItemKeys);
        foreach (ref var key in rows.ItemKeys.AsSpan(0, rows.Count))
            key = _itemKeys[key];
        Copy(feedback.Responses.narrow(0, start, count), rows.Responses.AsSpan(0, rows.Count));
        Copy(explanation?.Relevance, rows.Relevance.AsSpan(0, rows.Count));
        Copy(explanation?.Propensity, rows.Propensity.AsSpan(0, rows.Count));
    }

    private static SlateExplanation Explain(IExplainsSlates agent, Observation observation, Tensor slates, long start, long count)
    {
        using var part = observation.Slice(start, count);
        return agent.Explain(part, slates, RecommendationMode.Explore);
    }

    private static void Copy(Tensor? values, Span<float> destination)
    {
        if (values is null)
            destination.Fill(float.NaN);
        else
            Values<float>(values).CopyTo(destination);
    }

    /// <summary>A tensor's numbers in row-major order; valid as long as the caller's dispose scope.</summary>
    private static ReadOnlySpan<T> Values<T>(Tensor values)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(values.cpu().contiguous().bytes);

    private void WriteAll()
    {
        string? temporary = null;
        ParquetFileWriter? file = null;
        try
        {
            var buffers = new LevelBuffers(_usersPerChunk * _slateSize);
            foreach (var (rows, isLast) in _full.GetConsumingEnumerable())
            {
                _beforeWriting?.Invoke();
                temporary ??= Path.Combine(_folder, LogFile.TemporaryNameOf(rows.Iteration));
                file ??= LogFile.OpenWriter(temporary);
                if (rows.Count > 0)
                    LogFile.Write(file, rows, buffers);
                if (isLast)
                {
                    file.Close();
                    file.Dispose();
                    file = null;
                    Publish(temporary, Path.Combine(_folder, LogFile.NameOf(rows.Iteration)));
                    temporary = null;
                }
                Interlocked.Add(ref _rowsWritten, rows.Count);
                _free.Add(rows);
            }
        }
#pragma warning disable CA1031 // Whatever stops this thread has to reach the run's own.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            var mistake = fault is IOException or UnauthorizedAccessException or ParquetException
                ? new UserMistakeException($"The log '{_folder}' cannot be written: {LogFault.TextOf(fault)}. The rounds before are whole; free space and go on with --append, or choose another folder.", fault)
                : fault;
            _failure = ExceptionDispatchInfo.Capture(mistake);
            _stopped.Cancel();
        }
        finally
        {
            Abandon(file, temporary);
        }
    }

    private void Publish(string temporary, string path)
    {
        using (var written = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            written.Flush(flushToDisk: true);
            Interlocked.Add(ref _bytesWritten, written.Length);
        }
        File.Move(temporary, path);
    }

    /// <summary>Takes away what was not finished.</summary>
    private static void Abandon(ParquetFileWriter? file, string? temporary)
    {
        try
        {
            file?.Dispose();
            if (temporary is not null)
                File.Delete(temporary);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ParquetException)
        {
            // It is no log file yet, and the next writer takes it away.
        }
    }
}
