namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A set of pairs of numbers in 11 to 21 bytes for each pair; a hash set of the base library takes 20 to 40.</summary>
/// <remarks>Open addressing with linear probing, in shards of which one at a time grows, so that growing needs little room beside the set.
/// All pairs of one first number are in one shard: files are mostly in the order of their users, and so a small part of the set is
/// in use at a time, which the processor's cache holds.</remarks>
internal sealed class PairSet
{
    private const int ShardCount = 1024;
    private const int SmallestShard = 16;

    private readonly ulong[][] _shards = new ulong[ShardCount][];
    private readonly int[] _counts = new int[ShardCount];

    public PairSet()
    {
        for (var shard = 0; shard < ShardCount; shard++)
            _shards[shard] = new ulong[SmallestShard];
    }

    /// <summary>Adds a pair.</summary>
    /// <param name="first">At least 0.</param>
    /// <param name="second">At least 0.</param>
    /// <returns>False where it was there already.</returns>
    public bool Add(int first, int second)
    {
        // One more than the pair, so that 0 marks an empty place.
        var entry = ((ulong)(uint)first << 32 | (uint)second) + 1;
        var shard = first % ShardCount;
        if (!Insert(_shards[shard], entry))
            return false;
        if (++_counts[shard] * 4L > _shards[shard].Length * 3L)
            Grow(shard);
        return true;
    }

    private static bool Insert(ulong[] places, ulong entry)
    {
        var mask = (uint)places.Length - 1;
        for (var place = (uint)Hash(entry) & mask; ; place = (place + 1) & mask)
        {
            if (places[place] == 0)
            {
                places[place] = entry;
                return true;
            }
            if (places[place] == entry)
                return false;
        }
    }

    private void Grow(int shard)
    {
        var grown = new ulong[_shards[shard].Length * 2];
        foreach (var entry in _shards[shard])
        {
            if (entry != 0)
                Insert(grown, entry);
        }
        _shards[shard] = grown;
    }

    /// <summary>The finaliser of SplitMix64: each bit of the pair bears on each bit of the place.</summary>
    private static ulong Hash(ulong entry)
    {
        entry = (entry ^ (entry >> 30)) * 0xBF58476D1CE4E5B9;
        entry = (entry ^ (entry >> 27)) * 0x94D049BB133111EB;
        return entry ^ (entry >> 31);
    }
}
