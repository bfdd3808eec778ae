using System.CommandLine;
using System.Runtime.CompilerServices;
using RecDeepRL.Cli.Display;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Silos;
using RecDeepRL.Core;
using Serilog.Core;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>worker</c>: carries out runs for clients of a cluster, until Ctrl-C.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var cluster = new Option<string>("--cluster") { Description = "File that describes the cluster, such as configs/cluster.json. Its settings are what the options below do not say.", HelpName = "FILE", Required = true };
        var cells = new NumberOption<int?>("--cells", least: 1, most: CommonOptions.MostThreads) { Description = "Runs and shards at once. Default: as the file says, else one per core on the CPU, one on CUDA.", HelpName = "N" };
        var threads = new NumberOption<int?>("--threads", least: 1, most: CommonOptions.MostThreads) { Description = "Threads that libtorch may use in each run. Default: as the file says, else 1.", HelpName = "N" };
        var memory = new NumberOption<int?>("--memory", least: 100, most: 10_000_000) { Description = "Megabytes of resident memory above which the worker takes no further run. Default: as the file says, else no limit.", HelpName = "N" };
        var dashboard = new NumberOption<int?>("--dashboard", least: 1, most: 65535) { Description = "Port at which the worker serves the dashboard of Orleans, to this machine only. Default: none is served.", HelpName = "PORT" };
        var logFile = new Option<string?>("--log") { Description = "File for everything that is said, with what Orleans warns of. Default: none.", HelpName = "FILE" };
        var (device, libtorch) = (CommonOptions.Device("as the file says, else cpu"), CommonOptions.Libtorch());
        var command = new Command("worker", "Carry out runs for 'compare' and 'tune', and hold shards of 'train', with --cluster, as one of a cluster's workers. Ctrl-C ends it.") { cluster, device, cells, threads, memory, dashboard, logFile, libtorch };
        command.SetAction((parsed, _) => Serve(
            parsed.GetValue(cluster)!,
            new Choice(parsed.GetValue(device), parsed.GetValue(cells), parsed.GetValue(threads), parsed.GetValue(memory)),
            parsed.GetValue(dashboard), parsed.GetValue(logFile)));
        return command;
    }

    /// <remarks>Apart from the rest, so that nothing of the cluster's room is loaded where it is not asked for.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> Serve(string path, Choice choice, int? dashboard, string? logFile)
    {
        var settings = ClusterFile.Read(path);
        settings = settings with
        {
            Device = choice.Device ?? settings.Device,
            Cells = choice.Cells ?? settings.Cells,
            Threads = choice.Threads ?? settings.Threads,
            MemoryMegabytes = choice.MemoryMegabytes ?? settings.MemoryMegabytes,
        };
        var chosen = Devices.Choose(settings.Device);
        torch.set_num_threads(settings.Threads);
        using var interruption = new Interruption();
        using var log = LogTo(logFile);
        var worker = await WorkerHost.StartAsync(settings, CommonOptions.Catalog, chosen, log, dashboard).ConfigureAwait(false);
        await using (worker.ConfigureAwait(false))
        {
            log.Information(
                "worker of the cluster {Cluster:l} at {Silo:l}, for clients at {Gateway:l}: {Cells} runs at once on {Device:l}, build {Build:l} (Ctrl-C ends it)",
                settings.ClusterId, worker.Silo.ToString(), worker.Gateway.ToString(), worker.Cells, Devices.Describe(chosen), ClusterBuild.Of(CommonOptions.Catalog));
            if (dashboard is not null)
                log.Information("dashboard of Orleans: http://localhost:{Port}/, for this machine", dashboard);
            if (!System.Net.IPAddress.IsLoopback(worker.Gateway.Address))
                log.Information("other machines that reach {Address:l} can have it carry out runs; {Condition:l}", worker.Gateway.Address.ToString(), settings.Certificate is null ? "nobody is asked for a password" : "they must present a trusted certificate");
            var ended = new TaskCompletionSource();
            await using (interruption.Token.Register(ended.SetResult).ConfigureAwait(false))
                await ended.Task.ConfigureAwait(false);
        }
        return ExitCode.Done;
    }

    private static Logger LogTo(string? path)
    {
        if (path is not null && (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
            throw new UserMistakeException($"--log was '{path}', must be a file in a folder that is there.");
        return RunLog.Create(path, new LoggingLevelSwitch());
    }

    /// <summary>What the command line says instead of the file; none where it says nothing.</summary>
    private sealed record Choice(string? Device, int? Cells, int? Threads, int? MemoryMegabytes);
}
