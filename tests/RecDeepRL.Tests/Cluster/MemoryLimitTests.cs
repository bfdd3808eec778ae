using System.Threading.Channels;
using Orleans.TestingHost;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Cells;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Tests.Experiments;
using Serilog.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(HostedWorkers))]
public sealed class MemoryLimitTests
{
    [Fact]
    public async Task AboveTheLimitAWorkerIsBusyAndBelowItTakesRunsAgain()
    {
        var log = new Lines();
        long present = 3_000_000_000;
        using var slots = new CellSlots(new LocalCells(SmallRuns.WithStubs, CPU, 1), new MemoryLimit(2_000_000_000, () => present, log.Logger));
        var worker = new CellWorker("here", slots, new WorkerOffer("", "build", "cpu", 1), 1_000_000, log.Logger);

        Assert.Equal([CellNews.Busy], await AskAsync(worker));
        Assert.Equal([CellNews.Busy], await AskAsync(worker));
        present = 2_000_000_000;
        Assert.Equal([CellNews.Begun, CellNews.Progress, CellNews.Finished], await AskAsync(worker));

        // Said once each time, not at every question.
        Assert.Single(log.All, line => line.StartsWith("Memory is 3000 megabytes, above the limit of 2000", StringComparison.Ordinal));
        Assert.Single(log.All, line => line.StartsWith("memory is 2000 megabytes again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunsGoToTheWorkerThatHasMemory()
    {
        var log = new Lines();
        var count = 0;
        var settings = new ClusterSettings { Cells = 1, FailureSeconds = 4 };
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        // This process has more than a hundred megabytes, so one of the two is above its limit.
        builder.ConfigureSilo((_, silo) => silo.AddCells(Interlocked.Increment(ref count) == 1 ? settings with { MemoryMegabytes = 100 } : settings, SmallRuns.WithStubs, CPU, log.Logger));
        builder.ConfigureClient(client => ClusterConnection.Configure(client, settings));
        await using var two = builder.Build();
        await two.DeployAsync();
        using var cluster = await ClusterCells.OfAsync(two.Client, settings, SmallRuns.WithStubs, "cpu", 4, Logger.None);

        var plan = new ComparisonPlan { Pairs = [SmallRuns.Plan("fixed", "popular")], Seeds = [1, 2, 3, 4] }.Resolve(SmallRuns.WithStubs);
        var rows = await Task.Run(() => new ComparisonRunner(SmallRuns.WithStubs, cluster) { Failed = (_, fault) => throw fault }.Run(plan, CancellationToken.None));

        Assert.Equal(4, rows.Count);
        Assert.Contains(log.All, line => line.Contains("above the limit of 100", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALimitThatTheWorkerIsAboveBeforeItsFirstRunIsRefused()
    {
        var mistake = await Assert.ThrowsAsync<UserMistakeException>(() => HostedWorkers.StartAsync(new ClusterSettings { MemoryMegabytes = 100 }));

        Assert.StartsWith("memoryMegabytes was 100, but the worker has ", mistake.Message, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<CellNews>> AskAsync(CellWorker worker)
    {
        var channel = Channel.CreateUnbounded<string>();
        worker.Begin(new CellRequest("build", "cpu", SmallRuns.Plan("fixed", "popular").Resolve(SmallRuns.WithStubs), LooksInto: false).ToText(), channel.Writer, CancellationToken.None);
        var news = new List<CellNews>();
        await foreach (var text in channel.Reader.ReadAllAsync())
            news.Add(CellReport.Read(text).News);
        return news;
    }
}
