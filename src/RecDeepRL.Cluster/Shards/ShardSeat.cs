using System.Collections.Concurrent;
using System.Threading.Channels;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;

namespace RecDeepRL.Cluster.Shards;

/// <summary>A place of a worker that a shard has taken: carries its commands out one after the other, on one thread, until it is left.</summary>
/// <param name="make">Makes the shard, on that thread; given a way to say something in the midst of a command, which ends with the answer to another.</param>
/// <param name="reports">Told that the shard is there, or why not; completed when it is gone.</param>
/// <param name="name">Of the worker.</param>
internal sealed class ShardSeat(Func<Func<SavedState, SavedState>, Shard> make, ChannelWriter<string> reports, string name)
{
    private readonly BlockingCollection<Request> _requests = [];
    private Request? _current;

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
            using var shard = make(Exchange);
            reports.TryWrite(new CellReport(CellNews.Begun) { Worker = name, Text = shard.Fingerprint }.ToText());
            foreach (var request in _requests.GetConsumingEnumerable())
            {
                _current = request;
                while (_current is { } next)
                    Carry(shard, next);
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

    /// <summary>Carries a command out, and answers the one that it ended with.</summary>
    private void Carry(Shard shard, Request request)
    {
        var (reply, answer) = (new ShardReply(ShardOutcome.NotHere, 0), Array.Empty<byte>());
        try
        {
            if (!_requests.IsAddingCompleted)
            {
                using var read = StateBytes.Read(request.Bytes, "the request to a shard");
                using var state = shard.Carry(request.Command, read);
                answer = StateBytes.Write(state);
                reply = new ShardReply(ShardOutcome.Done, answer.Length);
            }
        }
        catch (GivenUpException)
        {
            // What came in its stead, if anything, is carried out next.
            return;
        }
#pragma warning disable CA1031 // Whatever ends a command is reported to its client.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            reply = ShardReply.Of(fault);
        }
        _current!.Done.TrySetResult((reply, answer));
        _current = null;
    }

    /// <summary>Answers the command that is being carried out, and takes what the next one brings.</summary>
    /// <exception cref="GivenUpException">The next one does not go on with it, or none comes any more.</exception>
    private SavedState Exchange(SavedState own)
    {
        var answer = StateBytes.Write(own);
        _current!.Done.TrySetResult((new ShardReply(ShardOutcome.Done, answer.Length), answer));
        _current = null;
        if (!_requests.TryTake(out _current, Timeout.Infinite) || _current.Command != ShardCommand.GoOn || _requests.IsAddingCompleted)
            throw new GivenUpException();
        return StateBytes.Read(_current.Bytes, "the request to a shard");
    }

    /// <summary>The client has given the command up.</summary>
    private sealed class GivenUpException : OperationCanceledException;
}
