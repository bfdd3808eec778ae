using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Tuning;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>tune</c>: searches the options of an agent for an environment, by what is drawn and never by the truth, and writes the best as a configuration.</summary>
internal static class TuneCommand
{
    /// <summary>Where seeds start unless the user says otherwise: apart from those that results are reported of.</summary>
    private const long FirstSeed = 1001;

    public static Command Create()
    {
        var agent = new Argument<string>("AGENT") { Description = "Agent to tune; 'list agents' shows all." };
        var environment = new Option<string>("--env") { Description = $"Environment. Default {RunInput.DefaultEnvironment}.", HelpName = "E", DefaultValueFactory = _ => RunInput.DefaultEnvironment };
        var search = new Option<string[]>("--search") { Description = "What to search: key=a,b,c, or key=low..high, or key=low..high:log; may be repeated. All combinations where they fit the budget, otherwise random ones.", HelpName = "key=…", Required = true, AllowMultipleArgumentsPerToken = false };
        var budget = new NumberOption<int>("--budget", least: 1, most: 1_000_000) { Description = "Candidates in all, the start among them. Default 16.", HelpName = "N", DefaultValueFactory = _ => 16 };
        var seeds = new NumberOption<int>("--seeds", least: 1, most: CommonOptions.MostSeeds) { Description = "Seeds of the best candidates. Default 8.", HelpName = "N", DefaultValueFactory = _ => 8 };
        var seed = new NumberOption<long>("--seed", least: long.MinValue) { Description = $"The first seed; keep apart from seeds that you report. Default {FirstSeed}.", HelpName = "N", DefaultValueFactory = _ => FirstSeed };
        var halvings = new NumberOption<int>("--halvings", least: 0) { Description = "How often the worse half is dropped and the seeds of the rest are doubled; 0 gives every candidate every seed. Default 2.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var metric = new WordOption<TuningMetric>("--metric") { Description = "What decides: final (evaluation after the last round), training (mean while training) or both (their mean). Default final.", HelpName = "M", DefaultValueFactory = _ => TuningMetric.Final };
        var iterations = new NumberOption<int?>("--iterations", least: 1) { Description = "Rounds of each run. Default: the environment's own.", HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "File for the best configuration, *.json. Default configs/tuned/ENVIRONMENT/AGENT.json.", HelpName = "FILE" };
        var state = new Option<string?>("--state") { Description = "Folder for finished runs, from which a search that was stopped goes on, and for the table and picture of what it found. Default: beside --out, with .tuning in place of .json.", HelpName = "DIR" };
        var (jobs, cluster) = (RunPlaces.JobsOption(), RunPlaces.ClusterOption());
        var (data, device, config, set, force, libtorch) =
            (CommonOptions.Data(), CommonOptions.Device("cpu"), CommonOptions.Config(), CommonOptions.Set(), OutputFile.Force(), CommonOptions.Libtorch());
        var command = new Command("tune", "Search an agent's options for an environment and write the best as a configuration.")
            { agent, environment, search, budget, seeds, seed, halvings, metric, iterations, data, device, config, set, output, state, force, jobs, cluster, libtorch, Answer.Option() };
        command.SetAction(parsed =>
        {
            var input = RunInput.From(
                CommonOptions.Catalog, parsed.GetValue(agent), parsed.GetValue(environment), parsed.GetValue(config) ?? [], parsed.GetValue(set) ?? [],
                parsed.GetValue(data), null, parsed.GetValue(iterations), parsed.GetValue(device) ?? "cpu");
            var optionsType = ComponentTypes.Of(CommonOptions.Catalog, input.Plan).Agent;
            var plan = new TuningPlan
            {
                Start = input.Plan,
                Ranges = Distinct(parsed.GetValue(search)!.Select(text => SearchRange.Parse(text, optionsType))),
                Budget = parsed.GetValue(budget),
                Seeds = CommonOptions.Seeds(parsed.GetValue(seed), parsed.GetValue(seeds)),
                Halvings = parsed.GetValue(halvings),
                Metric = parsed.GetValue(metric),
            };
            var path = OutputPath(parsed.GetValue(output), input.Plan, parsed.GetValue(force));
            var places = RunPlaces.From(parsed.GetValue(cluster), input.Device, parsed.GetValue(jobs));
            return new TuningSession(plan, places, path, "dotnet run -- " + CommandText.Of(parsed)).Run(parsed.GetValue(state) ?? Path.ChangeExtension(path, ".tuning"));
        });
        return command;
    }

    private static List<SearchRange> Distinct(IEnumerable<SearchRange> ranges)
    {
        var all = ranges.ToList();
        return all.GroupBy(range => range.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UserMistakeException($"--search names '{twice.Key}' more than once. Give all of its values in one.")
            : all;
    }

    private static string OutputPath(string? given, RunPlan plan, bool force)
    {
        if (given is not null)
            return OutputFile.Checked("--out", given, force, ".json");
        var path = Path.Combine("configs", "tuned", plan.Environment, plan.Agent + ".json");
        return !File.Exists(path) || force ? path : throw new UserMistakeException($"'{path}' exists already. Give --out another name, or --force to replace it.");
    }
}
