using System.Collections.Concurrent;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(WaitingAgent))]
public sealed class LostWorkerTests
{
    [Theory]
    [InlineData(0)] // Nothing was kept yet.
    [InlineData(3)]
    public async Task TheRunsOfALostWorkerGoOnElsewhere(int freeRounds)
    {
        var progress = new ConcurrentQueue<(long Seed, long Iteration)>();
        WaitingAgent.FreeRounds = freeRounds;
        var workers = new TwoWorkers();
        await workers.InitializeAsync();
        try
        {
            var log = new Lines();
            using var cluster = await workers.ConnectAsync(log: log.Logger);
            WaitingAgent.Gate.Reset();
            var before = WaitingAgent.Begun;
            var faults = new List<Exception>();
            var running = Task.Run(() => new ComparisonRunner(WaitingAgent.Catalog, cluster) { Failed = (_, fault) => faults.Add(fault), Progressed = (plan, iteration, _) => progress.Enqueue((plan.Seed, iteration)) }
                .Run(ClusterCellsTests.Plan(["waiting"], ["popular"]), CancellationToken.None));
            // Each worker has a place for one of the two runs.
            await ClusterCellsTests.UntilAsync(() => WaitingAgent.Begun == before + 2);

            await ClusterCellsTests.UntilAsync(() => progress.Count(one => one.Iteration == 0) == 2);
            if (freeRounds > 0)
                await ClusterCellsTests.UntilAsync(() => log.All.Count(line => line.EndsWith($"the checkpoint after {freeRounds} rounds is here", StringComparison.Ordinal)) == 2);
            var begun = progress.ToList();
            await workers.Cluster.KillSiloAsync(workers.Cluster.Silos[1]);
            WaitingAgent.Gate.Set();
            var rows = await running;

            Assert.Empty(faults);
            Assert.Equal([1L, 2], rows.Select(row => row.Seed));
            // Whoever begins again comes to where it waits once more; of who goes on from there too few rounds are left.
            Assert.Equal(before + (freeRounds == 0 ? 3 : 2), WaitingAgent.Begun);
            // The one that was lost is told of again, from where it was kept.
            Assert.Contains(progress.Skip(begun.Count), one => one.Iteration == freeRounds);
        }
        finally
        {
            WaitingAgent.FreeRounds = 0;
            WaitingAgent.Gate.Set();
            await workers.DisposeAsync();
        }
    }
}
