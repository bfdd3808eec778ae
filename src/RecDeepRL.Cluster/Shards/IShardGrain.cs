namespace RecDeepRL.Cluster.Shards;

/// <summary>A shard of a run, somewhere in the cluster. Its key is new for every attempt to place it.</summary>
[Alias("RecDeepRL.Cluster.IShardGrain")]
internal interface IShardGrain : IGrainWithGuidKey
{
    /// <summary>Makes the shard and holds it as long as somebody reads on.</summary>
    /// <param name="order">A <see cref="ShardOrder"/>.</param>
    /// <returns>A <see cref="Cells.CellReport"/>: that it is there, with the fingerprint of its population as text, or why not. After the former nothing follows for as long as it is held.</returns>
    [Alias("Hold")]
    IAsyncEnumerable<string> Hold(string order, CancellationToken cancellation);

    /// <summary>Takes a piece of the next request, where that is too large for one message.</summary>
    [Alias("Put")]
    Task Put(byte[] piece);

    /// <summary>Asks for something.</summary>
    /// <param name="command">A <see cref="ShardCommand"/>.</param>
    /// <param name="request">What is left of the request after the pieces that were put before.</param>
    /// <returns>A <see cref="ShardReply"/> with the beginning of the answer, then the rest of it in pieces.</returns>
    [Alias("Ask")]
    IAsyncEnumerable<byte[]> Ask(int command, byte[] request, CancellationToken cancellation);
}
