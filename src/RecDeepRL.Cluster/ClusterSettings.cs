using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.RegularExpressions;

namespace RecDeepRL.Cluster;

/// <summary>How workers find each other.</summary>
public enum Clustering
{
    /// <summary>On one machine, without a server: the first worker keeps the list of all.</summary>
    Localhost,

    /// <summary>By tables in a PostgreSQL data base, which any worker may outlive.</summary>
    Postgresql,
}

/// <summary>A cluster as its file describes it: how workers and clients find each other, and what a worker offers. One file serves them all.</summary>
public sealed partial record ClusterSettings : IValidatableObject
{
    /// <summary>Where the connection string may stand instead of in the file, which others may read.</summary>
    public const string ConnectionVariable = "RECDEEPRL_CLUSTER_CONNECTION";

    /// <summary>Name of the cluster: workers and clients of another name do not find it. Default recdeeprl.</summary>
    public string ClusterId { get; init; } = "recdeeprl";

    /// <summary>How workers find each other: localhost on one machine without a server, postgresql by a data base. Default localhost.</summary>
    public Clustering Clustering { get; init; } = Clustering.Localhost;

    /// <summary>Connection string of the PostgreSQL data base; where there is none, the environment variable RECDEEPRL_CLUSTER_CONNECTION is asked. Default none.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Address of this machine that a worker listens on and that others reach it by; none for loopback, which no other machine reaches. Default none.</summary>
    public string? Address { get; init; }

    /// <summary>Port between workers of the first worker on a machine; each further one takes the next that is free. Default 11111.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; init; } = 11111;

    /// <summary>Port for clients of the first worker on a machine; each further one takes the next, as with the port between workers. Default 30000.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Workers that one machine may have, each with its pair of ports. Default 8.</summary>
    [Range(1, 64)]
    public int WorkersPerMachine { get; init; } = 8;

    /// <summary>Device of a worker's runs: cpu, cuda, cuda:N or auto. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Runs that a worker carries out at once; none for one per core on the CPU, one on CUDA. Default none.</summary>
    [Range(1, 1024)]
    public int? Cells { get; init; }

    /// <summary>Threads that libtorch may use in each run. Default 1.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 1;

    /// <summary>Megabytes that a message may have: the plan of a run, or its result with all rounds. Default 100.</summary>
    [Range(1, 1024)]
    public int MessageMegabytes { get; init; } = 100;

    /// <summary>Seconds in which a worker that died is to be noticed. Default 30.</summary>
    [Range(2, 600)]
    public int FailureSeconds { get; init; } = 30;

    internal IPAddress ListeningAddress => Address is null ? IPAddress.Loopback : IPAddress.Parse(Address);

    internal int MessageBytes => MessageMegabytes * 1_000_000;

    internal TimeSpan FailureTime => TimeSpan.FromSeconds(FailureSeconds);

    /// <summary>How long a client goes on without any worker: twice the time in which a death is noticed, at least half a minute.</summary>
    internal TimeSpan Patience => TimeSpan.FromSeconds(Math.Max(30, 2 * FailureSeconds));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IdForm().IsMatch(ClusterId))
            yield return new("clusterId must be 1 to 100 letters, digits, hyphens, dots or underscores");
        if (!DeviceForm().IsMatch(Device))
            yield return new($"device was {Core.Options.OptionText.Received(Device)}, must be cpu, cuda, cuda:N (such as cuda:1) or auto");
        foreach (var (name, first) in new[] { ("siloPort", SiloPort), ("gatewayPort", GatewayPort) })
        {
            if (first + WorkersPerMachine - 1 > 65535)
                yield return new($"{name} was {first}, must be at most {65536 - WorkersPerMachine} with {WorkersPerMachine} workersPerMachine");
        }
        if (Math.Abs(SiloPort - GatewayPort) < WorkersPerMachine)
            yield return new($"siloPort {SiloPort} and gatewayPort {GatewayPort} must be at least {WorkersPerMachine} apart, since so many workersPerMachine have a port of each");
        if (Address is not null && !IPAddress.TryParse(Address, out _))
            yield return new($"address was {Core.Options.OptionText.Received(Address)}, must be an address of this machine such as 10.0.0.5, or none for loopback");
        if (Address is not null && Clustering == Clustering.Localhost)
            yield return new("address is given, but clustering localhost is for one machine; leave it out, or use clustering postgresql");
        if (ConnectionString is not null && Clustering == Clustering.Localhost)
            yield return new("connectionString is given, but clustering localhost has no data base; leave it out, or use clustering postgresql");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"^(cpu|auto|cuda(:[0-9]{1,3})?)$")]
    private static partial Regex DeviceForm();
}
