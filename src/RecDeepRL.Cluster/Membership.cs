using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster;

/// <summary>How workers and clients find the cluster, by the means that Orleans has for it.</summary>
internal static class Membership
{
    /// <summary>Name by which ADO.NET knows the PostgreSQL driver.</summary>
    private const string Invariant = "Npgsql";

    public static void Join(ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Configure<ClusterOptions>(options => Name(settings, options));
#pragma warning disable ORLEANSEXP003 // The older directory forgets activations when another worker is lost, and with them runs that go well.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // After a death it would hold new activations back until the dead could not come back: an attempt has a key of its own, and nobody it could meet.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        if (settings.Clustering == Clustering.Localhost)
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, settings.SiloPort));
        else
            silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, ConnectionString(settings)));
    }

    public static void Find(IClientBuilder client, ClusterSettings settings)
    {
        client.Configure<ClusterOptions>(options => Name(settings, options));
        if (settings.Clustering == Clustering.Localhost)
            client.Services.AddSingleton<IGatewayListProvider>(new LoopbackGateways(settings));
        else
            client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, ConnectionString(settings)));
    }

    /// <exception cref="UserMistakeException">There is none.</exception>
    public static string ConnectionString(ClusterSettings settings)
    {
        var text = settings.ConnectionString ?? Environment.GetEnvironmentVariable(ClusterSettings.ConnectionVariable);
        return string.IsNullOrWhiteSpace(text)
            ? throw new UserMistakeException(
                $"Clustering postgresql needs a connection string: give the cluster file a connectionString such as \"Host=db;Database=recdeeprl;Username=recdeeprl\", or set the environment variable {ClusterSettings.ConnectionVariable}.")
            : text;
    }

    private static void Name(ClusterSettings settings, ClusterOptions options) => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ClusterId);

    /// <summary>The gateways of this machine: those of the settings' ports that somebody listens on.</summary>
    private sealed class LoopbackGateways(ClusterSettings settings) : IGatewayListProvider
    {
        public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

        [Obsolete("Part of the interface, no longer used by Orleans.")]
        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways()
        {
            var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(one => one.Port).ToHashSet();
            return Task.FromResult<IList<Uri>>([.. Enumerable.Range(settings.GatewayPort, settings.WorkersPerMachine).Where(listening.Contains)
                .Select(port => new IPEndPoint(IPAddress.Loopback, port).ToGatewayUri())]);
        }
    }
}
