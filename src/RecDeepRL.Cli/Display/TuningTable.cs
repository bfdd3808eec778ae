using System.Globalization;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Experiments.Tuning;
using RecDeepRL.Reporting;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>The candidates of a search, best first, each held against the start on the seeds that both have met.</summary>
internal static class TuningTable
{
    private const int Shown = 15;

    public static Table Of(IReadOnlyList<TuningCandidate> candidates, TuningCandidate start, TuningMetric metric)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("options").AddColumn(new TableColumn("seeds").RightAligned())
            .AddColumn(new TableColumn("final").RightAligned()).AddColumn(new TableColumn("mean while training").RightAligned()).AddColumn(new TableColumn("ahead of the start").RightAligned());
        foreach (var candidate in candidates.Where(one => one.Rows.Count > 0).Take(Shown))
        {
            var ahead = candidate == start ? null : candidate.Ahead(start, metric);
            table.AddRow(
                Markup.Escape(candidate.Options.Replace(";", ", ", StringComparison.Ordinal) + (candidate == start ? " (start)" : "")),
                candidate.Rows.Count.ToString(CultureInfo.InvariantCulture),
                EvaluationTable.Spread(Interval.Of(candidate.Rows.Select(row => row.Final))),
                EvaluationTable.Spread(Interval.Of(candidate.Rows.Select(row => row.TrainingMean))),
                ahead is null ? "" : EvaluationTable.Spread(ahead));
        }
        return table;
    }

    /// <summary>The deciding figure in words.</summary>
    public static string Score(TuningCandidate candidate, TuningMetric metric) => candidate.Mean(metric).ToString("F4", CultureInfo.InvariantCulture);
}
