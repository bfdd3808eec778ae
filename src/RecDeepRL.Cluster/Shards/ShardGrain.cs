using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans.Concurrency;
using Orleans.Placement;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Silos;

namespace RecDeepRL.Cluster.Shards;

/// <inheritdoc cref="IShardGrain"/>
/// <remarks>Placed as runs are. Pieces of a request come while an earlier answer is still on its way: the shard's own thread keeps the order of commands.</remarks>
[Reentrant]
[ActivationCountBasedPlacement]
[CellPlacementFilter]
[CollectionAgeLimit(Minutes = 5)]
internal sealed class ShardGrain(ShardWorker worker) : Grain, IShardGrain
{
    private readonly List<byte[]> _pieces = [];
    private ShardSeat? _seat;

    public async IAsyncEnumerable<string> Hold(string order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            var reports = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
            _seat = worker.Take(order, reports.Writer);
            await foreach (var report in reports.Reader.ReadAllAsync(cancellation).ConfigureAwait(true))
                yield return report;
        }
        finally
        {
            _seat?.Leave();
            _seat = null;
            DeactivateOnIdle();
        }
    }

    public Task Put(byte[] piece)
    {
        // Without a shard nothing is kept: nobody could ask for it.
        if (_seat is not null)
            _pieces.Add(piece);
        return Task.CompletedTask;
    }

    /// <summary>The pieces that were put before, and the last one.</summary>
    private byte[] Whole(byte[] last)
    {
        if (_pieces.Count == 0)
            return last;
        var whole = new byte[_pieces.Sum(piece => piece.Length) + last.Length];
        var end = 0;
        foreach (var piece in (IEnumerable<byte[]>)[.. _pieces, last])
        {
            piece.CopyTo(whole, end);
            end += piece.Length;
        }
        _pieces.Clear();
        return whole;
    }

    public async IAsyncEnumerable<byte[]> Ask(int command, byte[] request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_seat is not { } seat)
        {
            yield return new ShardReply(ShardOutcome.NotHere, 0).ToBytes([]);
            yield break;
        }
        var whole = Whole(request);
        var (reply, answer) = await seat.CarryAsync((ShardCommand)command, whole).ConfigureAwait(true);
        var first = Math.Min(answer.Length, worker.PieceBytes);
        yield return reply.ToBytes(answer.AsSpan(0, first));
        for (var start = first; start < answer.Length; start += worker.PieceBytes)
            yield return answer[start..Math.Min(answer.Length, start + worker.PieceBytes)];
    }
}
