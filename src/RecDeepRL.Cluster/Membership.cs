using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Messaging;
using RecDeepRL.Core;
using StackExchange.Redis;

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
        else if (settings.Clustering == Clustering.Redis)
            JoinRedis(silo, settings);
        else
            silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, ConnectionString(settings)));
    }

    public static void Find(IClientBuilder client, ClusterSettings settings)
    {
        client.Configure<ClusterOptions>(options => Name(settings, options));
        if (settings.Clustering == Clustering.Localhost)
            client.Services.AddSingleton<IGatewayListProvider>(new LoopbackGateways(settings));
        else if (settings.Clustering == Clustering.Redis)
            FindRedis(client, settings);
        else
            client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, ConnectionString(settings)));
    }

    /// <summary>Looks whether what the means needs is given.</summary>
    /// <exception cref="UserMistakeException">It is not.</exception>
    public static void Check(ClusterSettings settings)
    {
        if (settings.Clustering == Clustering.Postgresql)
            ConnectionString(settings);
        if (settings.Clustering == Clustering.Redis)
            RedisOptions(settings);
    }

    /// <exception cref="UserMistakeException">There is none.</exception>
    public static string ConnectionString(ClusterSettings settings)
    {
        var text = settings.ConnectionString ?? Environment.GetEnvironmentVariable(ClusterSettings.ConnectionVariable);
        return string.IsNullOrWhiteSpace(text)
            ? throw new UserMistakeException(
                $"Clustering {Core.Options.OptionText.EnumName(settings.Clustering.ToString())} needs a connection string: give the cluster file a connectionString such as \"{(settings.Clustering == Clustering.Redis ? "db:6379" : "Host=db;Database=recdeeprl;Username=recdeeprl")}\", or set the environment variable {ClusterSettings.ConnectionVariable}.")
            : text;
    }

    /// <remarks>Apart from the rest, so that no driver is loaded that is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void JoinRedis(ISiloBuilder silo, ClusterSettings settings) => silo.UseRedisClustering(options => options.ConfigurationOptions = RedisOptions(settings));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FindRedis(IClientBuilder client, ClusterSettings settings) => client.UseRedisClustering(options => options.ConfigurationOptions = RedisOptions(settings));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ConfigurationOptions RedisOptions(ClusterSettings settings)
    {
        var text = ConnectionString(settings);
        try
        {
            var options = ConfigurationOptions.Parse(text);
            return options.EndPoints.Count > 0 ? options : throw new ArgumentException("it names no server");
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            // Not the text itself, which may hold a password.
            throw new UserMistakeException(
                $"The connection string of the cluster '{settings.ClusterId}' is none of Redis: {Core.Options.OptionText.FirstLine(fault.Message)}. Give it as host:port, with what else is needed after commas, such as \"db:6379,ssl=true\".", fault);
        }
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
