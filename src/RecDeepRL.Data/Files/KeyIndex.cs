using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Dense ids for the keys of a file: 0, 1, 2, … in ascending order of the keys.</summary>
internal sealed class KeyIndex
{
    private readonly Dictionary<long, int> _ids;

    /// <param name="keys">In any order, each as often as it likes.</param>
    public KeyIndex(IEnumerable<long> keys)
    {
        Keys = [.. new HashSet<long>(keys)];
        Array.Sort(Keys);
        _ids = new Dictionary<long, int>(Keys.Length);
        foreach (var key in Keys)
            _ids.Add(key, _ids.Count);
    }

    /// <summary>The distinct keys, ascending.</summary>
    public long[] Keys { get; }

    public int Count => Keys.Length;

    /// <returns>False where the key is unknown.</returns>
    public bool TryGetId(long key, out int id) => _ids.TryGetValue(key, out id);

    /// <summary>For each id, the row of a table that tells about this key. Rows of unknown keys are left out.</summary>
    /// <param name="rowKeys">The key of each row.</param>
    /// <param name="kind"><c>user</c> or <c>item</c>, for messages.</param>
    /// <param name="path">The table, for messages.</param>
    /// <exception cref="UserMistakeException">A key with two rows, or with none.</exception>
    public int[] RowsOf(IReadOnlyList<long> rowKeys, string kind, string path)
    {
        var rows = new int[Count];
        Array.Fill(rows, -1);
        for (var row = 0; row < rowKeys.Count; row++)
        {
            if (!_ids.TryGetValue(rowKeys[row], out var id))
                continue;
            if (rows[id] >= 0)
                throw new UserMistakeException($"{path} tells about {kind} {rowKeys[row]} twice, in rows {rows[id] + 1} and {row + 1}. Keep one row for each {kind}.");
            rows[id] = row;
        }
        var missing = Array.IndexOf(rows, -1);
        return missing < 0 ? rows : throw new UserMistakeException($"{path} has no row for {kind} {Keys[missing]}, which is needed. Add one.");
    }
}
