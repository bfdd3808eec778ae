using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using Serilog;
using Serilog.Extensions.Logging;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Has cells carried out by the workers of a cluster.</summary>
public sealed class ClusterCells : ICellPool
{
    private static readonly TimeSpan s_greeting = TimeSpan.FromSeconds(5);

    private readonly IHost? _host;
    private readonly IClusterClient _client;
    private readonly ClusterSettings _settings;
    private readonly Serilog.ILogger _log;
    private readonly CellGate _gate = new();
    private readonly Census _census;
    private readonly string _build;
    private readonly string _device;

    /// <param name="host">Of the client, disposed here; none where the client is the caller's.</param>
    private ClusterCells(IHost? host, IClusterClient client, ClusterSettings settings, Catalog catalog, string device, int most, Serilog.ILogger log)
    {
        (_host, _client, _settings, _device, _log) = (host, client, settings, device, log);
        Width = most;
        _build = ClusterBuild.Of(catalog);
        _census = new Census(client, settings, _build, device, _gate, log);
    }

    /// <summary>The most cells that this client has carried out at once; it waits for the rest. Workers may be fewer, and come and go.</summary>
    public int Width { get; }

    /// <summary>What results call a device that was asked for: its kind, the first of it.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="UserMistakeException">Another text.</exception>
    public static string DeviceName(string device) => device is "cpu" or "cuda"
        ? SiloSetup.NameOf(device)
        : throw new UserMistakeException($"--device was {Core.Options.OptionText.Received(device)}, must be cpu or cuda with --cluster: which one of them it is, each worker's own --device says.");

    /// <summary>Finds the cluster.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="most">See <see cref="Width"/>.</param>
    /// <param name="log">Told of workers that come and go, and what Orleans warns of.</param>
    /// <exception cref="UserMistakeException">No worker is there, or none of this build and device.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public static ClusterCells Connect(ClusterSettings settings, Catalog catalog, string device, int most, Serilog.ILogger log, CancellationToken cancellation) =>
        ConnectAsync(settings, catalog, device, most, log, cancellation).GetAwaiter().GetResult();

    /// <summary>With a client that is connected already.</summary>
    internal static async Task<ClusterCells> OfAsync(IClusterClient client, ClusterSettings settings, Catalog catalog, string device, int most, Serilog.ILogger log) =>
        await StartAsync(new ClusterCells(null, client, settings, catalog, device, most, log), CancellationToken.None).ConfigureAwait(false);

    public ICellPlace Open() => new ClusterPlace(_client, _census, _gate, _settings, _build, _device, _log);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static async Task<ClusterCells> ConnectAsync(ClusterSettings settings, Catalog catalog, string device, int most, Serilog.ILogger log, CancellationToken cancellation)
    {
        if (settings.Clustering == Clustering.Postgresql)
            Membership.ConnectionString(settings);
        var host = Build(settings, log);
        try
        {
            await host.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            host.Dispose();
            throw new UserMistakeException(
                $"No worker of the cluster '{settings.ClusterId}' answers ({Core.Options.OptionText.FirstLine(fault.GetBaseException().Message)}). Start one with 'worker --cluster FILE', with the same file.", fault);
        }
        return await StartAsync(new ClusterCells(host, host.Services.GetRequiredService<IClusterClient>(), settings, catalog, device, most, log), cancellation).ConfigureAwait(false);
    }

    private static async Task<ClusterCells> StartAsync(ClusterCells cells, CancellationToken cancellation)
    {
        try
        {
            await cells._census.StartAsync(cancellation).ConfigureAwait(false);
            return cells;
        }
        catch
        {
            await cells.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static IHost Build(ClusterSettings settings, Serilog.ILogger log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSerilog(log).AddFilter<SerilogLoggerProvider>(null, LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.UseOrleansClient(orleans =>
        {
            Membership.Find(orleans, settings);
            // Whoever starts the workers and the client at once should not have to wait in between.
            var (started, patience) = (Stopwatch.GetTimestamp(), settings.FailureTime < s_greeting ? settings.FailureTime : s_greeting);
            orleans.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation).ConfigureAwait(false);
                return Stopwatch.GetElapsedTime(started) < patience;
            });
            Configure(orleans, settings);
        });
        return builder.Build();
    }

    /// <summary>What makes a client one of ours, however it finds the cluster.</summary>
    internal static void Configure(IClientBuilder client, ClusterSettings settings) => client.Services
        .AddSerializer(serializer => serializer.AddAssembly(typeof(ClusterCells).Assembly))
        .Configure<ClientMessagingOptions>(options => SiloSetup.Apply(settings, options))
        .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));

    private async ValueTask DisposeAsync()
    {
        await _census.DisposeAsync().ConfigureAwait(false);
        if (_host is null)
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _host.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
    }
}
