using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;
using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Silos;

/// <summary>The dashboard of Orleans, served by a worker to the machine that it is on.</summary>
internal static class WorkerDashboard
{
    private const string Room = "Orleans.Dashboard";

    /// <exception cref="UserMistakeException">The port cannot be had.</exception>
    public static void Require(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
        }
        catch (SocketException fault)
        {
            throw new UserMistakeException($"The dashboard cannot be served at port {port}: {fault.Message}. Give --dashboard another port, from 1 to 65535, that nobody listens on.", fault);
        }
    }

    /// <summary>A host that serves pages too.</summary>
    /// <remarks>Apart from the rest, so that nothing of the web is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IHostApplicationBuilder CreateBuilder(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        return builder;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add(ISiloBuilder silo) => silo.AddDashboard();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IHost Build(IHostApplicationBuilder builder)
    {
        var host = ((WebApplicationBuilder)builder).Build();
        // A page of the web whose name was made to lead here must not read along.
        host.Use(async (context, next) =>
        {
            var name = context.Request.Host.Host.Trim('[', ']');
            if (name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address)))
                await next(context).ConfigureAwait(false);
            else
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
        });
        host.MapOrleansDashboard();
        return host;
    }

    /// <summary>Keeps the dashboard's grains away from a worker that does not serve it: it has nothing that they need.</summary>
    public static void Leave(ISiloBuilder silo) => silo.Services.PostConfigure<GrainTypeOptions>(options => options.Classes.RemoveWhere(one => one.Assembly.GetName().Name == Room));
}
