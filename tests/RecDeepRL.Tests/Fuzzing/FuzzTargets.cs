using RecDeepRL.Cli.Configuration;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Logs;
using RecDeepRL.Data.Populations;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Data.Logs;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Everything that the program reads from files that others may have made.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<Func<FuzzTarget>> All { get; } =
    [
        Safetensors,
        () => new CheckpointTarget("ucb", "popular"),
        () => new CheckpointTarget("kalman-thompson", "drift"),
        () => new CheckpointTarget("linucb", "context"),
        () => new CheckpointTarget("logistic-mf", "personal"),
        () => new CheckpointTarget("gaussian-tastes", "personal"),
        () => new CheckpointTarget("neural-linear", "context"),
        () => new CheckpointTarget("ddpg", "sessions"),
        () => new CheckpointTarget("reinforce", "satisfaction"),
        Config,
        Insight,
        Comparison,
        Holder,
        Log,
        Generators,
        Tables,
        .. DataTargets.All,
    ];

    private static ReaderTarget Safetensors() => new ReaderTarget(
        "safetensors",
        folder => SafetensorsFile.Write(Path.Combine(folder, "state.safetensors"), new SortedDictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["bias"] = ones([3]),
            ["empty"] = zeros([0, 4], ScalarType.Int64),
            ["mask"] = ones([2, 2], ScalarType.Bool),
            ["scalar"] = tensor(2.5),
            ["weight"] = zeros([4, 3], ScalarType.Float16),
        }),
        folder =>
        {
            foreach (var tensor in SafetensorsFile.Read(Path.Combine(folder, "state.safetensors")).Values)
                tensor.Dispose();
        });

    /// <summary>As train and compare take it. It names no data folder: a configuration may name any, and whatever lies there is read.</summary>
    private static ReaderTarget Config() => new ReaderTarget(
        "configuration",
        folder => File.WriteAllText(Path.Combine(folder, "config.json"), ConfigFile.Write(
            SmallRuns.Plan("ddpg", "composed") with { EnvironmentOptions = new Dictionary<string, string>() } is var plan ? plan.Resolve(SmallRuns.Registered) : plan,
            new ComponentTypes(
                SmallRuns.Registered.Agents.Single(one => one.Name == "ddpg").OptionsType, SmallRuns.Registered.Environments.Single(one => one.Name == "composed").OptionsType),
            "cpu", 20)),
        folder =>
        {
            var path = Path.Combine(folder, "config.json");
            _ = RunInput.From(SmallRuns.Registered, null, null, [path], [], null, null, null, null);
            _ = ComparisonInput.From(null, null, [path], null, [], [], null, null, 1, 2);
        });

    private static ReaderTarget Insight() => new ReaderTarget(
        "insight",
        folder =>
        {
            using var pair = SmallRuns.Pair(SmallRuns.Plan("linucb", "context", iterations: 6, users: 30));
            using var insight = new InsightCollector(pair, 2);
            new TrainingLoop(pair, insight) { Responded = insight.Responded }.Run(CancellationToken.None);
            InsightFile.Write(Path.Combine(folder, InsightFile.Name), insight.Read());
        },
        folder =>
        {
            var insight = InsightFile.Read(folder);
            _ = LockIn.Of(insight);
            _ = insight.Final?.Concentration;
        });

    private static ReaderTarget Comparison() => new ReaderTarget(
        "comparison",
        folder =>
        {
            var plan = new ComparisonPlan { Pairs = [SmallRuns.Plan("ucb", "popular", users: 20), SmallRuns.Plan("linucb", "context", users: 20)], Seeds = [1, 2] }.Resolve(SmallRuns.Registered);
            using var results = ComparisonFolder.Open(folder, plan, "cpu", "compare");
            new ComparisonRunner(SmallRuns.Registered, CPU, 1) { Finished = results.Save }.Run(plan, CancellationToken.None);
            results.Conclude(SmallRuns.Registered);
        },
        folder =>
        {
            var results = ComparisonFolder.Read(folder);
            _ = ComparisonSummary.Of(results.Cells.Select(cell => cell.Row));
            _ = ComparisonFile.Read(Path.Combine(folder, ComparisonFile.Name));
        },
        file => Path.GetFileName(file) is PlanFile.Name or ComparisonFile.Name || file.StartsWith("cells", StringComparison.Ordinal));

    private static ReaderTarget Holder() => new ReaderTarget(
        "holder of a run",
        folder =>
        {
            var path = Path.Combine(folder, RunHolder.FileName);
            byte[] content;
            using (var holder = RunHolder.Take(folder))
            {
                holder.Announce(20);
                content = File.ReadAllBytes(path);
            }
            // Whoever holds a run takes the file away when it lets go.
            File.WriteAllBytes(path, content);
        },
        folder => _ = RunHolder.Read(folder) ?? throw new UserMistakeException("nobody holds the run"));

    private static ReaderTarget Log() => new ReaderTarget(
        "interaction log",
        folder =>
        {
            using var log = new WrittenLog();
            log.Write(2);
            foreach (var file in Directory.EnumerateFiles(log.Folder))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        },
        folder =>
        {
            using var population = WrittenLog.People();
            foreach (var round in InteractionLog.Read(folder).RoundsOf(population, 2))
                round.Dispose();
        },
        file => file == "log.json" || file.EndsWith(".parquet", StringComparison.Ordinal));

    private static ReaderTarget Generators() => new ReaderTarget(
        "population generator",
        folder =>
        {
            var profiles = Data.Populations.Toy.Profiles(40);
            GeneratorFile.Save(Path.Combine(folder, "copula.json"), CopulaGenerator.Fit(profiles, new CopulaOptions { Segments = 2 }, 1));
            GeneratorFile.Save(Path.Combine(folder, "independent.json"), IndependentGenerator.Fit(profiles));
            GeneratorFile.Save(Path.Combine(folder, "resample.json"), ResampleGenerator.Fit(profiles, new ResampleOptions()));
            GeneratorFile.Save(Path.Combine(folder, "vae.json"), VaeGenerator.Fit(profiles, new VaeOptions { Epochs = 1 }, 1));
        },
        folder =>
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
                _ = GeneratorFile.Load(file).Sample(5, 1);
        });

    private static ReaderTarget Tables() => new ReaderTarget(
        "table",
        folder =>
        {
            File.WriteAllText(Path.Combine(folder, "scores.csv"), "item_idx,score\n0,.5\n1,1\n2,-1\n");
            File.WriteAllText(Path.Combine(folder, "users.csv"), "user_idx,age,segment,title,score\n" + string.Concat(Enumerable.Range(0, 12).Select(row => $"{row},{20 + row},{(row % 2 == 0 ? "a" : "\"b, c\"")},t{row},{row}.5\n")));
        },
        folder =>
        {
            var path = Path.Combine(folder, "users.csv");
            Each(() => TableFile.Read(path), () => FeatureFile.Read(path, "user", null), () => ScoreFile.ReadItems(Path.Combine(folder, "scores.csv"), "score", [0, 1, 2]), () => new ProfileReading().Read(TableFile.Read(path)));
        });

    /// <summary>Every reader has its turn, also after one that refuses; a refusal of any is passed on.</summary>
    internal static void Each(params Action[] readers)
    {
        UserMistakeException? refusal = null;
        foreach (var reader in readers)
        {
            try
            {
                reader();
            }
            catch (UserMistakeException mistake)
            {
                refusal = mistake;
            }
        }
        if (refusal is not null)
            throw refusal;
    }
}
