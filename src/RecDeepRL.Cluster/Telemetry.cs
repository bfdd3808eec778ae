using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cluster;

/// <summary>Sends metrics and traces to a collector of OpenTelemetry, where the settings or the environment name one; nothing otherwise.</summary>
internal static class Telemetry
{
    private const string Prefix = "OTEL_";
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Whether anything is sent.</summary>
    /// <exception cref="UserMistakeException">The environment names what is no address.</exception>
    public static bool IsWanted(ClusterSettings settings)
    {
        if (settings.OpenTelemetry is not null)
            return true;
        var given = Environment.GetEnvironmentVariable(EndpointVariable);
        if (string.IsNullOrWhiteSpace(given))
            return false;
        return ClusterSettings.IsHttp(given)
            ? true
            : throw new UserMistakeException($"The environment variable {EndpointVariable} was {OptionText.Received(given)}, must be the address of a collector such as http://localhost:4317, or not be set.");
    }

    /// <param name="service">Name by which the collector knows who sends.</param>
    /// <remarks>Apart from the rest, so that nothing of OpenTelemetry is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add(IHostApplicationBuilder builder, ClusterSettings settings, string service)
    {
        // The exporter takes its own variables from the configuration, which is empty otherwise; so all that it can be told works as it documents it.
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(one => KeyValuePair.Create((string)one.Key, (string?)one.Value)).Where(one => one.Key.StartsWith(Prefix, StringComparison.Ordinal));
        builder.Configuration.AddInMemoryCollection(variables);
        if (settings.OpenTelemetry is { } endpoint)
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                [EndpointVariable] = endpoint,
                [ProtocolVariable] = settings.OpenTelemetryProtocol == TelemetryProtocol.Http ? "http/protobuf" : "grpc",
            });
        }
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceNamespace: settings.ClusterId, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"))
            .WithMetrics(metrics => metrics.AddMeter("Microsoft.Orleans", RunMeter.Name).AddOtlpExporter())
            .WithTracing(traces => traces.AddSource("Microsoft.Orleans.*").AddOtlpExporter());
    }
}
