using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RecDeepRL.Cluster;
using RecDeepRL.Core;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Whatever somebody sends to the port for clients, the worker closes that connection and serves the others.</summary>
[Collection(nameof(HostedWorkers))]
public sealed class GatewayGarbageTests
{
    [Fact]
    public async Task GarbageAndMessagesBeyondTheLimitCloseTheirConnectionOnly()
    {
        await using var workers = await HostedWorkers.StartAsync(new ClusterSettings { MessageMegabytes = 1 });
        var greeting = await GreetingAsync(workers.Settings);
        var random = new Random(7);
        byte[] noise = new byte[100_000];
        random.NextBytes(noise);

        // Instead of the greeting: bytes at random, a length of two gigabytes, a length below zero, an HTTP request, nothing at all.
        await AssertClosedAsync(workers, noise);
        await AssertClosedAsync(workers, Length(int.MaxValue));
        await AssertClosedAsync(workers, Length(-1));
        await AssertClosedAsync(workers, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        using (await ConnectAsync(workers)) { }
        // After the greeting of a client, as a message: its lengths first, those of its header and of its body.
        await AssertClosedAsync(workers, [.. greeting, .. Length(100), .. Length(2_000_000)]);
        await AssertClosedAsync(workers, [.. greeting, .. Length(int.MaxValue), .. Length(100)]);
        await AssertClosedAsync(workers, [.. greeting, .. Length(-5), .. Length(-5), .. noise]);
        // Lengths in order, and what follows is no message: whether its connection is closed or the message is dropped is Orleans' affair.
        using var open = await ConnectAsync(workers);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            random.NextBytes(noise);
            using var one = await ConnectAsync(workers);
            await SendAsync(one, [.. greeting, .. Length(300), .. Length(700), .. noise.AsSpan(0, 1000)]);
        }

        Assert.Equal(2, await workers.CompareAsync());
    }

    /// <summary>What a client sends first, learned from one that takes a listener of ours for a worker.</summary>
    private static async Task<byte[]> GreetingAsync(ClusterSettings settings)
    {
        var port = HostedWorkers.FreePorts(1);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var connecting = Task.Run(() => RecDeepRL.Cluster.Clients.ClusterCells.Connect(
            settings with { GatewayPort = port, WorkersPerMachine = 1 }, Experiments.SmallRuns.WithStubs, "cpu", 1, Serilog.Core.Logger.None, CancellationToken.None));
        byte[] greeting;
        using (var client = await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30)))
        {
            var prefix = new byte[4];
            await client.GetStream().ReadExactlyAsync(prefix);
            var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(prefix)];
            await client.GetStream().ReadExactlyAsync(body);
            greeting = [.. prefix, .. body];
        }
        listener.Stop();
        await Assert.ThrowsAsync<UserMistakeException>(() => connecting);
        return greeting;
    }

    private static async Task AssertClosedAsync(HostedWorkers workers, byte[] bytes)
    {
        using var client = await ConnectAsync(workers);
        await SendAsync(client, bytes);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        try
        {
            // It may greet before it closes.
            while (await client.GetStream().ReadAsync(buffer, patience.Token) > 0) { }
        }
        catch (IOException)
        {
            // Reset: closed as well.
        }
    }

    private static async Task<TcpClient> ConnectAsync(HostedWorkers workers)
    {
        var client = new TcpClient();
        await client.ConnectAsync(workers.First.Gateway);
        return client;
    }

    private static async Task SendAsync(TcpClient client, byte[] bytes)
    {
        try
        {
            await client.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
            // It closed before it had read all.
        }
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes;
    }
}
