using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets.Features;

/// <summary>Something known about users or items, told row by row, where it may also be unknown.</summary>
internal abstract class FeatureColumn
{
    public abstract void AddUnknown();

    /// <summary>Keeps the chosen rows, in the order given.</summary>
    public abstract void Choose(int[] rows);

    public abstract IEnumerable<DataColumn> Build();
}

/// <summary>A text; unknown is the empty text.</summary>
internal sealed class TextFeature(string name) : FeatureColumn
{
    private List<string> _values = [];

    public void Add(string value) => _values.Add(value);

    public override void AddUnknown() => _values.Add("");

    public override void Choose(int[] rows) => _values = [.. rows.Select(row => _values[row])];

    public override IEnumerable<DataColumn> Build() => [new TextColumn(name, [.. _values])];
}

/// <summary>A numbered category, from 0; unknown is -1, a category of its own.</summary>
internal sealed class CategoryFeature(string name) : FeatureColumn
{
    private List<long> _values = [];

    public void Add(long value) => _values.Add(value);

    public override void AddUnknown() => _values.Add(-1);

    public override void Choose(int[] rows) => _values = [.. rows.Select(row => _values[row])];

    public override IEnumerable<DataColumn> Build() => [new IntegerColumn(name, [.. _values])];
}

/// <summary>A whole number on a scale. Where it is unknown stands the (lower) median of those known, and a column <c>NAME:missing</c> tells with 1;
/// there is no such column where nothing is missing, and neither column where nothing is known.</summary>
internal sealed class QuantityFeature(string name) : FeatureColumn
{
    private List<long?> _values = [];

    public void Add(long value) => _values.Add(value);

    public override void AddUnknown() => _values.Add(null);

    public override void Choose(int[] rows) => _values = [.. rows.Select(row => _values[row])];

    public override IEnumerable<DataColumn> Build()
    {
        var known = _values.OfType<long>().Order().ToArray();
        if (known.Length == 0)
            yield break;
        var median = known[(known.Length - 1) / 2];
        yield return new IntegerColumn(name, [.. _values.Select(value => value ?? median)]);
        if (known.Length < _values.Count)
            yield return new IntegerColumn(name + ":missing", [.. _values.Select(value => value is null ? 1L : 0)]);
    }
}

/// <summary>Any number of tags: a 0/1 column <c>PREFIX:TAG</c> for each, in ordinal order (numbers in the order of numbers); all 0 where unknown.</summary>
/// <param name="prefix">Such as <c>genre</c>.</param>
/// <param name="expected">Tags that get a column even where no row has them.</param>
internal sealed class TagsFeature(string prefix, params string[] expected) : FeatureColumn
{
    private List<string[]> _values = [];

    public void Add(IEnumerable<string> tags) => _values.Add([.. tags]);

    public override void AddUnknown() => _values.Add([]);

    public override void Choose(int[] rows) => _values = [.. rows.Select(row => _values[row])];

    public override IEnumerable<DataColumn> Build()
    {
        var columns = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var tag in _values.SelectMany(tags => tags).Concat(expected).Distinct(StringComparer.Ordinal))
            columns.Add(tag, new long[_values.Count]);
        for (var row = 0; row < _values.Count; row++)
        {
            foreach (var tag in _values[row])
                columns[tag][row] = 1;
        }
        return columns.OrderBy(one => long.TryParse(one.Key, out var number) ? number : long.MaxValue).ThenBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => new IntegerColumn($"{prefix}:{one.Key}", one.Value));
    }
}
