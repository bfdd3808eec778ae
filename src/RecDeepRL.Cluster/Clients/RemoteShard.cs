using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Cluster.Clients;

/// <summary>A shard on a worker of the cluster. It is held as long as this reads on what the worker says of it; a client that dies lets go of it.</summary>
internal sealed class RemoteShard : IShardLink, IAsyncDisposable
{
    private const int LeastPiece = 64 * 1024;

    private readonly ClusterConnection _connection;
    private readonly IShardGrain _grain;
    private readonly int _shard;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private Task _tail = Task.CompletedTask;
    private Task? _holding;
    private IAsyncEnumerator<string>? _reports;
    private string _worker = "";

    private RemoteShard(ClusterConnection connection, int shard)
    {
        (_connection, _shard) = (connection, shard);
        _grain = connection.Client.GetGrain<IShardGrain>(Guid.NewGuid());
    }

    public string Place => WorkerOffer.NameOf(_worker);

    /// <summary>See <see cref="WorkerOffer.Worker"/>.</summary>
    public string Worker => _worker;

    /// <summary>Whether it is lost, or was given up.</summary>
    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>Tries to place a shard once.</summary>
    /// <param name="fingerprint">Of the client's population.</param>
    /// <param name="avoided">Workers that have just been busy or lost.</param>
    /// <returns>The shard; or none, and the worker that had no place for it, if any was asked.</returns>
    /// <exception cref="UserMistakeException">The order cannot be carried out there, or the population is another.</exception>
    public static async Task<(RemoteShard? Shard, string? Busy)> TryPlaceAsync(ClusterConnection connection, ShardOrder order, string fingerprint, string avoided, CancellationToken cancellation)
    {
        new CellWish(connection.Build, connection.Device, avoided).Send();
        var shard = new RemoteShard(connection, order.Shard);
        try
        {
            if (await shard.HoldAsync(order, cancellation).ConfigureAwait(false) is not { } report)
                return (null, null);
            shard._worker = report.Worker ?? "";
            switch (report.News)
            {
                case CellNews.Busy:
                    return (null, report.Worker);
                case CellNews.Begun when report.Text == fingerprint:
                    shard._holding = shard.HoldOnAsync();
                    var placed = shard;
                    shard = null;
                    return (placed, null);
                case CellNews.Begun:
                    throw new UserMistakeException($"The worker {WorkerOffer.NameOf(report.Worker ?? "")} has another population than the client. Keep the same data at the same place everywhere.");
                case CellNews.Mistake:
                    throw new UserMistakeException($"{report.Text} (Said by the worker {WorkerOffer.NameOf(report.Worker ?? "")}, whose folders are those of its machine.)");
                default:
                    throw new RemoteFaultException(report.Text ?? "", report.Detail ?? "");
            }
        }
        finally
        {
            if (shard is not null)
                await shard.DisposeAsync().ConfigureAwait(false);
        }
    }

    public Task<byte[]> AskAsync(ShardCommand command, byte[] request)
    {
        lock (_gate)
        {
            var before = _tail;
            var answer = Task.Run(() => AskAfterAsync(before, command, request));
            _tail = answer;
            return answer;
        }
    }

    /// <summary>Lets go of the shard.</summary>
    public async ValueTask DisposeAsync()
    {
        var lost = IsLost;
        await _lost.CancelAsync().ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        if (_holding is not null)
            await _holding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A lost worker answers no more: nobody waits for that.
        var letting = _reports is null ? Task.CompletedTask : LetGoAsync(_reports);
        if (!lost)
            await letting.ConfigureAwait(false);
    }

    /// <returns>What the worker says first; none where nobody could be asked.</returns>
    private async Task<CellReport?> HoldAsync(ShardOrder order, CancellationToken cancellation)
    {
        _reports = _grain.Hold(order.ToText(), _end.Token).WithBatchSize(1).GetAsyncEnumerator(_end.Token);
        try
        {
            return await _reports.MoveNextAsync().AsTask().WaitAsync(cancellation).ConfigureAwait(false) ? CellReport.Read(_reports.Current) : null;
        }
#pragma warning disable CA1031 // Whatever keeps a shard from being placed, it is tried elsewhere; its own faults come as reports.
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _connection.Log.Debug(fault, "Shard {Shard} was not placed", order.Shard);
            return null;
        }
    }

    /// <summary>Reads on until the shard or this ends.</summary>
    private async Task HoldOnAsync()
    {
        using var losing = CancellationTokenSource.CreateLinkedTokenSource(_connection.Census.LossOf(_worker), _end.Token);
        try
        {
            // Nothing is said any more: whatever comes is the end.
            await _reports!.MoveNextAsync().AsTask().WaitAsync(losing.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // However it is lost, whoever asks it for something is told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _connection.Log.Debug(fault, "Shard {Shard} is not held any more", _shard);
        }
        await _lost.CancelAsync().ConfigureAwait(false);
    }

    private async Task<byte[]> AskAfterAsync(Task before, ShardCommand command, byte[] request)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            return await AskAsync(command, request, _lost.Token).WaitAsync(_lost.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (UserMistakeException or RemoteFaultException) && fault.GetType() != typeof(ArithmeticException))
        {
            await _lost.CancelAsync().ConfigureAwait(false);
            throw new RoundsLostException($"shard {_shard} was lost with its worker {Place}", fault);
        }
    }

    private async Task<byte[]> AskAsync(ShardCommand command, byte[] request, CancellationToken cancellation)
    {
        var piece = Math.Max(LeastPiece, ShardWorker.PieceBytesOf(_connection.Settings.MessageBytes));
        var sent = 0;
        for (; request.Length - sent > piece; sent += piece)
            await _grain.Put(request[sent..(sent + piece)]).WaitAsync(cancellation).ConfigureAwait(false);
        var answers = _grain.Ask((int)command, sent == 0 ? request : request[sent..], cancellation).WithBatchSize(1).GetAsyncEnumerator(cancellation);
        try
        {
            if (!await answers.MoveNextAsync().ConfigureAwait(false))
                throw new EndOfStreamException("The shard said nothing.");
            var (reply, answer, received) = Begin(answers.Current);
            if (reply.Outcome == ShardOutcome.NotHere)
                throw new EndOfStreamException("The shard is not there any more.");
            reply.RequireDone(_shard);
            while (received < answer.Length)
            {
                if (!await answers.MoveNextAsync().ConfigureAwait(false) || answers.Current.Length > answer.Length - received || answers.Current.Length == 0)
                    throw new EndOfStreamException("The answer has another length than was promised.");
                answers.Current.CopyTo(answer, received);
                received += answers.Current.Length;
            }
            return answer;
        }
        finally
        {
            _ = LetGoAsync(answers);
        }
    }

    private static (ShardReply Reply, byte[] Answer, int Received) Begin(byte[] message)
    {
        var reply = ShardReply.Read(message, out var beginning);
        var answer = new byte[reply.Bytes];
        beginning.CopyTo(answer);
        return (reply, answer, beginning.Length);
    }

    private async Task LetGoAsync(IAsyncDisposable answers)
    {
        try
        {
            await answers.DisposeAsync().AsTask().WaitAsync(_connection.Settings.FailureTime).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A lost worker answers no more; one that is there lets go by itself when nobody reads on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _connection.Log.Debug(fault, "Shard {Shard} could not be let go of", _shard);
        }
    }
}
