using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>One environment and agent over all seeds.</summary>
public sealed record ComparisonSummary(
    string Environment, string Agent, Interval Final, Interval FinalExpected, Interval TrainingMean, double Random, double BestFixed, double Oracle, double Seconds)
{
    /// <summary>Share of the gap from random to oracle that the expected final score closes, with both bounds averaged over seeds.</summary>
    public double GapClosed => (FinalExpected.Mean - Random) / (Oracle - Random);

    /// <summary>In the order of the rows.</summary>
    public static IReadOnlyList<ComparisonSummary> Of(IEnumerable<ComparisonRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Environment, row.Agent)).Select(cells => new ComparisonSummary(
            cells.Key.Environment, cells.Key.Agent,
            Interval.Of(cells.Select(row => row.Final)),
            Interval.Of(cells.Select(row => row.FinalExpected)),
            Interval.Of(cells.Select(row => row.TrainingMean)),
            cells.Average(row => row.Random), cells.Average(row => row.BestFixed), cells.Average(row => row.Oracle), cells.Average(row => row.Seconds))),
    ];
}
