using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>A figure of a run.</summary>
/// <param name="What">In words, to follow 'the'.</param>
/// <param name="Column">Of a table.</param>
/// <param name="Of">Not a number where it is not known.</param>
/// <param name="Digits">Behind the point.</param>
/// <param name="HighestIsBest">Whether more is better.</param>
public sealed record Measure(string What, string Column, Func<ObservedRun, double> Of, int Digits = 4, bool HighestIsBest = true);

/// <summary>Measures that several questions use. Clicks are the responses of a user to a slate.</summary>
internal static class Measures
{
    public static Measure Final { get; } = new("expected clicks per user in the final evaluation", "final_expected", run => run.Cell.Row.FinalExpected);

    public static Measure FinalDrawn { get; } = new("clicks per user in the final evaluation, as drawn", "final", run => run.Cell.Row.Final);

    public static Measure Training { get; } = new("expected clicks per user while learning", "training_expected", run => run.Cell.Row.TrainingExpected);

    public static Measure Last { get; } = new(
        "expected clicks per user in the last iteration", "last_iteration", run => run.Cell.Rounds.LastOrDefault(round => round.Users > 0)?.MeanExpected ?? double.NaN);

    public static Measure Area { get; } = new("mean height of the learning curve", "curve_height", run => CurveStatistics.Area(run.Cell.Rounds));

    public static Measure Iterations { get; } = new(
        "number of iterations until the curve stays within 95 % of its final level", "iterations_to_converge",
        run => CurveStatistics.Converged(run.Cell.Rounds, run.Cell.Row.SlateSize)?.Iteration ?? double.NaN, 1, HighestIsBest: false);

    public static Measure Responses { get; } = new(
        "number of responses until the curve stays within 95 % of its final level", "responses_to_converge",
        run => CurveStatistics.Converged(run.Cell.Rounds, run.Cell.Row.SlateSize)?.Responses ?? double.NaN, 0, HighestIsBest: false);

    /// <summary>What the curve comes to: expected clicks of the last tenth of the rounds as a share of the best possible ones.</summary>
    public static Measure Level { get; } = new("final level as a share of the best possible", "final_level", run => LevelOf(run.Cell.Rounds), 3);

    public static Measure ItemError { get; } = new(
        "mean absolute error of the items' estimated rewards at the end", "estimate_error",
        run => run.Insight?.Snapshots.LastOrDefault(snapshot => snapshot.Error is not null)?.Error?.Items ?? double.NaN, 4, HighestIsBest: false);

    /// <summary>The rounds before one item is in nine of ten slates for good; not a number where none is. A share of a half would be chance with large slates.</summary>
    public static Measure Settled { get; } = new(
        "number of iterations before one item is in nine of ten slates for good", "settled_after",
        run => run.Insight is { } insight && LockIn.Of(insight, 0.9) is [var first, ..] ? first.Iteration : double.NaN, 1, HighestIsBest: false);

    private static double LevelOf(IReadOnlyList<ComparisonRound> rounds)
    {
        var last = rounds.Where(round => round.Users > 0).TakeLast((rounds.Count + 9) / 10).ToList();
        return last.Sum(round => round.Users * round.MeanExpected) / last.Sum(round => round.Users * round.MeanOracle);
    }
}
