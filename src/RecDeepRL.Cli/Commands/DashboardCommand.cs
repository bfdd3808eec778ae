using System.CommandLine;
using System.Net;
using RecDeepRL.Core;
using RecDeepRL.Reporting.Dashboard;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>dashboard</c>: the runs of a folder as a page in the browser, until Ctrl-C.</summary>
internal static class DashboardCommand
{
    private const string DefaultFolder = "checkpoints";
    private const int DefaultPort = 7117;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = $"Folder that holds runs, itself or in folders below it. Default {DefaultFolder}.", DefaultValueFactory = _ => DefaultFolder };
        var port = new NumberOption<int>("--port", least: 0, most: 65535) { Description = $"Port to listen on; 0 for any that is free. Default {DefaultPort}.", HelpName = "N", DefaultValueFactory = _ => DefaultPort };
        var host = new Option<string>("--host")
        {
            Description = "Address to listen on. Default localhost, which other machines cannot reach; with another, whoever reaches it sees the runs, and only this machine may stop them.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "localhost",
        };
        var command = new Command("dashboard", "Show the runs of a folder in the browser: curves that move while training runs, runs side by side, stop of a run. Ctrl-C ends it.") { folder, port, host };
        command.SetAction((parsed, _) => Serve(parsed.GetValue(folder)!, AddressOf(parsed.GetValue(host)!), parsed.GetValue(port)));
        return command;
    }

    private static IPAddress AddressOf(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new UserMistakeException($"--host was '{host}', must be localhost or an address of this machine such as 192.168.0.5, or 0.0.0.0 for all of them.");

    private static async Task<int> Serve(string folder, IPAddress address, int port)
    {
        using var interruption = new Interruption();
        var server = await DashboardServer.StartAsync(folder, address, port).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            System.Console.WriteLine($"{server.RunCount} runs in {folder}: {server.Address} (Ctrl-C ends the dashboard, not the runs)");
            if (!IPAddress.IsLoopback(address))
                System.Console.WriteLine("Other machines that reach this address see the runs too; only this machine may stop them.");
            var ended = new TaskCompletionSource();
            await using (interruption.Token.Register(ended.SetResult).ConfigureAwait(false))
                await ended.Task.ConfigureAwait(false);
        }
        return ExitCode.Done;
    }
}
