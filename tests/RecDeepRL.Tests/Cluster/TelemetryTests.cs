using System.Collections.Concurrent;
using System.Net;
using System.Text;
using RecDeepRL.Cluster;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(HostedWorkers))]
public sealed class TelemetryTests
{
    [Fact]
    public async Task ACollectorReceivesOurMetricsAndOrleansTracesOfWorkersAndClients()
    {
        var address = $"http://127.0.0.1:{HostedWorkers.FreePorts(1)}";
        using var collector = new HttpListener { Prefixes = { address + "/" } };
        collector.Start();
        var received = new ConcurrentQueue<(string Path, string Text)>();
        var listening = ReceiveAsync(collector, received);
        await using (var workers = await HostedWorkers.StartAsync(new ClusterSettings { OpenTelemetry = address, OpenTelemetryProtocol = TelemetryProtocol.Http }))
            Assert.Equal(2, await workers.CompareAsync());

        // Both send what they have when they end.
        var metrics = received.Where(one => one.Path == "/v1/metrics").Select(one => one.Text).ToList();
        Assert.Contains(metrics, text => text.Contains("recdeeprl-client", StringComparison.Ordinal));
        var worker = string.Concat(metrics.Where(text => text.Contains("recdeeprl-worker", StringComparison.Ordinal)));
        Assert.All(["RecDeepRL", "recdeeprl.runs", "recdeeprl.runs.at_work", "recdeeprl.run.duration", "finished", "popular", "Microsoft.Orleans"], name => Assert.Contains(name, worker, StringComparison.Ordinal));
        Assert.Contains(received, one => one.Path == "/v1/traces" && one.Text.Contains("Microsoft.Orleans", StringComparison.Ordinal));
        collector.Stop();
        await listening;
    }

    [Fact]
    public void NothingIsSentUnlessSomebodyAsks()
    {
        Assert.Null(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.False(Telemetry.IsWanted(new ClusterSettings()));
        Assert.True(Telemetry.IsWanted(new ClusterSettings { OpenTelemetry = "http://localhost:4317" }));
    }

    private static async Task ReceiveAsync(HttpListener collector, ConcurrentQueue<(string Path, string Text)> received)
    {
        while (collector.IsListening)
        {
            try
            {
                var context = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                received.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                context.Response.Close();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
