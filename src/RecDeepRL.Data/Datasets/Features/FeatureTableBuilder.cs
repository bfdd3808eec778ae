using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets.Features;

/// <summary>A table of users or items, row by row in the order of the source.</summary>
/// <param name="key"><c>user_idx</c> or <c>item_idx</c>.</param>
/// <param name="path">The file that is read.</param>
internal sealed class FeatureTableBuilder(string key, string path)
{
    private readonly HashSet<long> _known = [];
    private readonly List<long> _keys = [];
    private readonly List<FeatureColumn> _columns = [];

    public string Path => path;

    /// <summary>Rows that were added because the interactions know a key that the source does not.</summary>
    public int Completed { get; private set; }

    public TColumn Add<TColumn>(TColumn column)
        where TColumn : FeatureColumn
    {
        _columns.Add(column);
        return column;
    }

    public bool Contains(long rowKey) => _known.Contains(rowKey);

    /// <summary>Begins a row; each column is told its value after.</summary>
    /// <returns>False where the key has a row already, which was reported; then nothing must be added.</returns>
    public bool TryBegin(RowReader row, int column, long rowKey, BadRows bad)
    {
        if (_known.Contains(rowKey))
            return row.Refuse(column, bad, "a key that has no row yet");
        Begin(rowKey);
        return true;
    }

    /// <summary>Begins a row whose key is known to be new.</summary>
    public void Begin(long rowKey)
    {
        _known.Add(rowKey);
        _keys.Add(rowKey);
    }

    /// <summary>Takes over the columns of another table for the rows of this one; keys that it lacks are unknown there, and its other rows are left out.</summary>
    public void Join(FeatureTableBuilder other)
    {
        other.Complete(_keys);
        var rowOf = other._keys.Select((rowKey, row) => (rowKey, row)).ToDictionary(one => one.rowKey, one => one.row);
        var rows = _keys.Select(rowKey => rowOf[rowKey]).ToArray();
        foreach (var column in other._columns)
        {
            column.Choose(rows);
            _columns.Add(column);
        }
    }

    /// <summary>Adds a row, of which nothing is known, for each key that has none.</summary>
    public void Complete(IEnumerable<long> keys)
    {
        foreach (var missing in keys.Where(_known.Add))
        {
            _keys.Add(missing);
            _columns.ForEach(column => column.AddUnknown());
            Completed++;
        }
    }

    public DataTable Build() => new([new IntegerColumn(key, [.. _keys]), .. _columns.SelectMany(column => column.Build())], path);
}
