using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using Serilog;
using Serilog.Extensions.Logging;

namespace RecDeepRL.Cluster.Clients;

/// <summary>A client's connection to a cluster: the client itself, and who is there.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private static readonly TimeSpan s_greeting = TimeSpan.FromSeconds(5);

    private readonly IHost? _host;

    /// <param name="host">Of the client, disposed here; none where the client is the caller's.</param>
    private ClusterConnection(IHost? host, IClusterClient client, ClusterSettings settings, Catalog catalog, string device, Serilog.ILogger log)
    {
        (_host, Client, Settings, Device, Log) = (host, client, settings, device, log);
        Build = ClusterBuild.Of(catalog);
        Census = new Census(client, settings, Build, device, Gate, log);
    }

    public IClusterClient Client { get; }

    public ClusterSettings Settings { get; }

    /// <summary>Who is there to carry out runs.</summary>
    public Census Census { get; }

    /// <summary>Is kept as wide as the workers of this build and device have places.</summary>
    public CellGate Gate { get; } = new();

    /// <summary>Of this program.</summary>
    public string Build { get; }

    /// <summary>Kind of device that is asked of workers.</summary>
    public string Device { get; }

    public Serilog.ILogger Log { get; }

    /// <summary>Finds the cluster.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="log">Told of workers that come and go, and what Orleans warns of.</param>
    /// <exception cref="UserMistakeException">No worker is there, or none of this build and device.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public static async Task<ClusterConnection> ConnectAsync(ClusterSettings settings, Catalog catalog, string device, Serilog.ILogger log, CancellationToken cancellation)
    {
        Membership.Check(settings);
        var host = BuildHost(settings, TransportSecurity.Of(settings, forWorker: false), log);
        try
        {
            await host.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            host.Dispose();
            throw new UserMistakeException(
                $"No worker of the cluster '{settings.ClusterId}' answers ({Core.Options.OptionText.FirstLine(fault.GetBaseException().Message)}). Start one with 'worker --cluster FILE', with the same file{(settings.Certificate is null ? "" : "; if it is there, its certificate and this one's must be trusted by each other")}.", fault);
        }
        return await StartAsync(new ClusterConnection(host, host.Services.GetRequiredService<IClusterClient>(), settings, catalog, device, log), cancellation).ConfigureAwait(false);
    }

    /// <summary>With a client that is connected already, and stays the caller's.</summary>
    public static Task<ClusterConnection> OfAsync(IClusterClient client, ClusterSettings settings, Catalog catalog, string device, Serilog.ILogger log) =>
        StartAsync(new ClusterConnection(null, client, settings, catalog, device, log), CancellationToken.None);

    /// <summary>What makes a client one of ours, however it finds the cluster.</summary>
    public static void Configure(IClientBuilder client, ClusterSettings settings) => client.Services
        .AddSerializer(serializer => serializer.AddAssembly(typeof(ClusterConnection).Assembly))
        .Configure<ClientMessagingOptions>(options => SiloSetup.Apply(settings, options))
        .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static async Task<ClusterConnection> StartAsync(ClusterConnection connection, CancellationToken cancellation)
    {
        try
        {
            await connection.Census.StartAsync(cancellation).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static IHost BuildHost(ClusterSettings settings, TransportSecurity? security, Serilog.ILogger log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSerilog(log).AddFilter<SerilogLoggerProvider>(null, LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        var measured = Telemetry.IsWanted(settings);
        if (measured)
            Telemetry.Add(builder, settings, "recdeeprl-client");
        builder.UseOrleansClient(orleans =>
        {
            Membership.Find(orleans, settings);
            // Whoever starts the workers and the client at once should not have to wait in between.
            var (started, patience) = (Stopwatch.GetTimestamp(), settings.FailureTime < s_greeting ? settings.FailureTime : s_greeting);
            var failures = 0;
            orleans.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation).ConfigureAwait(false);
                // A worker whose processors are all at work may be late for a whole attempt.
                return ++failures == 1 || Stopwatch.GetElapsedTime(started) < patience;
            });
            Configure(orleans, settings);
            security?.Protect(orleans);
            if (measured)
                orleans.AddActivityPropagation();
        });
        return builder.Build();
    }

    private async ValueTask DisposeAsync()
    {
        await Census.DisposeAsync().ConfigureAwait(false);
        if (_host is null)
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _host.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
    }
}
