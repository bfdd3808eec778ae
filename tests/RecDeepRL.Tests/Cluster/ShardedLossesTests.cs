using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cluster;

/// <summary>What shards write, also where some of them are lost: as if nobody had been, and nothing twice.</summary>
public sealed class ShardedLossesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
        plan = plan with { AgentOptions = SmallAgents.Options(agent), EnvironmentOptions = ShardedTraining.Options("sessions", learnsThere ? "" : "delay=1 delaySpread=1") };
        using var whole = new LocalShards.Run(plan, 4, merging, staleness, _folder.PathOf("whole"));
        var expected = ShardedTraining.Train(whole, checkpointEvery: 3);

        // Between rounds, with others ahead, while a checkpoint is written, the last one too, and again while it is restored.
        // Shards that learn answer some ten times in a round, and are lost in the midst of it too.
        foreach (var after in learnsThere ? [2, 70] : new[] { 1, 4, 10, 15 })
        {
            var name = $"lost-{after}";
            using var divided = new LocalShards.Run(plan, 4, merging, staleness, _folder.PathOf(name));
            var rounds = TrainThroughLosses(divided, after, _folder.PathOf("run-" + name));
            Assert.True(divided.Links.Recoveries > 0, $"nothing was lost after {after} answers");
            ShardedTraining.AssertSame(expected, rounds);
            MemoryCheckpoint.AssertSame(whole.Pair, divided.Pair);
            AssertSameLog("whole", name, expected);
        }
    }

    [Fact]
    public void TheLogOfShardsReadsAsOne()
    {
        var plan = SmallRuns.Plan("epsilon-greedy", "context", iterations: 6, users: 90);
        using var divided = new LocalShards.Run(plan, 3, Merging.Sums, log: _folder.PathOf("log"));
        BeginLog("log", 3, plan);
        Directory.CreateDirectory(_folder.PathOf("run"));
        ShardedTraining.Train(divided, folder: _folder.PathOf("run"), checkpointEvery: 2);
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
                    totals = ShardedTraining.Restore(run.Pair, folder);
                    isLost = false;
                }
                var loop = new TrainingLoop(run.Pair, new ShardedTraining.Recorder(round => rounds[round.Iteration] = round), folder) { Rounds = run.Rounds, CheckpointEvery = 3 };
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
}
