using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using RecDeepRL.Core;

namespace RecDeepRL.Tests.Cluster;

[Collection(nameof(HostedWorkers))]
public sealed class WorkerDashboardTests
{
    [Fact]
    public async Task TheDashboardShowsAllWorkersAndListensOnLoopbackOnly()
    {
        var port = HostedWorkers.FreePorts(1);
        await using var workers = await HostedWorkers.StartAsync(dashboard: port);
        // One that serves none: its grains are kept away from it.
        await workers.AddAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}/") };

        Assert.Contains("Orleans", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.NotEmpty(await client.GetStringAsync("/index.min.js"));
        JsonNode counters = null!;
        for (var attempt = 0; attempt < 20 && counters?["totalActiveHostCount"]?.GetValue<int>() != 2; attempt++)
        {
            await Task.Delay(500);
            counters = (await client.GetFromJsonAsync<JsonNode>("/DashboardCounters"))!;
        }
        Assert.Equal(2, counters!["totalActiveHostCount"]!.GetValue<int>());
        Assert.Equal(2, counters["hosts"]!.AsArray().Count);
        Assert.Equal(2, await workers.CompareAsync());

        // A page of the web that was made to lead here.
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/DashboardCounters") { Headers = { Host = "example.org" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(foreign)).StatusCode);
        var listeners = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(one => one.Port == port);
        Assert.All(listeners, one => Assert.True(IPAddress.IsLoopback(one.Address)));
    }

    [Fact]
    public async Task APortThatIsTakenIsRefusedInOneLine()
    {
        var port = HostedWorkers.FreePorts(1);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();

        var mistake = await Assert.ThrowsAsync<UserMistakeException>(() => HostedWorkers.StartAsync(dashboard: port));

        Assert.Contains($"at port {port}", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("--dashboard", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
