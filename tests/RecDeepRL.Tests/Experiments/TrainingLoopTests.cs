using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using TorchSharp;

namespace RecDeepRL.Tests.Experiments;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RoundsWithoutUsersPass()
    {
        // One user who takes part with probability .01: most of the 40 rounds have nobody, and (.99)⁴⁰ = .67 of such runs have none at all.
        var plan = SmallRuns.Plan("random", "popular", iterations: 40, users: 1);
        var options = new Dictionary<string, string>(plan.EnvironmentOptions) { ["sampling"] = "0.01" };
        using var pair = SmallRuns.Pair(plan with { EnvironmentOptions = options });
        var recorder = new Recording();
        var loop = new TrainingLoop(pair, recorder);

        Assert.True(loop.Run(CancellationToken.None));

        Assert.Equal(40, recorder.Iterations.Count);
        Assert.Contains(recorder.Iterations, one => one.Users == 0 && double.IsNaN(one.MeanResponses));
        Assert.Equal(recorder.Iterations.Sum(one => one.Users), loop.Totals.Users);
    }

    [Fact]
    public void TotalsAreTheSumsOfTheRounds()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular", users: 500));
        var recorder = new Recording();
        var loop = new TrainingLoop(pair, recorder);

        loop.Run(CancellationToken.None);

        Assert.Equal(recorder.Iterations.Sum(one => one.Users * one.MeanResponses), loop.Totals.Responses, 6);
        Assert.Equal(recorder.Iterations.Sum(one => one.Users * (one.MeanOracle - one.MeanExpected)), loop.Totals.Regret, 6);
        Assert.Equal(loop.Totals.Responses / loop.Totals.Users, loop.Totals.MeanResponses, 12);
    }

    [Fact]
    public void ACancelledRunLeavesACheckpointOfItsLastRound()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular", iterations: 50));
        using var stop = new CancellationTokenSource();
        var recorder = new Recording { After = iteration => { if (iteration.Iteration == 4) stop.Cancel(); } };

        Assert.False(new TrainingLoop(pair, recorder, _folder.Path).Run(stop.Token));

        Assert.Equal(4, CheckpointStore.ReadManifest(CheckpointStore.Locate(_folder.Path)).Iteration);
    }

    [Fact]
    public void EvaluationsComeAsOftenAsAskedAndTheLastIsLeftToTheCaller()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular", iterations: 6));
        var recorder = new Recording();

        new TrainingLoop(pair, recorder) { EvaluateEvery = 2 }.Run(CancellationToken.None);

        Assert.Equal([2L, 4L], recorder.Evaluations.Select(one => one.Iteration));
    }

    [Fact]
    public void EvaluatingOnTheWayDoesNotChangeTheRun()
    {
        var plan = SmallRuns.Plan("random", "drift");
        using var plain = SmallRuns.Pair(plan);
        using var watched = SmallRuns.Pair(plan);
        var first = new TrainingLoop(plain, new NoRecorder());
        var second = new TrainingLoop(watched, new NoRecorder()) { EvaluateEvery = 1 };

        first.Run(CancellationToken.None);
        second.Run(CancellationToken.None);

        Assert.Equal(first.Totals with { Seconds = 0 }, second.Totals with { Seconds = 0 });
    }

    [Fact]
    public void NoTensorIsLeftBehindByARound()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular", iterations: 60));
        var alive = new Dictionary<long, long>();
        var recorder = new Recording { After = one => alive[one.Iteration] = DisposeScopeManager.Statistics.ThreadTotalLiveCount };

        new TrainingLoop(pair, recorder) { EvaluateEvery = 3 }.Run(CancellationToken.None);

        Assert.Equal(alive[10], alive[60]);
    }

    [Fact]
    public void RowsBeyondTheCheckpointAreDroppedWhenARunGoesOn()
    {
        File.WriteAllText(_folder.PathOf("metrics.csv"), "old header\n1,a\n2,b\n3,c\nbroken");
        using (new MetricsFiles(_folder.Path, iteration: 2))
        {
        }

        Assert.Equal(["1,a", "2,b"], File.ReadLines(_folder.PathOf("metrics.csv")).Skip(1));
    }

    [Fact]
    public void ARowThatAFullDiskCutIsNotTakenForAnother()
    {
        // 12 without its end is 1, which is before the checkpoint.
        File.WriteAllText(_folder.PathOf("metrics.csv"), "old header\n10,a\n11,b\n1");
        using (new MetricsFiles(_folder.Path, iteration: 11))
        {
        }

        Assert.Equal(["10,a", "11,b"], File.ReadLines(_folder.PathOf("metrics.csv")).Skip(1));
    }

    [Fact]
    public void AFinishedRunThatIsResumedHasItsLastEvaluationOnce()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("ucb", "popular", iterations: 2));
        new TrainingLoop(pair, new Recording()).Run(CancellationToken.None);
        var evaluation = Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, 1);
        for (var resumed = 0; resumed < 3; resumed++)
        {
            using var files = new MetricsFiles(_folder.Path, iteration: 2);
            files.Evaluated(evaluation);
        }

        Assert.Equal(2, File.ReadLines(_folder.PathOf("evaluations.csv")).Count());
    }

    private sealed class Recording : IRunRecorder
    {
        public List<IterationRecord> Iterations { get; } = [];

        public List<EvaluationResult> Evaluations { get; } = [];

        public Action<IterationRecord>? After { get; init; }

        public void Completed(IterationRecord iteration)
        {
            Iterations.Add(iteration);
            After?.Invoke(iteration);
        }

        public void Evaluated(EvaluationResult evaluation) => Evaluations.Add(evaluation);

        public void CheckpointWritten(string folder) => Assert.True(Directory.Exists(folder));
    }
}
