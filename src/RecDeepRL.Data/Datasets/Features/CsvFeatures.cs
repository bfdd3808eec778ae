using System.Globalization;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Features;

/// <summary>What a column of a CSV file of users or items is.</summary>
internal enum FeatureKind
{
    /// <summary>Left out.</summary>
    Ignored,
    Text,

    /// <summary>A number that only names something.</summary>
    Category,

    /// <summary>A whole number on a scale.</summary>
    Quantity,

    /// <summary>A list such as <c>[27, 9]</c> or <c>12,65</c>.</summary>
    Tags,
}

/// <summary>A CSV file of users or items whose columns keep their names. Empty fields and <c>NaN</c> are unknown.</summary>
internal static class CsvFeatures
{
    /// <param name="keyColumn">Name of the key in the file.</param>
    /// <param name="key"><c>user_idx</c> or <c>item_idx</c>.</param>
    /// <param name="kindOf">What a column is, by its name.</param>
    /// <param name="firstRowsOnly">Whether later rows of a key are passed over instead of reported.</param>
    /// <param name="tagPrefix">Name before the colon of columns of tags.</param>
    public static FeatureTableBuilder Read(string path, string keyColumn, string key, Func<string, FeatureKind> kindOf, BadRows bad, bool firstRowsOnly = false, string tagPrefix = "tag")
    {
        using var rows = new CsvRowReader(path, ",", System.Text.Encoding.UTF8);
        var keyIndex = rows.Find(keyColumn);
        var table = new FeatureTableBuilder(key, path);
        var features = rows.Columns.Select((name, index) => (index, feature: index == keyIndex ? null : table.Create(name, kindOf(name), tagPrefix)))
            .Where(one => one.feature is not null).Select(one => (one.index, feature: one.feature!)).ToArray();
        var numbers = new long?[rows.Columns.Count];
        while (rows.Read(bad))
        {
            if (!rows.TryInteger(keyIndex, bad, out var rowKey) || (firstRowsOnly && table.Contains(rowKey)))
                continue;
            // Everything is looked at before anything is added: a bad row leaves no half behind.
            if (!features.All(one => one.feature is not (CategoryFeature or QuantityFeature) || TryWhole(rows, one.index, bad, out numbers[one.index])))
                continue;
            if (!table.TryBegin(rows, keyIndex, rowKey, bad))
                continue;
            foreach (var (index, feature) in features)
                AddValue(feature, rows.Field(index), numbers[index]);
        }
        return table;
    }

    private static FeatureColumn? Create(this FeatureTableBuilder table, string name, FeatureKind kind, string tagPrefix) => kind switch
    {
        FeatureKind.Text => table.Add(new TextFeature(name)),
        FeatureKind.Category => table.Add(new CategoryFeature(name)),
        FeatureKind.Quantity => table.Add(new QuantityFeature(name)),
        FeatureKind.Tags => table.Add(new TagsFeature(tagPrefix)),
        _ => null,
    };

    private static void AddValue(FeatureColumn feature, ReadOnlySpan<char> text, long? number)
    {
        switch (feature)
        {
            case TextFeature column:
                column.Add(IsUnknown(text) ? "" : text.ToString());
                break;
            case CategoryFeature column when number is { } value:
                column.Add(value);
                break;
            case QuantityFeature column when number is { } value:
                column.Add(value);
                break;
            case TagsFeature column when !IsUnknown(text):
                column.Add(text.Trim("[]").ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
                break;
            default:
                feature.AddUnknown();
                break;
        }
    }

    /// <summary>A whole number, also written as <c>3.0</c>, which is what a column with gaps becomes in the tools that wrote these files.</summary>
    private static bool TryWhole(RowReader rows, int column, BadRows bad, out long? value)
    {
        var text = rows.Field(column);
        value = null;
        if (IsUnknown(text))
            return true;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            value = whole;
            return true;
        }
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1L << 53 && double.IsInteger(number))
        {
            value = (long)number;
            return true;
        }
        return rows.Refuse(column, bad, "a whole number or nothing");
    }

    private static bool IsUnknown(ReadOnlySpan<char> text) => text.IsEmpty || text is "NaN";
}
