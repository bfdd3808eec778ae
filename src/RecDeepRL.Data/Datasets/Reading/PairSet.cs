namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>A set of pairs of numbers in 11 to 21 bytes for each pair; a hash set of the base library takes 20 to 40.</summary>
/// <remarks>Open addressing with linear probing in shards, of which one at a time grows, so that growing needs little room beside the set.</remarks>
internal sealed class PairSet
{
    private const int ShardBits = 6;

    private readonly ulong[][] _shards = new ulong[1 << ShardBits][];
    private readonly int[] _counts = new int[1 << ShardBits];

    public PairSet()
    {
        for (var shard = 0; shard < _shards.Length; shard++)
            _shards[shard] = new ulong[64];
    }

    /// <summary>Adds a pair.</summary>
    /// <param name="first">At least 0.</param>
    /// <param name="second">At least 0.</param>
    /// <returns>False where it was there already.</returns>
    public bool Add(int first, int second)
    {
        // One more than the pair, so that 0 marks an empty place.
        var entry = ((ulong)(uint)first << 32 | (uint)second) + 1;
        var hash = Hash(entry);
        var shard = (int)(hash >> (64 - ShardBits));
        if (!Insert(_shards[shard], entry, hash))
            return false;
        if (++_counts[shard] * 4L > _shards[shard].Length * 3L)
            Grow(shard);
        return true;
    }

    private static bool Insert(ulong[] places, ulong entry, ulong hash)
    {
        var mask = (uint)places.Length - 1;
        for (var place = (uint)hash & mask; ; place = (place + 1) & mask)
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
                Insert(grown, entry, Hash(entry));
        }
        _shards[shard] = grown;
    }

    private static ulong Hash(ulong entry)
    {
        var hash = entry * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
