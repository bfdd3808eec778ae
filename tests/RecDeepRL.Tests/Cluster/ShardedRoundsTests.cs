using RecDeepRL.Agents;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;
using static RecDeepRL.Tests.Cluster.ShardedTraining;

namespace RecDeepRL.Tests.Cluster;

/// <summary>A run over shards against the same run in one place.</summary>
public sealed class ShardedRoundsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Where(agent => !agent.IsBound).Select(agent => agent.Name)];

    public static TheoryData<string> FromSums =>
        [.. AgentRegistry.All.Where(agent => !agent.IsBound && LearnsFromSums(agent.Name)).Select(agent => agent.Name)];

    public static TheoryData<string, string> Worlds => new()
    {
        { "popular", "" }, { "context", "" }, { "drift", "" }, { "personal", "" }, { "wheel", "" }, { "linear", "" }, { "sessions", "" }, { "satisfaction", "" },
        { "composed", "" },
        { "popular", "delay=1 delaySpread=2" }, { "context", "candidates=5 excludeSeen=true" }, { "drift", "availability=0.5 sampling=0.02" },
        { "sessions", "delay=2 excludeSeen=true sampling=0.4" }, { "sessions", "returnAfter=2" },
        { "composed", """dynamics=[{"kind":"satiation","topics":""},{"kind":"interest-drift","features":""}]""" },
        { "composed", """sessionLimit=4 dynamics=[{"kind":"patience"},{"kind":"leaving"}] delaySpread=3""" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Agents))]
    public void TransitionsOfShardsTeachWhatOnePlaceTeaches(string agent)
    {
        var plan = SmallRuns.Plan(agent, "context", iterations: 7) with { AgentOptions = SmallAgents.Options(agent) };
        using var local = SmallRuns.Pair(plan);
        using var divided = new LocalShards.Run(plan, shards: 3, Merging.Transitions);

        AssertSame(Train(local), Train(divided));

        MemoryCheckpoint.AssertSame(local, divided.Pair);
        AssertSameEvaluations(new LocalRounds(local), divided.Rounds);
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void UsersMeetTheSameLuckOnAnyShard(string environment, string settings)
    {
        var plan = SmallRuns.Plan("linucb", environment, iterations: 9, users: 90) with { EnvironmentOptions = Options(environment, settings) };
        using var local = SmallRuns.Pair(plan);
        var expected = Train(local);
        // As many as there are blocks, in one environment without and one with sessions.
        foreach (var shards in environment is "context" or "sessions" ? [3, 32] : new[] { 3 })
        {
            using var divided = new LocalShards.Run(plan, shards, Merging.Transitions);
            AssertSame(expected, Train(divided));
            // Responses that are no clicks are computed batch by batch, which may round the last digit of a float otherwise.
            MemoryCheckpoint.AssertSame(local, divided.Pair, environment == "satisfaction" ? 1e-6 : 0);
            // Where there are sessions, planning weighs burdens by what it finds among the users of a shard.
            if (!local.Environment.Spec.HasEpisodes)
                AssertSameEvaluations(new LocalRounds(local), divided.Rounds);
        }
    }

    [Theory]
    [MemberData(nameof(FromSums))]
    public void SumsAreTheSameForAnyNumberOfShards(string agent)
    {
        var plan = SmallRuns.Plan(agent, "context", iterations: 9, users: 90);
        using var one = new LocalShards.Run(plan, 1, Merging.Sums);
        var expected = Train(one);
        foreach (var shards in new[] { 3, 32 })
        {
            using var divided = new LocalShards.Run(plan, shards, Merging.Sums);
            AssertSame(expected, Train(divided));
            MemoryCheckpoint.AssertSame(one.Pair, divided.Pair);
        }
        // In one place the rows of a round are added one after the other, which rounds otherwise where they are no whole numbers.
        using var local = SmallRuns.Pair(plan);
        var rounds = Train(local);
        if (!IsLinear(agent))
        {
            AssertSame(expected, rounds);
            MemoryCheckpoint.AssertSame(local, one.Pair);
        }
    }

    [Fact]
    public void LateFeedbackIsSummedUpByItsOwnRound()
    {
        var plan = SmallRuns.Plan("thompson", "popular", iterations: 12, users: 90);
        plan = plan with { EnvironmentOptions = Options("popular", "delay=1 delaySpread=3 sampling=0.05") };
        using var local = SmallRuns.Pair(plan);
        using var divided = new LocalShards.Run(plan, 4, Merging.Sums);

        AssertSame(Train(local), Train(divided));

        MemoryCheckpoint.AssertSame(local, divided.Pair);
    }

    [Theory]
    [InlineData("thompson", Merging.Sums)]
    [InlineData("dqn", Merging.Transitions)]
    public void ShardsAheadOfTheLearnerAreAlwaysAsFarAhead(string agent, Merging merging)
    {
        var plan = SmallRuns.Plan(agent, "context", iterations: 10, users: 90);
        using var two = new LocalShards.Run(plan, 2, merging, staleness: 2);
        using var four = new LocalShards.Run(plan, 4, merging, staleness: 2);
        using var prompt = new LocalShards.Run(plan, 4, merging);

        var expected = Train(two, checkpointEvery: 6);
        AssertSame(expected, Train(four, checkpointEvery: 6));

        MemoryCheckpoint.AssertSame(two.Pair, four.Pair);
        // Nobody is ahead of a checkpoint; after it the shards go ahead again.
        Assert.Equal([0, 1, 2, 2, 2, 2, 0, 1, 2, 2], four.Played.Where(round => round.Shard == 0).Select(round => round.Staleness));
        Assert.Equal([0, 1, 2, 2, 2, 2, 0, 1, 2, 2], expected.Select(round => round.Diagnostics["staleness"]));
        Assert.NotEqual(expected.Select(round => round.MeanExpected), Train(prompt).Select(round => round.MeanExpected));
    }

    [Fact]
    public void WhoIsCalledOffCompletesWhatIsBegun()
    {
        using var divided = new LocalShards.Run(SmallRuns.Plan("thompson", "popular", iterations: 10, users: 90), 2, Merging.Sums, staleness: 3);
        using var stop = new CancellationTokenSource();
        var recorder = new Recorder(round =>
        {
            if (round.Iteration == 2)
                stop.Cancel();
        });

        Assert.False(new TrainingLoop(divided.Pair, recorder, _folder.Path) { Rounds = divided.Rounds }.Run(stop.Token));

        Assert.Equal(5, divided.Rounds.Iteration);
        Assert.Equal(5, CheckpointStore.ReadManifest(CheckpointStore.Locate(_folder.Path)).Iteration);
    }

    [Fact]
    public void ACheckpointOfShardsIsOneOfTheWhole()
    {
        var plan = SmallRuns.Plan("dqn", "sessions", iterations: 12, users: 90);
        plan = plan with { EnvironmentOptions = Options("sessions", "delay=1 delaySpread=2") };
        using var local = SmallRuns.Pair(plan);
        var expected = Train(local);

        // Three shards, then one place, then five shards.
        using (var first = new LocalShards.Run(plan with { Iterations = 4 }, 3, Merging.Transitions))
        {
            AssertSame([.. expected.Take(4)], Train(first, folder: _folder.Path));
        }
        using (var second = SmallRuns.Pair(plan with { Iterations = 8 }))
        {
            Restore(second, _folder.Path);
            AssertSame([.. expected.Skip(4).Take(4)], Train(second, _folder.Path));
        }
        using var third = new LocalShards.Run(plan, 5, Merging.Transitions);
        Restore(third.Pair, _folder.Path);
        AssertSame([.. expected.Skip(8)], Train(third));
        MemoryCheckpoint.AssertSame(local, third.Pair);
    }

    [Fact]
    public void AShardIsAskedForTheRoundItIsAt()
    {
        using var divided = new LocalShards.Run(SmallRuns.Plan("thompson", "popular", users: 90), 2, Merging.Sums);
        using var request = new SavedState();
        request.Write("hasPolicy", 0);
        request.Write("round", 5);
        var asked = divided.Links.All[1].AskAsync(ShardCommand.Play, StateBytes.Write(request));
        Assert.StartsWith("Shard 1 was asked to play round 5, but is at round 0.", Assert.Throws<UserMistakeException>(() => asked.GetAwaiter().GetResult()).Message, StringComparison.Ordinal);
    }

    private static bool LearnsFromSums(string agent)
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan(agent, "context"));
        return pair.Agent is ILearnsFromSums;
    }

    private static bool IsLinear(string agent) => agent is "linucb" or "linear-thompson" or "hybrid-linucb";

    private static void AssertSameEvaluations(LocalRounds expected, ShardedRounds actual)
    {
        foreach (var mode in new[] { RecommendationMode.Exploit, RecommendationMode.Explore })
        {
            var (one, other) = (expected.Evaluate(mode, 11), actual.Evaluate(mode, 11));
            Assert.Equal((one.Iteration, one.UserCount, one.SlateSize), (other.Iteration, other.UserCount, other.SlateSize));
            AssertClose(one.MeanResponses, other.MeanResponses);
            AssertClose(one.MeanExpected, other.MeanExpected);
            AssertClose(one.Bounds.Random, other.Bounds.Random);
            AssertClose(one.Bounds.BestFixed, other.Bounds.BestFixed);
            AssertClose(one.Bounds.Oracle, other.Bounds.Oracle);
        }
    }
}
