using System.Globalization;
using RecDeepRL.Data.Populations.Quality;
using RecDeepRL.Experiments.Statistics;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>The quality of synthetic users, with bars.</summary>
internal static class QualityTable
{
    private const int BarLength = 20;

    /// <summary>One line for each measure.</summary>
    public static IReadOnlyList<string> Explanations { get; } =
    [
        "KS similarity: 1 - the largest distance of the two distribution functions of a column of numbers; 1 is best.",
        "TV similarity: 1 - half the sum of the differences in shares of a column's categories; 1 is best.",
        "KL: divergence of the synthetic shares from the real ones in nats, numbers in 20 bins; 0 is best.",
        "correlation similarity: 1 - |difference| / 2 of two correlations (Pearson's, Spearman's), 1 - |difference| of two correlation ratios or Cramér's V, mean over pairs; 1 is best.",
        "detection: area under the ROC curve of a classifier on users that it has not seen; .5 cannot tell, 1 always can, clearly below .5 means copies.",
    ];

    public static IEnumerable<Table> Of(QualityReport report)
    {
        var columns = New("column", "measure", "similarity", "", "KL");
        foreach (var column in report.Columns)
            columns.AddRow(Markup.Escape(column.Column), column.Measure, Number(column.Similarity), Bar(column.Similarity), Number(column.Divergence));
        yield return columns;
        if (report.Pairs.Count > 0)
        {
            var pairs = New("pair", "measure", "real", "synthetic", "similarity", "");
            foreach (var pair in report.Pairs)
                pairs.AddRow(Markup.Escape($"{pair.First}, {pair.Second}"), pair.Measure, Number(pair.Real), Number(pair.Synthetic), Number(pair.Similarity), Bar(pair.Similarity));
            yield return pairs;
        }
        var whole = New("on the whole", "", "");
        foreach (var (name, value) in Summary(report))
            whole.AddRow(name, Number(value), Bar(value));
        yield return whole;
    }

    /// <summary>Several kinds of generators, each judged with several seeds.</summary>
    public static Table Of(IReadOnlyList<(string Kind, IReadOnlyList<QualityReport> Reports)> kinds)
    {
        var names = Summary(kinds[0].Reports[0]).Select(one => one.Name).ToList();
        var table = New(["kind", .. names]);
        foreach (var (kind, reports) in kinds)
            table.AddRow([Markup.Escape(kind), .. names.Select(name => Spread(Summarised(reports, name)))]);
        return table;
    }

    /// <summary>The figures on the whole, by name.</summary>
    public static IReadOnlyList<(string Name, double Value)> Summary(QualityReport report) =>
    [
        ("column similarity", report.ColumnSimilarity),
        .. report.CorrelationSimilarity is { } similarity ? [("correlation similarity", similarity)] : Array.Empty<(string, double)>(),
        ("detection by logistic regression", report.LogisticDetection),
        ("detection by boosted trees", report.TreeDetection),
    ];

    /// <summary>One of these figures over several reports.</summary>
    public static Interval Summarised(IEnumerable<QualityReport> reports, string name) =>
        Interval.Of(reports.Select(report => Summary(report).Single(one => one.Name == name).Value));

    private static Table New(params string[] titles)
    {
        var table = new Table().Border(TableBorder.Simple);
        for (var index = 0; index < titles.Length; index++)
            table.AddColumn(new TableColumn(titles[index]) { Alignment = index == 0 || titles[index] is "measure" or "" ? Justify.Left : Justify.Right });
        return table;
    }

    private static string Bar(double share) => new string('█', (int)Math.Round(share * BarLength)).PadRight(BarLength, '░');

    private static string Spread(Interval interval) => interval.Count == 1 ? Number(interval.Mean) : $"{Number(interval.Mean)} ± {Number(interval.HalfWidth)}";

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
