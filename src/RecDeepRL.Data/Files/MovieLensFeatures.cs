using System.Globalization;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Users and items of MovieLens as numbers: one column for each occupation and genre (0 or 1), and age and year scaled to [0, 1].
/// The zip code is a text without an order, nearly one for each user, and is left out.</summary>
internal static class MovieLensFeatures
{
    /// <summary>Columns <c>userid, gender, age, occupation, zip-code</c>, and among them is every user asked about.</summary>
    public static FeatureTable ReadUsers(string path, long[] userKeys)
    {
        var table = CsvTable.Read(path, "userid", "gender", "age", "occupation", "zip-code");
        var rows = RowsOf(table, userKeys, "user");
        var ages = Scaled([.. rows.Select(row => table.Integer(row, 2))]);
        long[] occupationOf = [.. rows.Select(row => table.Integer(row, 3))];
        long[] occupations = [.. occupationOf.Distinct().Order()];
        return new FeatureTable
        {
            Names = ["female", "age", .. occupations.Select(occupation => $"occupation {occupation}")],
            Values = [.. rows.SelectMany((row, user) =>
                new[] { IsFemale(table, row), ages[user] }.Concat(occupations.Select(occupation => occupationOf[user] == occupation ? 1f : 0f)))],
        };
    }

    /// <summary>Columns <c>movieid, genres, year</c>, genres joined by <c>|</c>, and among them is every item asked about.</summary>
    public static FeatureTable ReadItems(string path, long[] itemKeys)
    {
        var table = CsvTable.Read(path, "movieid", "genres", "year");
        var rows = RowsOf(table, itemKeys, "item");
        var years = Scaled([.. rows.Select(row => table.Integer(row, 2))]);
        string[][] genresOf = [.. rows.Select(row => table.Rows[row][1].Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        string[] genres = [.. genresOf.SelectMany(names => names).Distinct().Order(StringComparer.Ordinal)];
        return new FeatureTable
        {
            Names = ["year", .. genres],
            Values = [.. rows.SelectMany((_, item) => genres.Select(genre => genresOf[item].Contains(genre) ? 1f : 0f).Prepend(years[item]))],
        };
    }

    /// <summary>Columns <c>movieid, genres, year</c>: the first genre of each item, which stands for all of them, and the year. Items that are not in the file have neither.</summary>
    public static IReadOnlyList<ItemLabel> ReadLabels(string path, long[] itemKeys)
    {
        var table = CsvTable.Read(path, "movieid", "genres", "year");
        var rowOf = new Dictionary<long, int>();
        for (var row = 0; row < table.Rows.Count; row++)
            rowOf.TryAdd(table.Integer(row, 0), row);
        string[] genres = [.. itemKeys.Select(key => rowOf.TryGetValue(key, out var row) ? table.Rows[row][1].Split('|')[0].Trim() : "")];
        string[] years = [.. itemKeys.Select(key => rowOf.TryGetValue(key, out var row) ? table.Integer(row, 2).ToString(CultureInfo.InvariantCulture) : "")];
        return [new ItemLabel("genre", genres, IsOrdered: false), new ItemLabel("year", years, IsOrdered: true)];
    }

    private static int[] RowsOf(CsvTable table, long[] keys, string kind) =>
        new KeyIndex(keys).RowsOf([.. Enumerable.Range(0, table.Rows.Count).Select(row => table.Integer(row, 0))], kind, table.Path);

    private static float IsFemale(CsvTable table, int row) => table.Rows[row][1] switch
    {
        "F" => 1,
        "M" => 0,
        _ => throw table.Unexpected(row, 1, "F or M"),
    };

    /// <summary>The least value as 0, the greatest as 1; all 0 where they are equal.</summary>
    private static float[] Scaled(long[] values)
    {
        var (low, high) = (values.Min(), values.Max());
        return [.. values.Select(value => high > low ? (float)(value - low) / (high - low) : 0f)];
    }
}
