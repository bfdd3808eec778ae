using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>simulate AGENT</c>: lets an agent serve a population and keeps what happened as a log, at full speed.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var agent = new Argument<string?>("AGENT") { Description = "Agent that recommends and learns; 'list agents' shows all.", Arity = ArgumentArity.ZeroOrOne };
        var environment = new Option<string?>("--env") { Description = $"Environment; 'list environments' shows all. Default {RunInput.DefaultEnvironment}.", HelpName = "E" };
        var seed = new NumberOption<long?>("--seed", least: long.MinValue) { Description = "Seed of population, coins and agent. Default 1.", HelpName = "N" };
        var iterations = new NumberOption<int?>("--iterations", least: 1) { Description = "Rounds to run, after those of --warm-start. Default: the environment's own.", HelpName = "N" };
        var log = new Option<string?>("--log") { Description = "New folder for the log: one Parquet file for each iteration, log.json and metrics.csv. Required.", HelpName = "DIR" };
        var append = new Option<bool>("--append") { Description = "Go on with the log in --log, after its last iteration." };
        var bounds = new Option<bool>("--bounds") { Description = "Also tell what the oracle would have reached, and the regret; takes users × items operations in every round." };
        var (data, device, config, set, threads, libtorch, warmStart) =
            (CommonOptions.Data(), CommonOptions.Device("auto"), CommonOptions.Config(), CommonOptions.Set(), CommonOptions.Threads(), CommonOptions.Libtorch(), CommonOptions.WarmStart());
        var command = new Command("simulate", "Let an agent serve a simulated population, without checkpoints and evaluations, and keep the interaction log.")
        {
            agent, environment, data, device, seed, iterations, config, set, log, append, warmStart, bounds, threads, libtorch, Answer.Option(),
        };
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var folder = parsed.GetValue(log) ?? throw new UserMistakeException("No log folder was named. Write 'simulate AGENT --log DIR'.");
            var input = RunInput.From(
                CommonOptions.Catalog, parsed.GetValue(agent), parsed.GetValue(environment), parsed.GetValue(config) ?? [], parsed.GetValue(set) ?? [],
                parsed.GetValue(data), parsed.GetValue(seed), parsed.GetValue(iterations), parsed.GetValue(device), parsed.GetValue(warmStart));
            using var pair = RunPair.Create(CommonOptions.Catalog, input.Plan, Devices.Choose(input.Device));
            return new Simulation(pair, folder) { Append = parsed.GetValue(append), MeasureOracle = parsed.GetValue(bounds), AskedDevice = input.Device }.Run();
        });
        return command;
    }
}
