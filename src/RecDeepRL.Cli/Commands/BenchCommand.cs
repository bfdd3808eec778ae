using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Speed;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>bench</c>: how fast this machine simulates and learns.</summary>
internal static class BenchCommand
{
    private const double DefaultSeconds = 2;
    private const double MostSeconds = 600;

    public static Command Create()
    {
        var seconds = new NumberOption<double>("--seconds", new RangeAttribute(0, MostSeconds) { MinimumIsExclusive = true }) { Description = $"Seconds to measure for each row, above 0, at most {MostSeconds}. Default {DefaultSeconds}.", HelpName = "S", DefaultValueFactory = _ => DefaultSeconds };
        var (device, threads, libtorch) = (CommonOptions.Device("auto"), CommonOptions.Threads(), CommonOptions.Libtorch());
        var command = new Command("bench", "Measure how fast this machine simulates and learns, beside plain libtorch operations.") { device, threads, seconds, libtorch, Answer.Option() };
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            Measure(parsed.GetValue(device) ?? "auto", parsed.GetValue(seconds));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Measure(string asked, double seconds)
    {
        var device = Devices.Choose(asked);
        var (name, threads) = (Devices.Describe(device), torch.get_num_threads());
        var rows = new SpeedBenchmark(CommonOptions.Catalog, device, seconds).Rows().ToList();
        Answer.Give(
            new
            {
                device = name,
                threads,
                cores = Environment.ProcessorCount,
                seconds,
                rows,
            },
            console =>
            {
                Console.WriteLine($"device {name}{(asked == "auto" ? " (chosen by auto)" : "")}, {threads} of {Environment.ProcessorCount} cores");
                console.Write(SpeedTable.Of(rows));
            });
    }
}
