using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Tests.Reporting.Reports;

/// <summary>Comparisons made up for tests, between random 0 and oracle 1.</summary>
internal static class Compared
{
    /// <summary>Cells of one agent, one for each score, seeds from 1.</summary>
    /// <param name="rounds">Of each cell.</param>
    public static IEnumerable<ComparisonCell> Cells(string agent, double[] scores, string environment = "context", bool isBound = false, IReadOnlyList<ComparisonRound>? rounds = null, string options = "") =>
        scores.Select((score, index) => new ComparisonCell(
            new ComparisonRow
            {
                Environment = environment,
                Agent = agent,
                Seed = index + 1,
                Final = score,
                FinalExpected = score,
                TrainingMean = score,
                Random = 0,
                BestFixed = .5,
                Oracle = 1,
                Seconds = 1,
                FinalExplore = score,
                TrainingExpected = score,
                TrainingOracle = 1,
                SlateSize = 1,
                Iterations = 10,
                Source = "built-in",
                Device = "cpu",
                AgentOptions = options,
                EnvironmentOptions = "",
            }, rounds ?? [])
        { IsBound = isBound });

    public static ComparisonResults Of(params IEnumerable<ComparisonCell>[] cells) => new() { Cells = [.. cells.SelectMany(some => some)] };

    /// <summary>A round of 10 users whose best slates have 0.9.</summary>
    public static ComparisonRound Round(long iteration, double expected) => new(iteration, 10, expected, expected, .9, .01);
}
