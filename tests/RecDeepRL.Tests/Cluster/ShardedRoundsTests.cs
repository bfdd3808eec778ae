using RecDeepRL.Agents;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Simulation;
using RecDeepRL.Tests.Experiments;

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
        var plan = SmallRuns.Plan(agent, "context", iterations: 7);
        using var local = SmallRuns.Pair(plan);
        using var divided = new LocalShards.Run(plan, shards: 3, Merging.Transitions);

        AssertSame(Train(local), Train(divided));

        MemoryCheckpoint.AssertSame(local, divided.Pair);
        AssertClose(new LocalRounds(local), divided.Rounds);
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
                AssertClose(new LocalRounds(local), divided.Rounds);
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

    [Theory]
    [InlineData("thompson", Merging.Sums, 0)]
    [InlineData("thompson", Merging.Sums, 1)]
    [InlineData("ddpg", Merging.Transitions, 0)]
    [InlineData("linucb", Merging.Sums, 2)]
    [InlineData("td3", Merging.Gradients, 0)]
    public void ALostShardChangesNothing(string agent, Merging merging, int staleness)
    {
        var plan = SmallRuns.Plan(agent, "sessions", iterations: 12, users: 90);
        var learnsThere = merging == Merging.Gradients;
        plan = plan with { AgentOptions = SmallAgents.Options(agent), EnvironmentOptions = Options("sessions", learnsThere ? "" : "delay=1 delaySpread=1") };
        using var whole = new LocalShards.Run(plan, 4, merging, staleness, _folder.PathOf("whole"));
        var expected = Train(whole, checkpointEvery: 3);

        // Between rounds, with others ahead, while a checkpoint is written, the last one too, and again while it is restored.
        // Shards that learn answer some ten times in a round, and are lost in the midst of it too.
        foreach (var after in learnsThere ? [2, 70] : new[] { 1, 4, 10, 15 })
        {
            var name = $"lost-{after}";
            using var divided = new LocalShards.Run(plan, 4, merging, staleness, _folder.PathOf(name));
            var rounds = TrainThroughLosses(divided, after, _folder.PathOf("run-" + name));
            Assert.True(divided.Links.Recoveries > 0, $"nothing was lost after {after} answers");
            AssertSame(expected, rounds);
            MemoryCheckpoint.AssertSame(whole.Pair, divided.Pair);
            AssertSameLog("whole", name, expected);
        }
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
            Restore(second);
            AssertSame([.. expected.Skip(4).Take(4)], Train(second, _folder.Path));
        }
        using var third = new LocalShards.Run(plan, 5, Merging.Transitions);
        Restore(third.Pair);
        AssertSame([.. expected.Skip(8)], Train(third));
        MemoryCheckpoint.AssertSame(local, third.Pair);

        void Restore(RunPair pair)
        {
            var checkpoint = CheckpointStore.Locate(_folder.Path);
            CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), pair);
        }
    }

    [Fact]
    public void TheLogOfShardsReadsAsOne()
    {
        var plan = SmallRuns.Plan("epsilon-greedy", "context", iterations: 6, users: 90);
        using var divided = new LocalShards.Run(plan, 3, Merging.Sums, log: _folder.PathOf("log"));
        BeginLog("log", 3, plan);
        Train(divided, folder: _folder.PathOf("run"), checkpointEvery: 2);
        using var local = SmallRuns.Pair(plan);
        using (var writer = InteractionLogWriter.Open(_folder.PathOf("one"), append: false, Run(plan), local.Environment.Population))
        {
            new TrainingLoop(local, new NoRecorder()) { Responded = feedback => writer.Add(feedback, (IExplainsSlates)local.Agent) }.Run(CancellationToken.None);
            writer.Complete();
        }

        var (one, three) = (InteractionLog.Read(_folder.PathOf("one")), InteractionLog.Read(_folder.PathOf("log")));
        Assert.Equal(6, three.IterationCount);
        Assert.Equal(3, three.Description.Shards);
        foreach (var (rows, expected) in three.Iterations().Zip(one.Iterations()))
        {
            Assert.Equal((expected.Iteration, expected.Count), (rows.Iteration, rows.Count));
            Assert.Equal(expected.UserKeys, rows.UserKeys);
            Assert.Equal(expected.ItemKeys, rows.ItemKeys);
            Assert.Equal(expected.Responses, rows.Responses);
            Assert.Equal(expected.Slots, rows.Slots);
            Assert.Equal(expected.Relevance, rows.Relevance);
            Assert.Equal(expected.Propensity, rows.Propensity);
        }
        // Whoever starts warm from it learns what those who wrote it have learned.
        using var warm = SmallRuns.Pair(plan);
        warm.WarmStart(three.RoundsOf(warm.Environment.Population, warm.Environment.Spec.SlateSize));
        MemoryCheckpoint.AssertSame(local, warm);
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

    private static Dictionary<string, string> Options(string environment, string settings)
    {
        var known = RecDeepRL.Core.Options.OptionDescription.Of(EnvironmentRegistry.Find(environment).OptionsType).Select(option => option.Name).ToHashSet();
        var options = new Dictionary<string, string> { ["users"] = "90", ["items"] = "12", ["slateSize"] = "2", ["sampling"] = "0.5" };
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options[setting.Split('=')[0]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return options.Where(option => known.Contains(option.Key)).ToDictionary();
    }

    private static List<IterationRecord> Train(RunPair pair, string? folder = null)
    {
        var rounds = new List<IterationRecord>();
        Assert.True(new TrainingLoop(pair, new Recorder(rounds.Add), folder).Run(CancellationToken.None));
        return rounds;
    }

    private static List<IterationRecord> Train(LocalShards.Run run, int checkpointEvery = 0, string? folder = null)
    {
        var rounds = new List<IterationRecord>();
        if (folder is not null)
            Directory.CreateDirectory(folder);
        Assert.True(new TrainingLoop(run.Pair, new Recorder(rounds.Add), folder) { Rounds = run.Rounds, CheckpointEvery = checkpointEvery }.Run(CancellationToken.None));
        return rounds;
    }

    /// <summary>As a session does: from a checkpoint at the beginning, back to the newest one at every loss.</summary>
    private static List<IterationRecord> TrainThroughLosses(LocalShards.Run run, int after, string folder)
    {
        Directory.CreateDirectory(folder);
        CheckpointStore.Write(folder, run.Pair, TrainingTotals.None);
        var rounds = new SortedDictionary<long, IterationRecord>();
        run.Links.Lose(after % 4, after);
        var (isLost, totals, again) = (false, TrainingTotals.None, 3);
        while (true)
        {
            try
            {
                if (isLost)
                {
                    run.Rounds.Recover(CancellationToken.None);
                    // Others are lost while the state is given out, and soon after.
                    if (again-- > 0)
                        run.Links.Lose((after + again) % 4, again);
                    var checkpoint = CheckpointStore.Locate(folder);
                    var manifest = CheckpointStore.ReadManifest(checkpoint);
                    CheckpointStore.Restore(checkpoint, manifest, run.Pair);
                    (isLost, totals) = (false, manifest.Totals);
                }
                var loop = new TrainingLoop(run.Pair, new Recorder(round => rounds[round.Iteration] = round), folder) { Rounds = run.Rounds, CheckpointEvery = 3 };
                loop.ContinueFrom(totals);
                Assert.True(loop.Run(CancellationToken.None));
                return [.. rounds.Values];
            }
            catch (RoundsLostException)
            {
                isLost = true;
            }
        }
    }

    private void BeginLog(string name, int shards, RunPlan plan) => ShardedLog.Begin(_folder.PathOf(name), shards, 0, Run(plan));

    private static LoggedRun Run(RunPlan plan) => new(0, plan.Agent, plan.AgentOptions, plan.Environment, plan.EnvironmentOptions, null, "", 2, plan.Seed);

    /// <summary>Every part of both logs holds the same bytes, and as many rows and responses as the rounds tell of: nothing is lost, nothing is there twice.</summary>
    private void AssertSameLog(string expected, string actual, IReadOnlyList<IterationRecord> rounds)
    {
        var (rows, responses) = (0L, 0.0);
        for (var shard = 0; shard < 4; shard++)
        {
            var (one, other) = (ShardedLog.FolderOf(_folder.PathOf(expected), shard), ShardedLog.FolderOf(_folder.PathOf(actual), shard));
            var names = Directory.EnumerateFiles(one, "*.parquet").Select(Path.GetFileName).Order().ToList();
            Assert.Equal(names, Directory.EnumerateFiles(other, "*.parquet").Select(Path.GetFileName).Order());
            Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(one, name!)), File.ReadAllBytes(Path.Combine(other, name!))));
            foreach (var iteration in InteractionLog.Read(other).Iterations())
            {
                rows += iteration.Count;
                responses += iteration.Responses.Take(iteration.Count).Sum(response => (double)response);
            }
        }
        Assert.Equal(rounds.Sum(round => round.Users) * 2, rows);
        Assert.Equal(rounds[^1].Totals.Responses, responses);
    }

    private static void AssertSame(IReadOnlyList<IterationRecord> expected, IReadOnlyList<IterationRecord> actual)
    {
        Assert.Equal(expected.Select(round => (round.Iteration, round.Users)), actual.Select(round => (round.Iteration, round.Users)));
        foreach (var (one, other) in expected.Zip(actual))
        {
            AssertClose(one.MeanResponses, other.MeanResponses);
            AssertClose(one.MeanExpected, other.MeanExpected);
            AssertClose(one.MeanOracle, other.MeanOracle);
            foreach (var (name, value) in one.Diagnostics.Where(figure => figure.Key != "staleness"))
                AssertClose(value, other.Diagnostics[name]);
        }
    }

    private static void AssertClose(LocalRounds expected, ShardedRounds actual)
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

    /// <summary>Sums over users in another order.</summary>
    private static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-6);

    private sealed class Recorder(Action<IterationRecord> completed) : IRunRecorder
    {
        public void Completed(IterationRecord iteration) => completed(iteration);

        public void Evaluated(EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
