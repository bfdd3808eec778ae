using System.Globalization;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>What is known about users, one feature for each thing known, by row. Keys are no part of it.</summary>
/// <param name="Features">At least one; names are distinct, lengths equal.</param>
/// <param name="Source">Where the profiles came from, for messages.</param>
public sealed record Profiles(IReadOnlyList<ProfileFeature> Features, string Source)
{
    public int RowCount => Features[0].RowCount;

    /// <summary>The chosen rows, in the order given; a row may be chosen more than once.</summary>
    public Profiles Take(int[] rows) => this with { Features = [.. Features.Select(feature => feature.Take(rows))] };

    /// <summary>As a table without keys.</summary>
    public DataTable ToTable() => new([.. Features.Select(feature => feature.ToColumn())], Source);

    /// <summary>The rows of several tables, one table after the other, with the columns of the first.</summary>
    /// <param name="tables">Of the same columns, in any order.</param>
    internal static DataTable Stacked(IReadOnlyList<DataTable> tables) => new([.. tables[0].Columns.Select(first =>
    {
        var columns = tables.Select(table => table.Find(first.Name)!);
        return (DataColumn)(first switch
        {
            IntegerColumn => new IntegerColumn(first.Name, [.. columns.SelectMany(column => ((IntegerColumn)column).Values)]),
            NumberColumn => new NumberColumn(first.Name, [.. columns.SelectMany(column => ((NumberColumn)column).Values)]),
            _ => new TextColumn(first.Name, [.. columns.SelectMany(column => ((TextColumn)column).Values)]),
        });
    })], tables[0].Source);

    /// <summary>A table with a column <c>user_idx</c> of 0, 1, 2, … in front.</summary>
    public static DataTable WithKeys(DataTable table) =>
        new([new IntegerColumn(ProfileReading.DefaultKey, [.. Enumerable.Range(0, table.RowCount).Select(row => (long)row)]), .. table.Columns], table.Source);
}

/// <summary>One thing known about every user.</summary>
[System.Text.Json.Serialization.JsonDerivedType(typeof(ScaleFeature), "scale")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(CategoryFeature), "category")]
public abstract record ProfileFeature(string Name)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public abstract int RowCount { get; }

    public abstract ProfileFeature Take(int[] rows);

    public abstract DataColumn ToColumn();
}

/// <summary>Numbers on a scale.</summary>
/// <param name="IsWhole">Whether they are whole, as counts and years are.</param>
/// <param name="Values">Finite, by row.</param>
public sealed record ScaleFeature(string Name, bool IsWhole, double[] Values) : ProfileFeature(Name)
{
    public override int RowCount => Values.Length;

    public override ProfileFeature Take(int[] rows) => this with { Values = Array.ConvertAll(rows, row => Values[row]) };

    public override DataColumn ToColumn() => IsWhole
        ? new IntegerColumn(Name, Array.ConvertAll(Values, value => (long)Math.Round(value)))
        : new NumberColumn(Name, Values);
}

/// <summary>One of some categories.</summary>
/// <param name="IsWhole">Whether the categories are whole numbers.</param>
/// <param name="Labels">The categories, distinct.</param>
/// <param name="Codes">Places in <paramref name="Labels"/>, by row.</param>
public sealed record CategoryFeature(string Name, bool IsWhole, string[] Labels, int[] Codes) : ProfileFeature(Name)
{
    public override int RowCount => Codes.Length;

    /// <summary>Labels in the order of their code points.</summary>
    public static CategoryFeature Of(string name, string[] values)
    {
        var labels = values.Distinct().Order(StringComparer.Ordinal).ToArray();
        return new(name, false, labels, CodesOf(values, labels));
    }

    /// <summary>Labels in the order of the numbers.</summary>
    public static CategoryFeature Of(string name, long[] values)
    {
        var distinct = values.Distinct().Order().ToArray();
        return new(name, true, Array.ConvertAll(distinct, Text), CodesOf(values, distinct));
    }

    public override ProfileFeature Take(int[] rows) => this with { Codes = Array.ConvertAll(rows, row => Codes[row]) };

    public override DataColumn ToColumn() => ColumnOf(Name, IsWhole, Labels, Codes);

    /// <summary>Places of the same categories in another list of labels, which holds all of these.</summary>
    public int[] CodesIn(string[] labels)
    {
        var places = CodesOf(Labels, labels);
        return Array.ConvertAll(Codes, code => places[code]);
    }

    /// <summary>How many rows hold each category.</summary>
    public long[] Counts()
    {
        var counts = new long[Labels.Length];
        foreach (var code in Codes)
            counts[code]++;
        return counts;
    }

    internal static DataColumn ColumnOf(string name, bool isWhole, string[] labels, int[] codes)
    {
        if (!isWhole)
            return new TextColumn(name, Array.ConvertAll(codes, code => labels[code]));
        var values = Array.ConvertAll(labels, label => long.Parse(label, CultureInfo.InvariantCulture));
        return new IntegerColumn(name, Array.ConvertAll(codes, code => values[code]));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static int[] CodesOf<T>(T[] values, T[] labels)
        where T : notnull
    {
        var places = new Dictionary<T, int>(labels.Length);
        for (var code = 0; code < labels.Length; code++)
            places[labels[code]] = code;
        return Array.ConvertAll(values, value => places[value]);
    }
}
