using RecDeepRL.Cluster;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(HostedWorkers))]
public sealed class TelemetryTests
{
    [Theory]
    [InlineData(TelemetryProtocol.Http)]
    [InlineData(TelemetryProtocol.Grpc)]
    public async Task ACollectorReceivesOurMetricsAndOrleansTracesOfWorkersAndClients(TelemetryProtocol protocol)
    {
        await using var collector = await TelemetryCollector.StartAsync(protocol);
        await using (var workers = await HostedWorkers.StartAsync(new ClusterSettings { OpenTelemetry = collector.Address, OpenTelemetryProtocol = protocol }))
            Assert.Equal(2, await workers.CompareAsync());

        // Both send what they have when they end.
        var metrics = collector.Received("metrics");
        Assert.Contains(metrics, text => text.Contains("recdeeprl-client", StringComparison.Ordinal));
        var worker = string.Concat(metrics.Where(text => text.Contains("recdeeprl-worker", StringComparison.Ordinal)));
        Assert.All(["RecDeepRL", "recdeeprl.runs", "recdeeprl.runs.at_work", "recdeeprl.run.duration", "finished", "popular", "Microsoft.Orleans"], name => Assert.Contains(name, worker, StringComparison.Ordinal));
        Assert.Contains(collector.Received("traces"), text => text.Contains("Microsoft.Orleans", StringComparison.Ordinal));
    }

    [Fact]
    public void NothingIsSentUnlessSomebodyAsks()
    {
        Assert.Null(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.False(Telemetry.IsWanted(new ClusterSettings()));
        Assert.True(Telemetry.IsWanted(new ClusterSettings { OpenTelemetry = "http://localhost:4317" }));
    }
}
