using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RecDeepRL.Core;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>The dashboard as a web server: one page, a few questions it asks, and nothing else.</summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private const int LargestBody = 4096;
    private readonly WebApplication _application;
    private readonly DashboardApi _api;

    private DashboardServer(WebApplication application, DashboardApi api)
    {
        _application = application;
        _api = api;
    }

    /// <summary>Where the page is, with the port that was taken.</summary>
    public Uri Address
    {
        get
        {
            var bound = new Uri(_application.Urls.Single());
            return IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                ? new UriBuilder(bound) { Host = "localhost" }.Uri
                : bound;
        }
    }

    /// <summary>Runs in the folder as of now.</summary>
    public int RunCount => _api.Count;

    /// <summary>Starts to serve.</summary>
    /// <param name="folder">With runs in it or below it.</param>
    /// <param name="address">Of this machine.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <exception cref="UserMistakeException">No such folder, or address and port cannot be had.</exception>
    public static async Task<DashboardServer> StartAsync(string folder, IPAddress address, int port)
    {
        if (!Directory.Exists(folder))
            throw new UserMistakeException($"There is no folder '{folder}'. Give the folder that holds your runs, such as checkpoints, where 'train' puts them.");
        if (port is < 0 or > 65535)
            throw new UserMistakeException($"--port was {port}, must be in [0, 65535], where 0 stands for any that is free.");
        // The empty builder reads neither settings files of the working folder nor environment variables: no other address can come from there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestBody;
            server.Listen(address, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        var application = builder.Build();
        var rules = new RequestRules(address);
        var api = new DashboardApi(folder, rules);
        application.Use((context, next) => Guard(context, rules, next));
        foreach (var (path, answer) in DashboardPage.Files)
            application.MapGet(path, answer);
        application.MapGet("/api/session", api.Session);
        application.MapGet("/api/runs", api.Runs);
        application.MapGet("/api/curves", api.Curves);
        application.MapGet("/api/details", api.Details);
        application.MapPost("/api/stop", api.Stop);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            var inUse = fault.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || fault.Message.Contains("in use", StringComparison.Ordinal);
            throw new UserMistakeException(
                inUse ? $"Port {port} of {address} is in use, perhaps by another dashboard. Give --port another number, or --port 0 for any that is free."
                : $"The dashboard cannot listen on {address}, port {port}: {fault.Message.ReplaceLineEndings(" ")} Give --host an address of this machine, and --port one that you may use.", fault);
        }
        return new DashboardServer(application, api);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(patience.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static Task Guard(HttpContext context, RequestRules rules, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = DashboardPage.ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (rules.AllowsHost(context.Request.Host.Host.Trim('[', ']')))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("The dashboard is called by another name than its own. Use http://localhost with its port, or its address.\n");
    }

    /// <summary>Signals are the caller's affair, not the web server's.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
