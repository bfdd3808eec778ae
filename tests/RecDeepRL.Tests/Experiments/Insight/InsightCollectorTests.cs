using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class InsightCollectorTests
{
    [Fact]
    public void EveryShownItemIsCounted()
    {
        // The agent shows items 0 and 1 of 12 to everybody: coverage 1/6, entropy ln 2/ln 12 = .278943, both items in every slate.
        var insight = Watch(SmallRuns.Plan("fixed", "popular", iterations: 7), every: 3, out var totals);
        Assert.Equal([3L, 6, 7], insight.Snapshots.Select(snapshot => snapshot.Iteration));
        Assert.Equal([3, 3, 1], insight.Snapshots.Select(snapshot => snapshot.Rounds));
        Assert.Equal(totals.Users, insight.Snapshots.Sum(snapshot => snapshot.Users));
        Assert.Equal([totals.Users, totals.Users, .. Enumerable.Repeat(0L, 10)], insight.Shown);
        Assert.Null(insight.Pending);
        Assert.Null(insight.EstimateKind);
        Assert.All(insight.Snapshots, snapshot => Assert.Null(snapshot.Estimates));
        foreach (var concentration in insight.Snapshots.Select(snapshot => snapshot.Concentration!).Append(insight.Overall).Append(insight.Final!.Concentration))
        {
            Assert.Equal(2 / 12.0, concentration.Coverage, 1e-12);
            Assert.Equal(.278943, concentration.Entropy, 1e-6);
            Assert.Equal(1, concentration.TopShare);
        }
        Assert.Equal([0, 1], LockIn.Of(insight).Select(one => one.Item));
        Assert.Equal(1, insight.Snapshots[0].Diagnostics["constant"]);
    }

    [Fact]
    public void EstimatesAndTruthAreMeansOverUsersAndTheErrorIsBetweenThem()
    {
        var insight = Watch(SmallRuns.Plan("thompson", "drift", iterations: 12, users: 200), every: 1, out _);
        Assert.Equal("response", insight.EstimateKind);
        for (var index = 0; index < insight.Snapshots.Count; index++)
        {
            var (estimates, truth) = (insight.Snapshots[index].Estimates!, insight.TruthOf(index)!);
            Assert.All(estimates, estimate => Assert.InRange(estimate!.Value, 0, 1));
            // All users have the same truth and the same estimates here: pairs and items err alike.
            Assert.Equal(estimates.Zip(truth).Average(pair => Math.Abs(pair.First!.Value - pair.Second!.Value)), insight.Snapshots[index].Error!.Items!.Value, 1e-5);
            Assert.Equal(Math.Sqrt(estimates.Zip(truth).Average(pair => Math.Pow(pair.First!.Value - pair.Second!.Value, 2))), insight.Snapshots[index].Error!.Pairs!.Value, 1e-5);
        }
        // The truth drifts from the sixth call on and is kept only where it changed.
        Assert.Null(insight.Snapshots[1].Truth);
        Assert.NotNull(insight.Snapshots[^1].Truth);
        Assert.NotEqual(insight.TruthOf(0), insight.TruthOf(11));
    }

    [Fact]
    public void SegmentsAddUpToTheRun()
    {
        var insight = Watch(SmallRuns.Plan("linucb", "context", users: 100), every: 1, out var totals);
        Assert.Equal("best slate", insight.Groupings[^1].Name);
        Assert.Equal(5, insight.Groupings.Count); // four features and the best slate
        foreach (var grouping in insight.Groupings)
        {
            Assert.Equal(100, grouping.Segments.Sum(segment => segment.Users));
            Assert.Equal(totals.Users, grouping.Segments.Sum(segment => segment.Slates));
            Assert.Equal(totals.Responses, grouping.Segments.Sum(segment => segment.Responses));
            Assert.Equal(insight.Final!.Expected, grouping.Segments.Sum(segment => segment.Users * segment.Expected!.Value) / 100, 1e-9);
            Assert.Equal(insight.Final.Oracle, grouping.Segments.Sum(segment => segment.Users * segment.Oracle!.Value) / 100, 1e-9);
        }
        var best = insight.Groupings[^1].Segments.Select(segment => segment.Oracle!.Value).ToList();
        Assert.Equal(best.Order(), best);
        Assert.Equal(["bias", "user_feature_0", "user_feature_1", "user_feature_2", "user_feature_3"], insight.Weights!.Features);
        Assert.Equal(12, insight.Weights.Values.Count);
    }

    [Fact]
    public void SessionsAreCountedByLengthAndReason()
    {
        var insight = Watch(SmallRuns.Plan("thompson", "sessions", iterations: 30), every: 10, out var totals);
        Assert.True(totals.Sessions > 0);
        Assert.Equal(totals.Sessions, insight.Sessions!.Lengths.Sum());
        Assert.Equal(totals.Sessions, insight.Snapshots.Sum(snapshot => snapshot.SessionsEnded));
        Assert.Equal(
            insight.Sessions.Lengths.Select((count, rounds) => count * rounds).Sum(),
            insight.Snapshots.Sum(snapshot => (snapshot.SessionRounds ?? 0) * snapshot.SessionsEnded), 1e-3);
        Assert.True(insight.Sessions.Reasons.Values.Sum() >= totals.Sessions);
        Assert.All(insight.Snapshots, snapshot => Assert.True(snapshot.UserFigures["satiation"] > 0));
    }

    [Theory]
    [InlineData("thompson", "sessions")]
    [InlineData("linucb", "context")]
    [InlineData("pmf", "personal")]
    public void ARunThatWasInterruptedLeavesTheSameInsightAsOneThatWasNot(string agent, string environment)
    {
        var plan = SmallRuns.Plan(agent, environment, iterations: 20);
        var whole = InsightFile.ToText(Watch(plan, every: 3, out _));
        using var folder = new TemporaryFolder();
        using (var pair = SmallRuns.Pair(plan))
        using (var collector = new InsightCollector(pair, 3))
        using (var stop = new CancellationTokenSource())
            Assert.False(Loop(pair, collector, folder.Path, new StopAt(10, stop)).Run(stop.Token));

        using var second = SmallRuns.Pair(plan);
        using var resumed = new InsightCollector(second);
        var checkpoint = CheckpointStore.Locate(folder.Path);
        var manifest = CheckpointStore.ReadManifest(checkpoint);
        CheckpointStore.Restore(checkpoint, manifest, second);
        var text = CheckpointStore.ReadCompanion(checkpoint, manifest, InsightFile.Name)!;
        Assert.Equal(1, InsightFile.FromText(text, "text").Pending!.Rounds);
        resumed.GoOnFrom(InsightFile.FromText(text, "text"), keepWindow: true);
        Assert.True(Loop(second, resumed, null).Run(CancellationToken.None));
        Assert.Equal(whole, InsightFile.ToText(resumed.Conclude()));
    }

    [Fact]
    public void BeingWatchedChangesNothing()
    {
        var plan = SmallRuns.Plan("ddpg", "sessions", iterations: 8);
        Watch(plan, every: 1, out var watched);
        using var pair = SmallRuns.Pair(plan);
        var loop = new TrainingLoop(pair, new NoRecorder());
        loop.Run(CancellationToken.None);
        Assert.Equal(loop.Totals with { Seconds = 0 }, watched with { Seconds = 0 });
    }

    [Fact]
    public void OfManyItemsTheBestAndASpreadOfTheOthersAreFollowed()
    {
        // Best first 9, 8, …, 0: two of the four places go to 9 and 8; of the eight others the first and the fifth follow, 7 and 3.
        Assert.Equal([3, 7, 8, 9], TrackedItems.Choose([.. Enumerable.Range(0, 10).Select(item => (double)item)], 4));
        Assert.Equal([0, 1, 2], TrackedItems.Choose([.1, .3, .2], 3));
    }

    [Fact]
    public void FeaturesOfOneKindMakeALabel()
    {
        using var features = TorchSharp.torch.tensor(new float[] { 1, 0, 5, 0, 1, 7 }, [2, 3]);
        using var population = new Population([1], [10, 11], itemFeatures: features.clone()) { ItemFeatureNames = ["topic:jazz", "topic:rock", "quality"] };
        var label = Assert.Single(TrackedItems.LabelsOf(population));
        Assert.Equal("topic", label.Name);
        Assert.Equal(["jazz", "rock"], label.Values);
    }

    private static RunInsight Watch(RunPlan plan, int every, out TrainingTotals totals)
    {
        using var pair = SmallRuns.Pair(plan);
        using var collector = new InsightCollector(pair, every);
        var loop = Loop(pair, collector, null);
        Assert.True(loop.Run(CancellationToken.None));
        totals = loop.Totals;
        return collector.Conclude();
    }

    private static TrainingLoop Loop(RunPair pair, InsightCollector collector, string? folder, params IRunRecorder[] others) => new(pair, new RecorderGroup([collector, .. others]), folder)
    {
        Responded = collector.Responded,
        Companions = () => new Dictionary<string, string> { [InsightFile.Name] = InsightFile.ToText(collector.Read()) },
    };

    private sealed class StopAt(long last, CancellationTokenSource stop) : IRunRecorder
    {
        public void Completed(IterationRecord iteration)
        {
            if (iteration.Iteration == last)
                stop.Cancel();
        }

        public void Evaluated(EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
