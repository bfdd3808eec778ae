using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Users or items with their features, read from a Parquet or CSV file: a column of numbers is a feature as it is; a column of texts
/// becomes one feature, 0 or 1, for each text in it, named <c>column=text</c>.</summary>
public sealed class FeatureFile
{
    /// <summary>The most different texts of a column: beyond, it is a name rather than a category.</summary>
    public const int MostTexts = 256;

    private FeatureFile(long[] keys, FeatureTable? features, string[] titles)
    {
        Keys = keys;
        Features = features;
        Titles = titles;
    }

    /// <summary>Distinct, ascending.</summary>
    public long[] Keys { get; }

    /// <summary>In the order of the keys; none where the file has no column but keys and titles.</summary>
    public FeatureTable? Features { get; }

    /// <summary>The texts of a column called <c>title</c>, in the order of the keys; empty where there is none.</summary>
    public string[] Titles { get; }

    /// <param name="kind"><c>user</c> or <c>item</c>: the key column is called <c>user_idx</c> or <c>item_idx</c>.</param>
    /// <param name="columns">Columns to take as features; none for all but the key and the title.</param>
    /// <exception cref="UserMistakeException">An unreadable table, missing columns, keys that repeat or are no whole numbers, or a column of too many texts.</exception>
    public static FeatureFile Read(string path, string kind, IReadOnlyList<string>? columns)
    {
        var key = $"{kind}_idx";
        var table = TableFile.Read(path);
        var wanted = columns is null
            ? table.Columns.Where(column => column.Name != key && !IsTitle(column)).ToList()
            : columns.Select(column => table.Find(column) ?? throw new UserMistakeException(
                $"{path} has no column '{column}', only {string.Join(", ", table.Columns.Select(one => $"'{one.Name}'"))}. Name columns of the table.")).ToList();
        if (table.Find(key) is not IntegerColumn rowKeys)
            throw new UserMistakeException($"{path} has no column '{key}' of whole numbers. It tells which {kind} a row is about; add it.");
        foreach (var texts in wanted.OfType<TextColumn>())
            MissingNumbers.Refuse(texts, path);
        var index = new KeyIndex(rowKeys.Values);
        var rows = index.RowsOf(rowKeys.Values, kind, path);
        var features = wanted.SelectMany(column => FeaturesOf(column.Take(rows), path)).ToList();
        return new FeatureFile(
            index.Keys,
            features.Count == 0 ? null : new FeatureTable
            {
                Names = [.. features.Select(feature => feature.Name)],
                Values = [.. Enumerable.Range(0, rows.Length).SelectMany(row => features.Select(feature => feature.Values[row]))],
            },
            table.Columns.FirstOrDefault(IsTitle) is TextColumn titles ? ((TextColumn)titles.Take(rows)).Values : []);
    }

    private static bool IsTitle(DataColumn column) => column is TextColumn && column.Name == "title";

    private static IEnumerable<(string Name, float[] Values)> FeaturesOf(DataColumn column, string path)
    {
        switch (column)
        {
            case NumberColumn numbers:
                return [(column.Name, [.. numbers.Values.Select(value => SinglePrecision.Of(value, column.Name, path))])];
            case IntegerColumn integers:
                return [(column.Name, [.. integers.Values.Select(value => (float)value)])];
            case TextColumn texts:
                string[] different = [.. texts.Values.Distinct().Order(StringComparer.Ordinal)];
                if (different.Length > MostTexts)
                    throw new UserMistakeException($"Column '{column.Name}' of {path} holds {different.Length} different texts, each of which would be a feature; at most {MostTexts} are allowed. Name the columns that are to be features.");
                return different.Select(text => ($"{column.Name}={text}", texts.Values.Select(value => value == text ? 1f : 0f).ToArray()));
            default:
                throw new NotSupportedException($"A {column.GetType().Name} is no feature.");
        }
    }
}
