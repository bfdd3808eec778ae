using System.Diagnostics;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Clients;

/// <summary>The shards of a run on the workers of a cluster, each where Orleans places it.</summary>
/// <param name="connection">Ownership passes to this.</param>
/// <param name="orders">One for each shard, in the order of their users.</param>
/// <param name="fingerprint">Of the client's population.</param>
internal sealed class RemoteShards(ClusterConnection connection, IReadOnlyList<ShardOrder> orders, string fingerprint) : IShardLinks
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>In which workers that were started along with the client come.</summary>
    private static readonly TimeSpan s_greeting = TimeSpan.FromSeconds(5);

    private readonly RemoteShard?[] _shards = new RemoteShard?[orders.Count];

    public IReadOnlyList<IShardLink> All => [.. _shards.OfType<RemoteShard>()];

    public void Recover(CancellationToken cancellation) => PlaceAsync(waits: true, cancellation).GetAwaiter().GetResult();

    /// <summary>Places those that are not placed, or lost.</summary>
    /// <param name="waits">Whether to wait for workers to come where there are too few.</param>
    /// <exception cref="UserMistakeException">There are too few places for them.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public async Task PlaceAsync(bool waits, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            await LetGoOfLostAsync().ConfigureAwait(false);
            var busy = new HashSet<string>();
            for (var shard = 0; shard < _shards.Length; shard++)
            {
                while (_shards[shard] is null)
                    await TryPlaceAsync(shard, busy, waits, started, cancellation).ConfigureAwait(false);
            }
            // One that was lost while others were placed has left a place that may be needed.
        }
        while (_shards.Any(shard => shard!.IsLost) && Stopwatch.GetElapsedTime(started) < connection.Settings.Patience);
    }

    private async Task LetGoOfLostAsync()
    {
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            if (_shards[shard] is { } lost && lost.IsLost)
            {
                _shards[shard] = null;
                await lost.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <param name="busy">Workers that had no place for it, or for the one before.</param>
    private async Task TryPlaceAsync(int shard, HashSet<string> busy, bool waits, long started, CancellationToken cancellation)
    {
        var (placed, refused) = await RemoteShard.TryPlaceAsync(connection, orders[shard], fingerprint, string.Join(' ', busy.Union(Fuller())), cancellation).ConfigureAwait(false);
        if (placed is not null)
        {
            _shards[shard] = placed;
            connection.Log.Information("shard {Shard} of {Shards} is on the worker {Worker:l}", shard, _shards.Length, placed.Place);
            return;
        }
        if (refused is not null && busy.Add(refused) && busy.Count < connection.Census.Fitting)
            return;
        // Everybody has been asked: others have runs here too, or the cluster is finding itself again.
        busy.Clear();
        var waited = Stopwatch.GetElapsedTime(started);
        if (waited > connection.Settings.Patience || (!waits && connection.Census.Places < _shards.Length && waited > s_greeting))
        {
            if (connection.Census.Absence > s_greeting)
                throw connection.Census.Nobody();
            throw new UserMistakeException(
                $"Shard {shard} of {_shards.Length} finds no place: the {connection.Census.Fitting} workers of the cluster '{connection.Settings.ClusterId}' that fit carry out {connection.Census.Places} runs and shards at once, others' among them. Start more workers, or ask for fewer --shards.");
        }
        await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
    }

    /// <summary>Workers that hold more shards than others do.</summary>
    private IEnumerable<string> Fuller()
    {
        var held = connection.Census.Workers.Select(worker => (Worker: worker, Count: _shards.Count(shard => shard?.Worker == worker))).ToList();
        var fewest = held.Count == 0 ? 0 : held.Min(one => one.Count);
        return held.Where(one => one.Count > fewest).Select(one => one.Worker);
    }

    public void Dispose()
    {
        Task.WhenAll(_shards.OfType<RemoteShard>().Select(shard => shard.DisposeAsync().AsTask())).GetAwaiter().GetResult();
        connection.Dispose();
    }
}
