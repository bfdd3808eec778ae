using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans.TestingHost;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Tests.Experiments;
using Serilog;
using Serilog.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Two workers in this process, each with a place for one run unless more are asked for.</summary>
public sealed class TwoWorkers : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    internal static readonly ClusterSettings Settings = new() { Cells = 1, FailureSeconds = 4, CheckpointSeconds = 0 };

    /// <summary>Places of each.</summary>
    internal int Places { get; init; } = 1;

    /// <summary>The largest message.</summary>
    internal int MessageMegabytes { get; init; } = Settings.MessageMegabytes;

    /// <summary>Settings as these have them.</summary>
    internal ClusterSettings Own => Settings with { Cells = Places, MessageMegabytes = MessageMegabytes };

    public InProcessTestCluster Cluster => _cluster ??= Build(Own);

    public async Task InitializeAsync() => await Cluster.DeployAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    internal Task<ClusterCells> ConnectAsync(Catalog? catalog = null, string device = "cpu", ILogger? log = null) =>
        ClusterCells.OfAsync(Cluster.Client, Settings, catalog ?? WaitingAgent.Catalog, device, 16, log ?? Logger.None);

    private static InProcessTestCluster Build(ClusterSettings settings)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => silo.AddCells(settings, WaitingAgent.Catalog, CPU, Logger.None));
        builder.ConfigureClient(client => ClusterConnection.Configure(client, settings));
        return builder.Build();
    }
}

[Collection(nameof(WaitingAgent))]
public sealed class ClusterCellsTests(TwoWorkers workers) : IClassFixture<TwoWorkers>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheFolderIsThatOfALocalRun()
    {
        var plan = Plan(["thompson", "fixed"], ["popular", "drift"]);
        using (var local = new LocalCells(WaitingAgent.Catalog, CPU, 2))
            Compare(local, plan, "near");
        using (var cluster = await workers.ConnectAsync())
        {
            // Half of it first, as a comparison that was stopped and goes on.
            Compare(cluster, plan with { Seeds = [1] }, "far");
            Compare(cluster, plan, "far");
        }

        var (near, far) = (Files("near"), Files("far"));
        Assert.Equal(8 + 4 + 3, near.Count); // Cells, insights of the first seed; statistics, the plan and the lock.
        Assert.Equal(near.Keys, far.Keys);
        Assert.All(near, file => Assert.Equal(file.Value, far[file.Key]));
    }

    [Fact]
    public async Task AFaultInACellIsReportedWithItsPlaceAndTheOthersGoOn()
    {
        var faults = new List<(string Agent, Exception Fault)>();
        using var cluster = await workers.ConnectAsync();

        var rows = new ComparisonRunner(WaitingAgent.Catalog, cluster) { Failed = (cell, fault) => faults.Add((cell.Agent, fault)) }
            .Run(Plan(["failing", "fixed"], ["popular"]), CancellationToken.None);

        Assert.Equal(["fixed", "fixed"], rows.Select(row => row.Agent));
        Assert.Equal(["failing", "failing"], faults.Select(fault => fault.Agent));
        Assert.All(faults, fault => Assert.Equal("this agent cannot learn", fault.Fault.Message));
        Assert.All(faults, fault => Assert.Contains("FixedAgent.Learn", fault.Fault.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task AMistakeEndsTheComparisonAndSaysWhoseFolderIsMeant()
    {
        using var cluster = await workers.ConnectAsync();
        var pair = SmallRuns.Plan("fixed", "popular") with { DataFolder = "/absent", EnvironmentOptions = new Dictionary<string, string>() };

        var mistake = Assert.Throws<UserMistakeException>(() => new ComparisonRunner(WaitingAgent.Catalog, cluster)
            .Run(new ComparisonPlan { Pairs = [pair], Seeds = [1] }, CancellationToken.None));

        Assert.Contains("/absent", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("whose folders are those of its machine", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkersOfAnotherBuildOrDeviceAreNamedAndNotUsed()
    {
        // The stubs are of another assembly than the registered agents, so without them the build is another.
        var build = await Assert.ThrowsAsync<UserMistakeException>(() => workers.ConnectAsync(SmallRuns.Registered));
        Assert.Contains("None of the 2 workers", build.Message, StringComparison.Ordinal);
        Assert.Contains($"is build {ClusterBuild.Of(WaitingAgent.Catalog)} on cpu", build.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterBuild.Of(SmallRuns.Registered), build.Message, StringComparison.Ordinal);

        var device = await Assert.ThrowsAsync<UserMistakeException>(() => workers.ConnectAsync(device: "cuda"));
        Assert.Contains("on cuda", device.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoClientsShareTheWorkers()
    {
        using var first = await workers.ConnectAsync();
        using var second = await workers.ConnectAsync();

        var rows = await Task.WhenAll(new[] { first, second }.Select(cluster => Task.Run(
            () => new ComparisonRunner(WaitingAgent.Catalog, cluster).Run(Plan(["fixed", "random"], ["popular"]) with { Seeds = [1, 2, 3] }, CancellationToken.None))));

        Assert.All(rows, one => Assert.Equal(6, one.Count));
    }

    [Fact]
    public async Task ACancelledComparisonGivesItsPlacesBack()
    {
        using var cluster = await workers.ConnectAsync();
        using var stop = new CancellationTokenSource();
        WaitingAgent.Gate.Reset();
        var before = WaitingAgent.Begun;
        var waiting = Task.Run(() => new ComparisonRunner(WaitingAgent.Catalog, cluster).Run(Plan(["waiting"], ["popular"]), stop.Token));
        await UntilAsync(() => WaitingAgent.Begun == before + 2);

        await stop.CancelAsync();
        Assert.Empty(await waiting);
        WaitingAgent.Gate.Set();

        // Both places are free again, though nobody waited for the runs to end.
        Assert.Equal(2, new ComparisonRunner(WaitingAgent.Catalog, cluster).Run(Plan(["fixed"], ["popular"]), CancellationToken.None).Count);
    }

    internal static ComparisonPlan Plan(string[] agents, string[] environments) => new ComparisonPlan
    {
        Pairs = [.. from environment in environments from agent in agents select SmallRuns.Plan(agent, environment)],
        Seeds = [1, 2],
    }.Resolve(WaitingAgent.Catalog);

    internal static async Task UntilAsync(Func<bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "it did not happen within a minute");
            await Task.Delay(20);
        }
    }

    private void Compare(ICellPool pool, ComparisonPlan plan, string name)
    {
        using var folder = ComparisonFolder.Open(_folder.PathOf(name), plan, "cpu", "compare");
        new ComparisonRunner(WaitingAgent.Catalog, pool)
        {
            IsFinished = folder.Has,
            Finished = folder.Save,
            LookedInto = folder.SaveInsight,
            LooksInto = cell => cell.Seed == 1,
            Failed = (_, fault) => throw fault,
        }.Run(plan, CancellationToken.None);
        File.WriteAllText(folder.PathOf("statistics.json"), RecDeepRL.Experiments.Statistics.ComparisonStatistics.Of(folder.Results).ToJson());
    }

    /// <summary>The texts of all files by name, times taken out.</summary>
    private SortedDictionary<string, string> Files(string name)
    {
        var root = _folder.PathOf(name);
        return new(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path), path =>
        {
            var text = File.ReadAllText(path);
            if (Path.GetFileName(Path.GetDirectoryName(path)) != "cells")
                return text;
            var cell = JsonNode.Parse(text)!;
            cell["wallSeconds"] = 0;
            cell["row"]!["seconds"] = 0;
            cell["rounds"]!["seconds"] = new JsonArray();
            return cell.ToJsonString();
        }), StringComparer.Ordinal);
    }
}
