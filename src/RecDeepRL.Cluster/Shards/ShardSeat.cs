using System.Collections.Concurrent;
using System.Threading.Channels;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Shards;

/// <summary>A place of a worker that a shard has taken: carries its commands out one after the other, on one thread, until it is left.</summary>
/// <param name="make">Makes the shard, on that thread.</param>
/// <param name="reports">Told that the shard is there, or why not; completed when it is gone.</param>
/// <param name="name">Of the worker.</param>
internal sealed class ShardSeat(Func<Shard> make, ChannelWriter<string> reports, string name)
{
    private readonly BlockingCollection<Request> _requests = [];

    private sealed record Request(ShardCommand Command, byte[] Bytes, TaskCompletionSource<(ShardReply Reply, byte[] Answer)> Done);

    /// <summary>Waits for the commands before it, then carries this one out.</summary>
    /// <returns>How it ended, and the answer.</returns>
    public Task<(ShardReply Reply, byte[] Answer)> CarryAsync(ShardCommand command, byte[] request)
    {
        var done = new TaskCompletionSource<(ShardReply, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _requests.Add(new Request(command, request, done));
        }
        catch (InvalidOperationException)
        {
            done.SetResult((new ShardReply(ShardOutcome.NotHere, 0), []));
        }
        return done.Task;
    }

    /// <summary>Gives the place free after the command that is being carried out.</summary>
    public void Leave()
    {
        try
        {
            _requests.CompleteAdding();
        }
        catch (ObjectDisposedException)
        {
            // It is free already.
        }
    }

    /// <summary>Serves the shard until it is left.</summary>
    public void Serve()
    {
        try
        {
            using var shard = make();
            reports.TryWrite(new CellReport(CellNews.Begun) { Worker = name, Text = shard.Fingerprint }.ToText());
            foreach (var request in _requests.GetConsumingEnumerable())
            {
                if (_requests.IsAddingCompleted)
                    request.Done.TrySetResult((new ShardReply(ShardOutcome.NotHere, 0), []));
                else
                    request.Done.TrySetResult(Carry(shard, request));
            }
        }
        catch (UserMistakeException mistake)
        {
            reports.TryWrite(new CellReport(CellNews.Mistake) { Worker = name, Text = mistake.Message }.ToText());
        }
#pragma warning disable CA1031 // Whatever keeps a shard from being made is reported to its client; the worker goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            reports.TryWrite(new CellReport(CellNews.Failed) { Worker = name, Text = fault.Message, Detail = fault.ToString() }.ToText());
        }
        finally
        {
            _requests.CompleteAdding();
            while (_requests.TryTake(out var left))
                left.Done.TrySetResult((new ShardReply(ShardOutcome.NotHere, 0), []));
            reports.TryComplete();
            _requests.Dispose();
        }
    }

    private static (ShardReply Reply, byte[] Answer) Carry(Shard shard, Request request)
    {
        try
        {
            using var read = StateBytes.Read(request.Bytes, "the request to a shard");
            using var answer = shard.Carry(request.Command, read);
            var bytes = StateBytes.Write(answer);
            return (new ShardReply(ShardOutcome.Done, bytes.Length), bytes);
        }
#pragma warning disable CA1031 // Whatever ends a command is reported to its client.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return (ShardReply.Of(fault), []);
        }
    }
}
