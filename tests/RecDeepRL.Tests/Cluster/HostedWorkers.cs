using System.Net;
using System.Net.Sockets;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Tests.Experiments;
using Serilog;
using Serilog.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Workers as the program starts them, in this process and on free ports of loopback.</summary>
internal sealed class HostedWorkers : IAsyncDisposable
{
    private readonly List<WorkerHost> _all = [];

    private HostedWorkers(ClusterSettings settings) => Settings = settings;

    public ClusterSettings Settings { get; }

    public WorkerHost First => _all[0];

    public static async Task<HostedWorkers> StartAsync(ClusterSettings? settings = null, ILogger? log = null, int? dashboard = null)
    {
        var ports = FreePorts(4);
        var workers = new HostedWorkers((settings ?? new()) with { ClusterId = "hosted", SiloPort = ports, GatewayPort = ports + 2, WorkersPerMachine = 2, Cells = 1, FailureSeconds = 4 });
        await workers.AddAsync(log: log, dashboard: dashboard);
        return workers;
    }

    public async Task AddAsync(ClusterSettings? settings = null, ILogger? log = null, int? dashboard = null) =>
        _all.Add(await WorkerHost.StartAsync(settings ?? Settings, SmallRuns.WithStubs, CPU, log ?? Logger.None, dashboard));

    /// <summary>Carries two runs out, as a client of the cluster.</summary>
    /// <returns>How many finished.</returns>
    public Task<int> CompareAsync(ClusterSettings? settings = null) => Task.Run(() =>
    {
        using var cluster = ClusterCells.Connect(settings ?? Settings, SmallRuns.WithStubs, "cpu", 2, Logger.None, CancellationToken.None);
        var plan = new ComparisonPlan { Pairs = [SmallRuns.Plan("fixed", "popular")], Seeds = [1, 2] }.Resolve(SmallRuns.WithStubs);
        return new ComparisonRunner(SmallRuns.WithStubs, cluster) { Failed = (_, fault) => throw fault }.Run(plan, CancellationToken.None).Count;
    });

    public async ValueTask DisposeAsync()
    {
        for (var index = _all.Count - 1; index >= 0; index--)
            await _all[index].DisposeAsync();
    }

    /// <summary>The first of some ports in a row that are free here, below those that the system hands out.</summary>
    public static int FreePorts(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(20000, 31000);
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }
        throw new InvalidOperationException($"No {count} free ports in a row.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
