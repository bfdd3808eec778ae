using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Simulation;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Runs in one place and over shards, as tests carry them out and compare them.</summary>
internal static class ShardedTraining
{
    /// <summary>Ninety users, and as many of the settings as the environment knows.</summary>
    /// <param name="settings">As in name=value name=value, or nothing.</param>
    public static Dictionary<string, string> Options(string environment, string settings)
    {
        var known = RecDeepRL.Core.Options.OptionDescription.Of(EnvironmentRegistry.Find(environment).OptionsType).Select(option => option.Name).ToHashSet();
        var options = new Dictionary<string, string> { ["users"] = "90", ["items"] = "12", ["slateSize"] = "2", ["sampling"] = "0.5" };
        return With(options, settings).Where(option => known.Contains(option.Key)).ToDictionary();
    }

    /// <param name="settings">As in name=value name=value, or nothing.</param>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> options, string settings)
    {
        var changed = new Dictionary<string, string>(options);
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            changed[setting.Split('=')[0]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return changed;
    }

    public static List<IterationRecord> Train(RunPair pair, string? folder = null) => Run(new List<IterationRecord>(), rounds => new TrainingLoop(pair, new Recorder(rounds.Add), folder));

    public static List<IterationRecord> Train(LocalShards.Run run, int checkpointEvery = 0, string? folder = null) =>
        Run(new List<IterationRecord>(), rounds => new TrainingLoop(run.Pair, new Recorder(rounds.Add), folder) { Rounds = run.Rounds, CheckpointEvery = checkpointEvery });

    /// <summary>Goes on from the newest checkpoint.</summary>
    public static TrainingTotals Restore(RunPair pair, string folder)
    {
        var checkpoint = CheckpointStore.Locate(folder);
        var manifest = CheckpointStore.ReadManifest(checkpoint);
        CheckpointStore.Restore(checkpoint, manifest, pair);
        return manifest.Totals;
    }

    /// <summary>The same users came and answered the same, and agents say the same of themselves.</summary>
    /// <param name="tolerance">Of the latter, relative and absolute. Means over users are sums in another order: they may differ by 1e-6.</param>
    public static void AssertSame(IReadOnlyList<IterationRecord> expected, IReadOnlyList<IterationRecord> actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Select(round => (round.Iteration, round.Users)), actual.Select(round => (round.Iteration, round.Users)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            AssertClose(one.MeanResponses, other.MeanResponses);
            AssertClose(one.MeanExpected, other.MeanExpected);
            AssertClose(one.MeanOracle, other.MeanOracle);
            Assert.Equal(Figures(one).Select(figure => figure.Key).Order(), Figures(other).Select(figure => figure.Key).Order());
            foreach (var (name, value) in Figures(one))
                Assert.True(Math.Abs(value - other.Diagnostics[name]) <= tolerance * Math.Max(1, Math.Abs(value)), $"{name} after round {one.Iteration}: {value} and {other.Diagnostics[name]}");
        }
    }

    /// <summary>All but how far ahead shards are, which one place has no word for.</summary>
    private static IEnumerable<KeyValuePair<string, double>> Figures(IterationRecord round) => round.Diagnostics.Where(figure => figure.Key != "staleness");

    /// <summary>Sums over users in another order.</summary>
    public static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-6);

    private static List<IterationRecord> Run(List<IterationRecord> rounds, Func<List<IterationRecord>, TrainingLoop> loop)
    {
        Assert.True(loop(rounds).Run(CancellationToken.None));
        return rounds;
    }

    public sealed class Recorder(Action<IterationRecord> completed) : IRunRecorder
    {
        public void Completed(IterationRecord iteration) => completed(iteration);

        public void Evaluated(EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
