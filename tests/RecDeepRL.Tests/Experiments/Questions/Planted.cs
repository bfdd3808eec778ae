using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Questions;

namespace RecDeepRL.Tests.Experiments.Questions;

/// <summary>Evidence written by hand.</summary>
internal static class Planted
{
    /// <summary>What it measures: final expected scores, which the rows below carry.</summary>
    public static Measure Clicks { get; } = new("clicks", "clicks", run => run.Cell.Row.FinalExpected, 3);

    public static Figure Figure(string label, params double[] bySeed) => Figure(label, "", bySeed);

    public static Figure Figure(string label, string setting, params double[] bySeed) =>
        new(label, setting, null, bySeed.Index().ToDictionary(one => one.Index + 1L, one => one.Item));

    /// <summary>Runs of one agent under seeds 1, 2, …</summary>
    /// <param name="finals">Final expected scores by seed; while training each had half of it.</param>
    public static IEnumerable<ObservedRun> Runs(string label, params double[] finals) => Runs(new QuestionRun(label) { Agent = label, Environment = "popular" }, finals);

    public static IEnumerable<ObservedRun> Runs(QuestionRun run, params double[] finals) =>
        finals.Index().Select(one => Run(run, one.Index + 1, one.Item));

    public static ObservedRun Run(QuestionRun run, long seed, double final, IReadOnlyList<ComparisonRound>? rounds = null, RunInsight? insight = null) => new(
        run,
        new ComparisonCell(
            new ComparisonRow
            {
                Environment = run.Environment,
                Agent = run.Agent,
                Seed = seed,
                Final = final,
                FinalExpected = final,
                TrainingMean = final / 2,
                Random = .25,
                BestFixed = .7,
                Oracle = .75,
                Seconds = 1,
                FinalExplore = final,
                TrainingExpected = final / 2,
                TrainingOracle = .75,
                SlateSize = 1,
                Iterations = rounds?.Count ?? 2,
                Source = "data",
                Device = "cpu",
            },
            rounds ?? [new ComparisonRound(1, 10, final / 4, final / 4, .75, 0), new ComparisonRound(2, 10, final, final, .75, 0)]),
        insight);
}
