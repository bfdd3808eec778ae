using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RecDeepRL.Cluster;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Takes what is sent by OpenTelemetry's protocol, on a port of loopback.</summary>
internal sealed class TelemetryCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
    private readonly WebApplication _server;
    private readonly bool _speaksGrpc;

    private TelemetryCollector(TelemetryProtocol protocol)
    {
        _speaksGrpc = protocol == TelemetryProtocol.Grpc;
        var port = HostedWorkers.FreePorts(1);
        Address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
            server.Listen(IPAddress.Loopback, port, listen => listen.Protocols = _speaksGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    public string Address { get; }

    /// <summary>What has been sent to a service so far, as the bytes of its text stand in it.</summary>
    /// <param name="signal"><c>metrics</c> or <c>traces</c>.</param>
    public List<string> Received(string signal)
    {
        var path = !_speaksGrpc ? $"/v1/{signal}"
            : signal == "metrics" ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        return [.. _received.Where(one => one.Path == path).Select(one => one.Text)];
    }

    public static async Task<TelemetryCollector> StartAsync(TelemetryProtocol protocol)
    {
        var collector = new TelemetryCollector(protocol);
        await collector._server.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        if (!_speaksGrpc)
            return;
        // An empty message, and that all went well.
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
