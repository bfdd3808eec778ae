using RecDeepRL.Agents;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Tests.Experiments;
using static RecDeepRL.Tests.Cluster.ShardedTraining;
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
    public void WhoLearnsByStepsAlongGradientsCanLearnSo() => Assert.Equal(
        ["bootstrapped", "ddpg", "dqn", "neural-cf", "neural-linear", "neural-linucb", "neural-ts", "neural-ucb", "reinforce", "sac", "slateq", "td3", "two-tower"],
        ((IEnumerable<object[]>)Agents).Select(row => (string)row[0]).Order());

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

    [Theory]
    [InlineData("neural-linucb", "refit=false restart=true")]
    [InlineData("neural-linucb", "ownOutput=false loss=squared refit=false")] // θ, which the network is trained against, is learned before it
    [InlineData("neural-linucb", "retrainInterval=3")]
    [InlineData("neural-linear", "retrainInterval=3 replayRounds=2")]
    [InlineData("neural-ts", "refit=false loss=squared userIds=true")]
    [InlineData("neural-ucb", "retrainInterval=2 hiddenLayers=2")]
    [InlineData("bootstrapped", "bootstrap=poisson replayRounds=2")]
    [InlineData("two-tower", "userIds=true history=true similarity=cosine")]
    public void SoTheyDoWithOtherOptions(string agent, string settings)
    {
        var plan = Plan(agent, "context", 5);
        plan = plan with { AgentOptions = With(plan.AgentOptions, settings) };
        using var local = SmallRuns.Pair(plan);
        var expected = Train(local);
        foreach (var (shards, tolerance) in new[] { (1, 0.0), (3, Tolerance) })
        {
            using var divided = new LocalShards.Run(plan, shards, Merging.Gradients);
            AssertSame(expected, Train(divided), tolerance);
            MemoryCheckpoint.AssertSame(local, divided.Pair, tolerance);
        }
    }

    [Theory]
    [InlineData("dqn", "replayCapacity=100 batchSize=16 returnSteps=3")] // returns of several steps follow users from row to row
    [InlineData("bootstrapped", "replayCapacity=100 batchSize=16")] // who counts a row is drawn for it once and for all
    [InlineData("neural-linear", "replayCapacity=100 batchSize=16 retrainInterval=3")]
    public void ACheckpointOfShardsThatLearnIsOneOfTheWhole(string agent, string settings)
    {
        // The buffer turns within the first rounds.
        var plan = Plan(agent, "sessions", 9);
        plan = plan with { AgentOptions = With(plan.AgentOptions, settings) };
        using var local = SmallRuns.Pair(plan);
        var expected = Train(local);

        // Three shards, then one place, then two shards: the same rows are drawn all along.
        using (var first = new LocalShards.Run(plan with { Iterations = 3 }, 3, Merging.Gradients))
        {
            AssertSame([.. expected.Take(3)], Train(first, folder: _folder.Path), Tolerance);
        }
        using (var second = SmallRuns.Pair(plan with { Iterations = 6 }))
        {
            Restore(second, _folder.Path);
            AssertSame([.. expected.Skip(3).Take(3)], Train(second, _folder.Path), Tolerance);
        }
        using var third = new LocalShards.Run(plan, 2, Merging.Gradients);
        Restore(third.Pair, _folder.Path);
        AssertSame([.. expected.Skip(6)], Train(third), Tolerance);
    }

    [Fact]
    public void WhereAPartHasNobodyInARoundTheOthersLearn()
    {
        foreach (var agent in new[] { "ddpg", "neural-linear" })
        {
            var plan = Plan(agent, "popular", 8);
            plan = plan with { EnvironmentOptions = With(plan.EnvironmentOptions, "sampling=0.06") };
            using var local = SmallRuns.Pair(plan);
            using var divided = new LocalShards.Run(plan, 5, Merging.Gradients);

            AssertSame(Train(local), Train(divided), Tolerance);

            // Also before anybody of it has ever come.
            Assert.Contains(divided.Played.Take(5), part => part.Users == 0);
            Assert.All(divided.Played.Where(part => part.Users > 0).Select(part => part.RequestBytes), bytes => Assert.True(bytes > 1000, $"{bytes} bytes of gradients"));
        }
    }

    [Theory]
    [InlineData("dqn", "priorityExponent=0.5", "", 0, "priorityExponent was above 0, but several that learn together draw slates uniformly: none of them knows the errors of all. Use 0, or let one learn alone. With --merge transitions one does.")]
    [InlineData("thompson", "", "", 0, "--merge was gradients, but 'thompson' does not learn by steps along gradients. Leave --merge out, or use transitions.")]
    [InlineData("tree-bootstrap", "", "", 0, "--merge was gradients, but 'tree-bootstrap' does not learn by steps along gradients. Leave --merge out, or use transitions.")]
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
        gradient.Write("summand", ones(4));
        using var longer = new SavedState();
        longer.Write("summand", ones(5));
        using var finer = new SavedState();
        finer.Write("summand", ones(4, ScalarType.Float64));
        using var done = new SavedState();
        foreach (var others in new[] { rows, longer, finer, done })
            Assert.Throws<InvalidDataException>(() => GradientMerging.Merge([gradient, others]));
        using var sum = GradientMerging.Merge([gradient, gradient, gradient]);
        Assert.Equal([3f, 3f, 3f, 3f], sum.Tensors["summand"].data<float>().ToArray());
        using var fine = GradientMerging.Merge([finer, finer]);
        Assert.Equal([2.0, 2.0, 2.0, 2.0], fine.Tensors["summand"].data<double>().ToArray());
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
}
