using System.Globalization;
using RecDeepRL.Data.Datasets;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>What a data set holds, at a glance.</summary>
internal static class DatasetTable
{
    /// <param name="titles">Titles of items by key; those without are shown by key.</param>
    public static Table Of(DatasetManifest manifest, IReadOnlyDictionary<long, string> titles)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(Markup.Escape(manifest.Name)).AddColumn("");
        void Row(string name, FormattableString value) => table.AddRow(Markup.Escape(name), Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
        Row("rows", $"{manifest.Rows}");
        Row("users", $"{manifest.Users}{Beyond(manifest.UserRows, manifest.Users)}");
        Row("items", $"{manifest.Items}{Beyond(manifest.ItemRows, manifest.Items)}");
        Row("rows for each pair of user and item", $"{(double)manifest.Rows / manifest.Users / manifest.Items:P3}");
        Row("rows for each user, item", $"{(double)manifest.Rows / manifest.Users:F1}, {(double)manifest.Rows / manifest.Items:F1}");
        Row($"response ({manifest.ResponseColumn}{(manifest.Threshold is { } threshold ? FormattableString.Invariant($" >= {threshold}") : "")})",
            $"mean {manifest.MeanResponse:F4}, from {manifest.LeastResponse} to {manifest.GreatestResponse}");
        if (manifest is { FirstTime: { } first, LastTime: { } last })
            Row("time", $"{Date(first)} to {Date(last)} (UTC)");
        Row("most frequent items", $"{string.Join(", ", manifest.FrequentItems.Select(item => $"{Name(item.Key, titles)} ({item.Rows})"))}");
        Row("most frequent users", $"{string.Join(", ", manifest.FrequentUsers.Select(user => $"{user.Key} ({user.Rows})"))}");
        Row("bad rows passed over", $"{manifest.SkippedRows}");
        return table;
    }

    private static string Beyond(int? known, int seen) => known > seen ? FormattableString.Invariant($" (and {known - seen} without rows)") : "";

    private static string Name(long key, IReadOnlyDictionary<long, string> titles) =>
        titles.TryGetValue(key, out var title) && title.Length > 0 ? title : key.ToString(CultureInfo.InvariantCulture);

    private static string Date(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
