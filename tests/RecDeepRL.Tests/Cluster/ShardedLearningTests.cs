using RecDeepRL.Agents;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Shards that learn together, by the sum of their gradients, against one agent that learns alone.</summary>
public sealed class ShardedLearningTests : IDisposable
{
    /// <summary>By which what is learned may differ from what one agent learns, relative and absolute: the gradients of a batch are added up in another order.</summary>
    private const double Tolerance = 1e-3;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Where(agent => !agent.IsBound && LearnsFromGradients(agent.Name)).Select(agent => agent.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhoLearnsByStepsAlongGradientsCanLearnSo() => Assert.Equal(["ddpg", "dqn", "reinforce", "sac", "slateq", "td3"], ((IEnumerable<object[]>)Agents).Select(row => (string)row[0]).Order());

    [Theory]
    [MemberData(nameof(Agents))]
    public void OneShardLearnsWhatOneAgentLearns(string agent)
    {
        var plan = Plan(agent, "sessions", 5);
        using var local = SmallRuns.Pair(plan);
        using var divided = new LocalShards.Run(plan, 1, Merging.Gradients);

        var (expected, actual) = (Train(local), Train(divided));

        AssertSame(expected, actual, 0);
        MemoryCheckpoint.AssertSame(local, divided.Pair);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void SeveralShardsLearnWhatOneAgentLearns(string agent)
    {
        foreach (var environment in new[] { "context", "sessions" })
        {
            var plan = Plan(agent, environment, 4);
            using var local = SmallRuns.Pair(plan);
            var expected = Train(local);
            foreach (var shards in environment == "context" ? [2, 5] : new[] { 3 })
            {
                using var divided = new LocalShards.Run(plan, shards, Merging.Gradients);
                AssertSame(expected, Train(divided), Tolerance);
                MemoryCheckpoint.AssertSame(local, divided.Pair, Tolerance);
            }
        }
    }

    [Fact]
    public void ACheckpointOfShardsThatLearnIsOneOfTheWhole()
    {
        // A buffer that turns within the first rounds, and returns of several steps, which follow users from row to row.
        var plan = Plan("dqn", "sessions", 12);
        plan = plan with { AgentOptions = new Dictionary<string, string>(plan.AgentOptions) { ["replayCapacity"] = "100", ["batchSize"] = "16", ["returnSteps"] = "3" } };
        using var local = SmallRuns.Pair(plan);
        var expected = Train(local);

        // Three shards, then one place, then two shards: the same rows are drawn all along.
        using (var first = new LocalShards.Run(plan with { Iterations = 4 }, 3, Merging.Gradients))
        {
            AssertSame([.. expected.Take(4)], Train(first, folder: _folder.Path), Tolerance);
        }
        using (var second = SmallRuns.Pair(plan with { Iterations = 8 }))
        {
            Restore(second);
            AssertSame([.. expected.Skip(4).Take(4)], Train(second, _folder.Path), Tolerance);
        }
        using var third = new LocalShards.Run(plan, 2, Merging.Gradients);
        Restore(third.Pair);
        AssertSame([.. expected.Skip(8)], Train(third), Tolerance);

        void Restore(RunPair pair)
        {
            var checkpoint = CheckpointStore.Locate(_folder.Path);
            CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair);
        }
    }

    [Fact]
    public void WhereAPartHasNobodyInARoundTheOthersLearn()
    {
        var plan = Plan("ddpg", "popular", 8);
        plan = plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["sampling"] = "0.06" } };
        using var local = SmallRuns.Pair(plan);
        using var divided = new LocalShards.Run(plan, 2, Merging.Gradients);

        AssertSame(Train(local), Train(divided), Tolerance);

        Assert.Contains(divided.Played, part => part.Users == 0);
        Assert.All(divided.Played.Where(part => part.Users > 0).Select(part => part.RequestBytes), bytes => Assert.True(bytes > 1000, $"{bytes} bytes of gradients"));
    }

    [Theory]
    [InlineData("dqn", "priorityExponent=0.5", "", 0, "priorityExponent was above 0, but with --merge gradients slates are drawn uniformly: nobody knows the errors of all of them. Use 0, or --merge transitions.")]
    [InlineData("thompson", "", "", 0, "--merge was gradients, but 'thompson' does not learn by steps along gradients alone. Leave --merge out, or use transitions.")]
    [InlineData("neural-linucb", "", "", 0, "--merge was gradients, but 'neural-linucb' does not learn by steps along gradients alone. Leave --merge out, or use transitions.")]
    [InlineData("dqn", "", "", 2, "--staleness was 2, but with --merge gradients the shards learn, and none can be ahead of itself. Leave --staleness out, or use --merge transitions.")]
    [InlineData("dqn", "", "delaySpread=1", 0, "With --merge gradients feedback cannot be late: shards learn of the same round at the same time. Set delay and delaySpread to 0, or use --merge transitions.")]
    public void WhatCannotBeLearnedSoIsRefused(string agent, string agentSetting, string setting, int staleness, string message)
    {
        var plan = Plan(agent, "popular", 4);
        plan = plan with { AgentOptions = With(plan.AgentOptions, agentSetting), EnvironmentOptions = With(plan.EnvironmentOptions, setting) };
        var settings = new ShardSettings(2, "cpu", Merging.Gradients, staleness, null);
        Assert.Equal(message, Assert.Throws<UserMistakeException>(() => ShardedRun.Create(new ClusterSettings(), SmallRuns.WithStubs, plan, CPU, settings)).Message);
    }

    [Fact]
    public void ShardsThatSayOtherThingsAreAFault()
    {
        using var rows = new SavedState();
        rows.Write("rows", 3);
        using var gradient = new SavedState();
        gradient.Write("gradient", ones(4));
        using var longer = new SavedState();
        longer.Write("gradient", ones(5));
        using var done = new SavedState();
        foreach (var others in new[] { rows, longer, done })
            Assert.Throws<InvalidDataException>(() => GradientMerging.Merge([gradient, others]));
        using var sum = GradientMerging.Merge([gradient, gradient, gradient]);
        Assert.Equal([3f, 3f, 3f, 3f], sum.Tensors["gradient"].data<float>().ToArray());
        using var heard = GradientMerging.Merge([rows, rows]);
        Assert.Equal([3L, 3L], heard.Tensors["rows"].data<long>().ToArray());
    }

    private static bool LearnsFromGradients(string agent)
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan(agent, "context"));
        return pair.Agent is ILearnsFromGradients;
    }

    private static RunPlan Plan(string agent, string environment, int iterations)
    {
        var plan = SmallRuns.Plan(agent, environment, iterations: iterations, users: 90);
        return plan with { AgentOptions = SmallAgents.Options(agent), EnvironmentOptions = With(plan.EnvironmentOptions, "sampling=0.5") };
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> options, string setting) =>
        setting.Length == 0 ? new(options) : new(options) { [setting.Split('=')[0]] = setting.Split('=')[1] };

    private static List<IterationRecord> Train(RunPair pair, string? folder = null)
    {
        var rounds = new List<IterationRecord>();
        Assert.True(new TrainingLoop(pair, new Recorder(rounds.Add), folder).Run(CancellationToken.None));
        return rounds;
    }

    private static List<IterationRecord> Train(LocalShards.Run run, string? folder = null)
    {
        var rounds = new List<IterationRecord>();
        Assert.True(new TrainingLoop(run.Pair, new Recorder(rounds.Add), folder) { Rounds = run.Rounds }.Run(CancellationToken.None));
        return rounds;
    }

    /// <summary>The same users came and answered the same, and agents say the same of themselves.</summary>
    private static void AssertSame(IReadOnlyList<IterationRecord> expected, IReadOnlyList<IterationRecord> actual, double tolerance)
    {
        Assert.Equal(expected.Select(round => (round.Iteration, round.Users)), actual.Select(round => (round.Iteration, round.Users)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.MeanResponses, other.MeanResponses, 1e-9);
            Assert.Equal(one.Diagnostics.Keys.Order(), other.Diagnostics.Keys.Order());
            foreach (var (name, value) in one.Diagnostics)
                Assert.True(Math.Abs(value - other.Diagnostics[name]) <= tolerance * Math.Max(1, Math.Abs(value)), $"{name} after round {one.Iteration}: {value} and {other.Diagnostics[name]}");
        }
    }

    private sealed class Recorder(Action<IterationRecord> completed) : IRunRecorder
    {
        public void Completed(IterationRecord round) => completed(round);

        public void Evaluated(RecDeepRL.Experiments.Evaluation.EvaluationResult evaluation)
        {
        }

        public void CheckpointWritten(string folder)
        {
        }
    }
}
