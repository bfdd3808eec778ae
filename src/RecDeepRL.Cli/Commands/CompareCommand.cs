using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>compare</c>: which recommender, here? Every agent meets the same users and the same luck.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var environments = new Option<string?>("--env") { Description = "Environments, separated by commas, or all: with --data, all that read data. Default: those that --config names, or else all.", HelpName = "E,…" };
        var agents = new Option<string?>("--agents") { Description = "Agents, separated by commas, or all. Default: those that --config names, or else all.", HelpName = "a,b,…" };
        var seeds = new NumberOption<int>("--seeds", least: 1, most: CommonOptions.MostSeeds) { Description = "Seeds, from --seed on. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var seed = new NumberOption<long>("--seed", least: long.MinValue) { Description = "The first seed. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var iterations = new NumberOption<int?>("--iterations", least: 1) { Description = "Rounds of each run. Default: each environment's own.", HelpName = "N" };
        var output = new Option<string>("--out") { Description = "Folder for results, statistics, summary and pictures. One that holds a comparison goes on with it: finished runs are not run again, and agents, environments, seeds and variants may be added. Default results.", HelpName = "DIR", DefaultValueFactory = _ => "results" };
        var (jobs, cluster) = (RunPlaces.JobsOption(), RunPlaces.ClusterOption());
        var tuned = new Option<string>("--tuned") { Description = "Folder of tuned configurations, DIR/ENVIRONMENT/AGENT.json as 'tune' writes them; pairs without a file keep the defaults. --config and --set go before it.", HelpName = "DIR" };
        var sweep = new Option<string[]>("--sweep") { Description = $"Compare values of an option, as key=a,b,c, or of a number as key=low..high: {SweepValues.DefaultCount} values evenly spaced, behind it :log for even ratios and xN for N values. Each value makes a variant of every agent or environment that has the option; may be repeated, and then multiplies.", HelpName = "key=VALUES", AllowMultipleArgumentsPerToken = false };
        var insight = new Option<bool>("--insight") { Description = "Look into every agent under the first seed: what it recommends, estimates and learns, and who gains by it. 'report' shows it." };
        var (data, device, config, set, libtorch) =
            (CommonOptions.Data(), CommonOptions.Device("cpu"), CommonOptions.Config(), CommonOptions.Set(), CommonOptions.Libtorch());
        var command = new Command("compare", "Compare agents over environments and seeds.") { environments, agents, seeds, seed, iterations, data, device, config, tuned, set, sweep, insight, output, jobs, cluster, libtorch, Answer.Option() };
        command.SetAction(parsed =>
        {
            var places = RunPlaces.From(parsed.GetValue(cluster), parsed.GetValue(device) ?? "cpu", parsed.GetValue(jobs));
            var plan = ComparisonInput.From(
                parsed.GetValue(environments), parsed.GetValue(agents), parsed.GetValue(config) ?? [], parsed.GetValue(tuned), parsed.GetValue(set) ?? [],
                parsed.GetValue(sweep) ?? [], parsed.GetValue(data), parsed.GetValue(iterations), parsed.GetValue(seed), parsed.GetValue(seeds));
            using var folder = ComparisonFolder.Open(parsed.GetValue(output)!, plan, places.Device, CommandText.Of(parsed));
            return new ComparisonSession(folder, plan, places) { KeepsInsight = parsed.GetValue(insight) }.Run();
        });
        return command;
    }
}
