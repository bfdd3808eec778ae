using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using Serilog;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Has cells carried out by the workers of a cluster.</summary>
public sealed class ClusterCells : ICellPool
{
    private readonly ClusterConnection _connection;

    private ClusterCells(ClusterConnection connection, int most) => (_connection, Width) = (connection, most);

    /// <summary>The most cells that this client has carried out at once; it waits for the rest. Workers may be fewer, and come and go.</summary>
    public int Width { get; }

    /// <summary>What results call a device that was asked for: its kind, the first of it.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="UserMistakeException">Another text.</exception>
    public static string DeviceName(string device) => device is "cpu" or "cuda"
        ? SiloSetup.NameOf(device)
        : throw new UserMistakeException($"--device was {Core.Options.OptionText.Received(device)}, must be cpu or cuda with --cluster: which one of them it is, each worker's own --device says.");

    /// <inheritdoc cref="ClusterConnection.ConnectAsync"/>
    /// <param name="most">See <see cref="Width"/>.</param>
    public static ClusterCells Connect(ClusterSettings settings, Catalog catalog, string device, int most, ILogger log, CancellationToken cancellation) =>
        new(ClusterConnection.ConnectAsync(settings, catalog, device, log, cancellation).GetAwaiter().GetResult(), most);

    /// <summary>With a client that is connected already.</summary>
    internal static async Task<ClusterCells> OfAsync(IClusterClient client, ClusterSettings settings, Catalog catalog, string device, int most, ILogger log) =>
        new(await ClusterConnection.OfAsync(client, settings, catalog, device, log).ConfigureAwait(false), most);

    public ICellPlace Open() =>
        new ClusterPlace(_connection.Client, _connection.Census, _connection.Gate, _connection.Settings, _connection.Build, _connection.Device, _connection.Log);

    public void Dispose() => _connection.Dispose();
}
