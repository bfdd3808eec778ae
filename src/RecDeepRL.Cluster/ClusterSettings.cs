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

    /// <summary>By a hash in a Redis server, which any worker may outlive.</summary>
    Redis,
}

/// <summary>How measurements travel to a collector of OpenTelemetry.</summary>
public enum TelemetryProtocol
{
    /// <summary>gRPC, usually at port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP, usually at port 4318.</summary>
    Http,
}

/// <summary>A cluster as its file describes it: how workers and clients find each other, and what a worker offers. One file serves them all.</summary>
public sealed partial record ClusterSettings : IValidatableObject
{
    /// <summary>Where the connection string may stand instead of in the file, which others may read.</summary>
    public const string ConnectionVariable = "RECDEEPRL_CLUSTER_CONNECTION";

    /// <summary>Where the password of <see cref="Certificate"/> stands.</summary>
    public const string CertificatePasswordVariable = "RECDEEPRL_CLUSTER_CERTIFICATE_PASSWORD";

    /// <summary>Name of the cluster: workers and clients of another name do not find it. Default recdeeprl.</summary>
    public string ClusterId { get; init; } = "recdeeprl";

    /// <summary>How workers find each other: localhost on one machine without a server, postgresql by a data base, redis by a Redis server. Default localhost.</summary>
    public Clustering Clustering { get; init; } = Clustering.Localhost;

    /// <summary>Connection string of the PostgreSQL data base or the Redis server; where there is none, the environment variable RECDEEPRL_CLUSTER_CONNECTION is asked. Default none.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Address of this machine that a worker listens on and that others reach it by; none for loopback, which no other machine reaches. Default none.</summary>
    public string? Address { get; init; }

    /// <summary>Whether workers are pods of Kubernetes: their address is that of the pod, and a pod that is gone is a worker that is lost. Default false.</summary>
    public bool Kubernetes { get; init; }

    /// <summary>File of the certificate with its key that this worker or client presents, PKCS#12 or PEM, its password in the environment variable RECDEEPRL_CLUSTER_CERTIFICATE_PASSWORD; with it all traffic is encrypted, and the others must present one too. A relative path is relative to the cluster file. Default none.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file of the authorities that have issued the others' certificates, or of those certificates themselves; whoever presents another is refused. Default none.</summary>
    public string? TrustedCertificate { get; init; }

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

    /// <summary>Megabytes of resident memory above which a worker takes no further run; none for no limit. Default none.</summary>
    [Range(100, 10_000_000)]
    public int? MemoryMegabytes { get; init; }

    /// <summary>Megabytes that a message may have: the plan of a run, or its result with all rounds. Default 100.</summary>
    [Range(1, 1024)]
    public int MessageMegabytes { get; init; } = 100;

    /// <summary>Seconds in which a worker that died is to be noticed. Default 30.</summary>
    [Range(2, 600)]
    public int FailureSeconds { get; init; } = 30;

    /// <summary>Seconds between checkpoints of a run of a comparison, which its worker sends to the client in case it is lost; 0 for one after every round. Default 20.</summary>
    [Range(0, 86400)]
    public int CheckpointSeconds { get; init; } = 20;

    /// <summary>Address of a collector of OpenTelemetry that metrics and traces are sent to, such as http://localhost:4317; where there is none, the environment variable OTEL_EXPORTER_OTLP_ENDPOINT is asked. Default none.</summary>
    public string? OpenTelemetry { get; init; }

    /// <summary>How they are sent to openTelemetry: grpc, or http for protocol buffers over HTTP. Default grpc.</summary>
    public TelemetryProtocol OpenTelemetryProtocol { get; init; } = TelemetryProtocol.Grpc;

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
            yield return new("address is given, but clustering localhost is for one machine; leave it out, or use clustering postgresql or redis");
        if (ConnectionString is not null && Clustering == Clustering.Localhost)
            yield return new("connectionString is given, but clustering localhost has no data base; leave it out, or use clustering postgresql or redis");
        if (Kubernetes && Clustering == Clustering.Localhost)
            yield return new("kubernetes is true, but clustering localhost is for one machine; use clustering postgresql or redis");
        if (Kubernetes && Address is not null)
            yield return new("kubernetes is true and address is given, but the address is that of the pod; leave address out");
        if (Certificate is null != TrustedCertificate is null)
            yield return new("certificate and trustedCertificate go together: what this one presents, and what the others must; give both or neither");
        if (OpenTelemetry is not null && !IsHttp(OpenTelemetry))
            yield return new($"openTelemetry was {Core.Options.OptionText.Received(OpenTelemetry)}, must be the address of a collector such as http://localhost:4317, or none");
    }

    internal static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"^(cpu|auto|cuda(:[0-9]{1,3})?)$")]
    private static partial Regex DeviceForm();
}
