using RecDeepRL.Core;

namespace RecDeepRL.Data.Logs;

/// <summary>From the source's keys to the ids of a population.</summary>
internal sealed class KeyMap
{
    private readonly string _kind;
    private readonly int _count;
    private readonly Dictionary<long, int>? _ids; // None where every key is its own id, which saves gigabytes for large populations.

    /// <param name="kind"><c>user</c> or <c>item</c>, for messages.</param>
    /// <param name="keys">By id; distinct.</param>
    public KeyMap(string kind, IReadOnlyList<long> keys)
    {
        _kind = kind;
        _count = keys.Count;
        for (var id = 0; id < keys.Count && _ids is null; id++)
        {
            if (keys[id] != id)
                _ids = new Dictionary<long, int>(keys.Select((key, index) => KeyValuePair.Create(key, index)));
        }
    }

    /// <exception cref="UserMistakeException">The population has no such key.</exception>
    public int IdOf(long key, string path, int row)
    {
        if (_ids is null && key >= 0 && key < _count)
            return (int)key;
        return _ids is not null && _ids.TryGetValue(key, out var id) ? id
            : throw new UserMistakeException($"{path} tells of {_kind} {key} in row {row + 1}; this population has no such {_kind}. Give the data folder, seed and sizes that the log was written with.");
    }
}
