using System.CommandLine;
using System.Runtime.CompilerServices;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using Serilog;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary>Where a command has its runs carried out: in this process, or by the workers of a cluster.</summary>
/// <param name="Device">What results call the device.</param>
/// <param name="Jobs">The most runs side by side.</param>
/// <param name="Cluster">Name of the cluster; none for this process.</param>
/// <param name="Open">Makes the pool that carries the runs out, and tells the log who they are. The caller disposes.</param>
internal sealed record RunPlaces(string Device, int Jobs, string? Cluster, Func<ILogger, CancellationToken, ICellPool> Open)
{
    /// <summary>The most runs that a client waits for at once, unless its user says otherwise: each takes a thread of it.</summary>
    private const int DefaultClusterJobs = 256;

    public static Option<string?> ClusterOption() => new("--cluster")
    {
        Description = "Have the runs carried out by the workers of the cluster that a file describes, such as configs/cluster.json ('worker' starts one). Default: in this process.",
        HelpName = "FILE",
    };

    public static NumberOption<int?> JobsOption() => new("--jobs", least: 1, most: CommonOptions.MostThreads)
    {
        Description = $"Runs side by side, one thread each. Default: one per core on the CPU, one on CUDA; with --cluster, as many as its workers take, up to {DefaultClusterJobs}.",
        HelpName = "N",
    };

    /// <param name="cluster">Path of the file that describes a cluster; none for this process.</param>
    /// <param name="device">As the user wrote it.</param>
    /// <exception cref="UserMistakeException">The file is wrong, or there is no such device.</exception>
    public static RunPlaces From(string? cluster, string device, int? jobs) => cluster is null ? Here(Devices.Choose(device), jobs) : There(cluster, device, jobs);

    public static RunPlaces Here(torch.Device device, int? jobs)
    {
        var sideBySide = jobs ?? (device.type == DeviceType.CPU ? Environment.ProcessorCount : 1);
        return new RunPlaces(Devices.Describe(device), sideBySide, null, (_, _) =>
        {
            // Several runs side by side, each with libtorch's threads on every core, would wait for each other at barriers most of the time.
            if (sideBySide > 1)
                torch.set_num_threads(1);
            return new LocalCells(CommonOptions.Catalog, device, sideBySide);
        });
    }

    /// <remarks>Apart from the rest, so that nothing of the cluster's room is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RunPlaces There(string path, string device, int? jobs)
    {
        var settings = ClusterFile.Read(path);
        var most = jobs ?? DefaultClusterJobs;
        return new RunPlaces(ClusterCells.DeviceName(device), most, settings.ClusterId, (log, cancellation) => ClusterCells.Connect(settings, CommonOptions.Catalog, device, most, log, cancellation));
    }
}
