using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(WaitingAgent))]
public sealed class LostWorkerTests
{
    [Fact]
    public async Task TheRunsOfALostWorkerBeginAgainElsewhere()
    {
        var workers = new TwoWorkers();
        await workers.InitializeAsync();
        try
        {
            using var cluster = await workers.ConnectAsync();
            WaitingAgent.Gate.Reset();
            var before = WaitingAgent.Begun;
            var faults = new List<Exception>();
            var running = Task.Run(() => new ComparisonRunner(WaitingAgent.Catalog, cluster) { Failed = (_, fault) => faults.Add(fault) }
                .Run(ClusterCellsTests.Plan(["waiting"], ["popular"]), CancellationToken.None));
            // Each worker has a place for one of the two runs.
            await ClusterCellsTests.UntilAsync(() => WaitingAgent.Begun == before + 2);

            await workers.Cluster.KillSiloAsync(workers.Cluster.Silos[1]);
            WaitingAgent.Gate.Set();
            var rows = await running;

            Assert.Empty(faults);
            Assert.Equal([1L, 2], rows.Select(row => row.Seed));
            Assert.Equal(before + 3, WaitingAgent.Begun);
        }
        finally
        {
            WaitingAgent.Gate.Set();
            await workers.DisposeAsync();
        }
    }
}
