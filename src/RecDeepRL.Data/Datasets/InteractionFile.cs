using Parquet;
using Parquet.Schema;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets;

/// <summary>Interactions as a Parquet file, a row group for each chunk. While one chunk is written, the next is filled: two are in memory.</summary>
internal sealed class InteractionFile : IInteractionSink, IDisposable
{
    private static readonly DataField s_user = new(DatasetFolder.UserKey, typeof(long), isNullable: false);
    private static readonly DataField s_item = new(DatasetFolder.ItemKey, typeof(long), isNullable: false);
    private static readonly DataField s_response = new(DatasetFolder.Response, typeof(double), isNullable: false);
    private static readonly DataField s_time = new(DatasetFolder.Time, typeof(long), isNullable: false);

    private readonly string _path;
    private readonly bool _hasTimes;
    private readonly FileStream _file;
    private ParquetWriter? _writer;
    private Task _writing = Task.CompletedTask;
    private InteractionChunk _spare;

    public InteractionFile(string path, bool hasTimes)
    {
        _path = path;
        _hasTimes = hasTimes;
        _spare = new InteractionChunk(InteractionTaker.ChunkRows, hasTimes);
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    public InteractionChunk Take(InteractionChunk chunk)
    {
        Wait();
        var next = _spare;
        _spare = chunk;
        _writing = Task.Run(() => Write(chunk));
        return next;
    }

    /// <summary>Ends the file; without this it is none.</summary>
    public void Complete()
    {
        Wait();
        _writing = Task.Run(async () =>
        {
            await _writer!.DisposeAsync();
            _file.Flush(flushToDisk: true);
        });
        Wait();
    }

    public void Dispose()
    {
        // The file may only be closed once nobody writes to it; what became of the writing was told already or is of no account.
        ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne();
        _file.Dispose();
    }

    private void Wait()
    {
        try
        {
            _writing.GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{_path}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
    }

    private async Task Write(InteractionChunk chunk)
    {
        _writer ??= await ParquetWriter.CreateAsync(new ParquetSchema(_hasTimes ? [s_user, s_item, s_response, s_time] : [s_user, s_item, s_response]), _file);
        using var group = _writer.CreateRowGroup();
        await group.WriteAsync<long>(s_user, chunk.Users.AsMemory(0, chunk.Count));
        await group.WriteAsync<long>(s_item, chunk.Items.AsMemory(0, chunk.Count));
        await group.WriteAsync<double>(s_response, chunk.Responses.AsMemory(0, chunk.Count));
        if (_hasTimes)
            await group.WriteAsync<long>(s_time, chunk.Times.AsMemory(0, chunk.Count));
    }
}
