using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using RecDeepRL.Tests.Experiments;
using Serilog.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>A divided run on workers in this process, by way of Orleans.</summary>
[Collection(nameof(WaitingAgent))]
public sealed class ShardedRunTests : IDisposable
{
    private static readonly RunPlan s_plan = SmallRuns.Plan("dqn", "context", iterations: 8, users: 90);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ALostWorkersShardsComeBackElsewhereAndTheRunIsThatOfOnePlace()
    {
        var workers = new TwoWorkers { Places = 2 };
        await workers.InitializeAsync();
        try
        {
            using var local = SmallRuns.Pair(s_plan);
            new TrainingLoop(local, new NoRecorder()).Run(CancellationToken.None);
            using var run = Create(2, Merging.Transitions);
            using var rounds = await PlaceAsync(run, workers);
            CheckpointStore.Write(_folder.Path, run.Pair, TrainingTotals.None);
            var stopped = new Stop(5);
            Assert.Throws<Stopped>(() => new TrainingLoop(run.Pair, stopped, _folder.Path) { Rounds = rounds, CheckpointEvery = 3 }.Run(CancellationToken.None));
            // Shards are spread: each worker holds one.
            await workers.Cluster.KillSiloAsync(workers.Cluster.Silos[1]);

            await Assert.ThrowsAsync<RoundsLostException>(() => Task.Run(() => new TrainingLoop(run.Pair, new NoRecorder(), _folder.Path) { Rounds = rounds }.Run(CancellationToken.None)));
            await Task.Run(() => rounds.Recover(CancellationToken.None));
            var checkpoint = CheckpointStore.Locate(_folder.Path);
            Assert.EndsWith("checkpoint-000003", checkpoint, StringComparison.Ordinal);
            CheckpointStore.Restore(checkpoint, CheckpointStore.ReadManifest(checkpoint), run.Pair);
            Assert.True(new TrainingLoop(run.Pair, new NoRecorder(), _folder.Path) { Rounds = rounds }.Run(CancellationToken.None));

            MemoryCheckpoint.AssertSame(local, run.Pair);
        }
        finally
        {
            await workers.DisposeAsync();
        }
    }

    [Fact]
    public async Task TooFewPlacesAreSaidAndPlacesAreFreeAgainAfterARun()
    {
        var workers = new TwoWorkers { Places = 1 };
        await workers.InitializeAsync();
        try
        {
            using (var three = Create(3, Merging.Transitions))
            {
                var fault = await Assert.ThrowsAsync<UserMistakeException>(() => PlaceAsync(three, workers));
                Assert.Contains("finds no place: the 2 workers", fault.Message, StringComparison.Ordinal);
            }
            for (var again = 0; again < 2; again++)
            {
                using var two = Create(2, Merging.Transitions);
                using var rounds = await PlaceAsync(two, workers);
                Assert.True(rounds.Play(1).Users > 0);
            }
        }
        finally
        {
            await workers.DisposeAsync();
        }
    }

    [Fact]
    public async Task WhatIsLargerThanAMessageTravelsInPieces()
    {
        // A message has 1 MB at most here, the state of 20,000 users a multiple of that.
        var workers = new TwoWorkers { Places = 1, MessageMegabytes = 1 };
        await workers.InitializeAsync();
        try
        {
            var plan = s_plan with { Agent = "thompson", EnvironmentOptions = new Dictionary<string, string> { ["users"] = "20000" } };
            using var local = SmallRuns.Pair(plan);
            new TrainingLoop(local, new NoRecorder()).Run(CancellationToken.None);
            using var run = Create(2, null, plan);
            using var rounds = await PlaceAsync(run, workers);
            // Out and in.
            CheckpointStore.Write(_folder.Path, run.Pair, TrainingTotals.None);
            Assert.True(new FileInfo(Path.Combine(CheckpointStore.Locate(_folder.Path), "environment.safetensors")).Length > 2_000_000);
            CheckpointStore.Restore(CheckpointStore.Locate(_folder.Path), CheckpointStore.ReadManifest(CheckpointStore.Locate(_folder.Path)), run.Pair);

            Assert.True(new TrainingLoop(run.Pair, new NoRecorder()) { Rounds = rounds }.Run(CancellationToken.None));

            MemoryCheckpoint.AssertSame(local, run.Pair);
        }
        finally
        {
            await workers.DisposeAsync();
        }
    }

    [Fact]
    public async Task ALogThatCannotBeBegunEndsTheRunAndItsPlacesAreFree()
    {
        var workers = new TwoWorkers { Places = 1 };
        await workers.InitializeAsync();
        try
        {
            using var run = Create(2, Merging.Transitions, log: _folder.PathOf("file"));
            File.WriteAllText(_folder.PathOf("file"), "no folder");
            var mistake = await Assert.ThrowsAsync<UserMistakeException>(() => PlaceAsync(run, workers));
            Assert.Contains("is there and not empty", mistake.Message, StringComparison.Ordinal);
            // The places are free for others.
            using var another = Create(2, Merging.Transitions);
            using var rounds = await PlaceAsync(another, workers);
        }
        finally
        {
            await workers.DisposeAsync();
        }
    }

    private static ShardedRun Create(int shards, Merging? merging, RunPlan? plan = null, string? log = null) =>
        ShardedRun.Create(TwoWorkers.Settings, WaitingAgent.Catalog, plan ?? s_plan, CPU, new ShardSettings(shards, "cpu", merging, 0, log));

    private static async Task<IRecoverableRounds> PlaceAsync(ShardedRun run, TwoWorkers workers)
    {
        var connection = await ClusterConnection.OfAsync(workers.Cluster.Client, workers.Own, WaitingAgent.Catalog, "cpu", Logger.None);
        return await Task.Run(() => run.Place(connection, CancellationToken.None));
    }

    private sealed class Stopped : Exception;

    private sealed class Stop(long after) : IRunRecorder
    {
        public void Completed(IterationRecord iteration)
        {
            if (iteration.Iteration == after)
                throw new Stopped();
        }

        public void Evaluated(EvaluationResult evaluation) { }

        public void CheckpointWritten(string folder) { }
    }
}
