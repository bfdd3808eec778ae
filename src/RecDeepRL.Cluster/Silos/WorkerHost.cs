using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using Serilog;
using Serilog.Extensions.Logging;
using TorchSharp;

namespace RecDeepRL.Cluster.Silos;

/// <summary>A worker: an Orleans silo that carries out runs for clients, until it is disposed.</summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IDisposable _ports;
    private readonly Serilog.ILogger _log;

    private WorkerHost(IHost host, IDisposable ports, Serilog.ILogger log, IPEndPoint silo, IPEndPoint gateway, int cells)
    {
        _host = host;
        _ports = ports;
        _log = log;
        Cells = cells;
        Silo = silo;
        Gateway = gateway;
    }

    /// <summary>Where other workers reach it.</summary>
    public IPEndPoint Silo { get; }

    /// <summary>Where clients reach it.</summary>
    public IPEndPoint Gateway { get; }

    /// <summary>Runs at once.</summary>
    public int Cells { get; }

    /// <summary>Starts on the first pair of ports that is free, and joins the others.</summary>
    /// <param name="catalog">What can be run.</param>
    /// <param name="device">Of its runs.</param>
    /// <param name="log">Gets a line for every run that ends, and what Orleans warns of.</param>
    /// <param name="dashboard">Port of loopback at which it serves the dashboard of Orleans; none to serve none.</param>
    /// <exception cref="UserMistakeException">No ports are free, the address cannot be had, a certificate is of no use, or the others cannot be joined.</exception>
    public static async Task<WorkerHost> StartAsync(ClusterSettings settings, Catalog catalog, torch.Device device, Serilog.ILogger log, int? dashboard = null)
    {
        Membership.Check(settings);
        if (settings.Kubernetes)
            settings = KubernetesPod.Place(settings, Environment.GetEnvironmentVariable);
        if (settings.MemoryMegabytes is { } limit && Environment.WorkingSet / 1_000_000 is var present && present >= limit)
            throw new UserMistakeException($"memoryMegabytes was {limit}, but the worker has {present} before its first run and would take none. Give more, such as {present + 2000}.");
        var security = TransportSecurity.Of(settings, forWorker: true);
        if (dashboard is { } port)
            WorkerDashboard.Require(port);
        for (var index = 0; index < settings.WorkersPerMachine; index++)
        {
            var (silo, gateway) = (new IPEndPoint(settings.ListeningAddress, settings.SiloPort + index), new IPEndPoint(settings.ListeningAddress, settings.GatewayPort + index));
            if (PortLock.Take(silo.Port) is not { } held)
                continue;
            if (!IsFree(silo, settings) || !IsFree(gateway, settings))
            {
                held.Dispose();
                continue;
            }
            IHost? host = null;
            try
            {
                host = Build(settings, security, catalog, device, log, silo, gateway, dashboard);
                await host.StartAsync().ConfigureAwait(false);
                return new WorkerHost(host, held, log, silo, gateway, SiloSetup.CellsOf(settings, device));
            }
#pragma warning disable CA1031 // What Orleans throws where it cannot start has no common type.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.Debug(fault, "The worker did not start at {Silo}", silo);
                if (host is not null)
                    await DisposeAsync(host, log).ConfigureAwait(false);
                held.Dispose();
                if (fault is UserMistakeException)
                    throw;
                throw new UserMistakeException($"The worker cannot join the cluster '{settings.ClusterId}': {Core.Options.OptionText.FirstLine(fault.GetBaseException().Message)}. {AdviceFor(settings)}", fault);
            }
        }
        throw new UserMistakeException(
            $"All {settings.WorkersPerMachine} pairs of ports from {settings.SiloPort} and {settings.GatewayPort} on are in use. Raise workersPerMachine in the cluster file, or give other ports.");
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeAsync(_host, _log).ConfigureAwait(false);
        _ports.Dispose();
    }

    private static IHost Build(
        ClusterSettings settings, TransportSecurity? security, Catalog catalog, torch.Device device, Serilog.ILogger log, IPEndPoint silo, IPEndPoint gateway, int? dashboard)
    {
        // The empty builders read neither settings files of the working folder nor environment variables.
        var builder = dashboard is { } port ? WorkerDashboard.CreateBuilder(port) : Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSerilog(log).AddFilter<SerilogLoggerProvider>(null, LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        var measured = Telemetry.IsWanted(settings);
        if (measured)
            Telemetry.Add(builder, settings, "recdeeprl-worker");
        builder.UseOrleans(orleans =>
        {
            Membership.Join(orleans, settings);
            orleans.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = silo.Address;
                (options.SiloPort, options.GatewayPort) = (silo.Port, gateway.Port);
            });
            orleans.AddCells(settings, catalog, device, log);
            security?.Protect(orleans);
            if (settings.Kubernetes)
                orleans.UseKubernetesHosting();
            if (measured)
                orleans.AddActivityPropagation();
            if (dashboard is not null)
                WorkerDashboard.Add(orleans);
            else
                WorkerDashboard.Leave(orleans);
        });
        return dashboard is not null ? WorkerDashboard.Build(builder) : ((HostApplicationBuilder)builder).Build();
    }

    /// <exception cref="UserMistakeException">The address is none of this machine's.</exception>
    private static bool IsFree(IPEndPoint endpoint, ClusterSettings settings)
    {
        using var listener = new TcpListener(endpoint) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
        catch (SocketException fault)
        {
            throw new UserMistakeException($"The worker cannot listen on {endpoint}: {fault.Message}. Give the cluster file an address of this machine{(settings.Address is null ? "" : $" instead of {settings.Address}")}, and ports that you may use.", fault);
        }
    }

    private static string AdviceFor(ClusterSettings settings) => settings.Clustering switch
    {
        Clustering.Localhost => $"With clustering localhost the worker at port {settings.SiloPort} keeps the list of all: start it first{(settings.Certificate is null ? "" : ", and with a certificate that it trusts")}.",
        Clustering.Redis => "Look whether its Redis server is there.",
        _ => "Look whether its data base is there; 'cluster schema --cluster FILE' makes the tables in it.",
    };

    private static async Task DisposeAsync(IHost host, Serilog.ILogger log)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await host.StopAsync(patience.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One that did not start, or had its time, is disposed all the same.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.Debug(fault, "The worker did not stop as it should");
        }
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            host.Dispose();
    }
}

/// <summary>Signals are the caller's affair, not the host's.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
