using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using Spectre.Console;

namespace RecDeepRL.Reporting;

/// <summary>A comparison, one table for each environment, best agent first.</summary>
public static class ComparisonTable
{
    public static IEnumerable<Table> Of(IReadOnlyList<ComparisonSummary> summaries, ComparisonStatistics statistics)
    {
        foreach (var environment in summaries.GroupBy(summary => summary.Heading))
        {
            var any = environment.First();
            var table = new Table().Border(TableBorder.Simple)
                .Title(Markup.Escape($"{environment.Key}: {any.DescribeBounds()}"))
                .AddColumn("agent").AddColumn(new TableColumn("seeds").RightAligned()).AddColumn(new TableColumn("final").RightAligned())
                .AddColumn(new TableColumn("final expected").RightAligned()).AddColumn(new TableColumn("gap closed").RightAligned())
                .AddColumn(new TableColumn("mean while training").RightAligned()).AddColumn(new TableColumn("s/run").RightAligned()).AddColumn("against the best");
            foreach (var row in environment.OrderByDescending(summary => summary.FinalExpected.Mean))
            {
                table.AddRow(
                    Markup.Escape(row.Label), row.Final.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), EvaluationTable.Spread(row.Final),
                    EvaluationTable.Spread(row.FinalExpected), EvaluationTable.Percent(row.GapClosed), EvaluationTable.Spread(row.TrainingMean),
                    row.Seconds.ToString("F2", System.Globalization.CultureInfo.InvariantCulture), Markup.Escape(VerdictText.Of(statistics.Find(row)!.Standing)));
            }
            yield return table;
        }
    }
}
