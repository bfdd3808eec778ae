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

    private readonly RemoteShard?[] _shards = new RemoteShard?[orders.Count];

    public IReadOnlyList<IShardLink> All => [.. _shards.OfType<RemoteShard>()];

    public void Recover(CancellationToken cancellation) => PlaceAsync(cancellation).GetAwaiter().GetResult();

    /// <summary>Places those that are not placed, or lost.</summary>
    /// <exception cref="UserMistakeException">There are too few places for them.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public async Task PlaceAsync(CancellationToken cancellation)
    {
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            if (_shards[shard] is { } lost && lost.IsLost)
            {
                _shards[shard] = null;
                await lost.DisposeAsync().ConfigureAwait(false);
            }
        }
        var avoided = new List<string>();
        var started = Stopwatch.GetTimestamp();
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            while (_shards[shard] is null)
            {
                var (placed, busy) = await RemoteShard.TryPlaceAsync(connection, orders[shard], fingerprint, string.Join(' ', avoided), cancellation).ConfigureAwait(false);
                if (placed is not null)
                {
                    _shards[shard] = placed;
                    connection.Log.Information("shard {Shard} of {Shards} is on the worker {Worker:l}", shard, _shards.Length, placed.Place);
                    break;
                }
                if (busy is not null)
                    avoided.Add(busy);
                if (busy is not null && avoided.Count < connection.Census.Fitting)
                    continue;
                // Everybody has been asked: others have runs here too, or the cluster is finding itself again.
                avoided.Clear();
                if (Stopwatch.GetElapsedTime(started) > connection.Settings.Patience)
                {
                    throw new UserMistakeException(
                        $"Shard {shard} of {_shards.Length} finds no place: the {connection.Census.Fitting} workers of the cluster '{connection.Settings.ClusterId}' that fit have {connection.Census.Places} places in all, and those are taken or too few. Start more workers, or ask for fewer --shards.");
                }
                await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        Task.WhenAll(_shards.OfType<RemoteShard>().Select(shard => shard.DisposeAsync().AsTask())).GetAwaiter().GetResult();
        connection.Dispose();
    }
}
