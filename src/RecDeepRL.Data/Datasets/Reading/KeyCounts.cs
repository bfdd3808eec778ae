namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>The distinct keys of a column in the order in which they appear, each with how often it does.</summary>
internal sealed class KeyCounts
{
    private readonly Dictionary<long, int> _indexes = [];
    private readonly List<long> _keys = [];
    private readonly List<long> _counts = [];
    private long _lastKey;
    private int _last = -1;

    public int Count => _keys.Count;

    public IReadOnlyList<long> Keys => _keys;

    /// <summary>The number of a key, from 0; a new key gets the next. Counts nothing.</summary>
    public int IndexOf(long key)
    {
        // Most files are in the order of their users.
        if (_last >= 0 && key == _lastKey)
            return _last;
        if (!_indexes.TryGetValue(key, out var index))
        {
            index = _keys.Count;
            _indexes.Add(key, index);
            _keys.Add(key);
            _counts.Add(0);
        }
        (_lastKey, _last) = (key, index);
        return index;
    }

    public void Increment(int index) => _counts[index]++;

    /// <summary>The keys with the most rows, most first; of equal ones the smaller key.</summary>
    public IReadOnlyList<FrequentKey> MostFrequent(int count) =>
        [.. _keys.Select((key, index) => new FrequentKey(key, _counts[index])).OrderByDescending(one => one.Rows).ThenBy(one => one.Key).Take(count)];
}
