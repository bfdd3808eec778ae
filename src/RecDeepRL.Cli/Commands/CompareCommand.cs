using System.CommandLine;
using System.Globalization;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Reporting;
using Serilog.Core;
using Serilog.Events;
using TorchSharp;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>compare</c>: which recommender, here? Every agent meets the same users and the same luck.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var environments = new Option<string>("--env") { Description = "Environments, separated by commas, or all: with --data, all that read data. Default all.", HelpName = "E,…", DefaultValueFactory = _ => "all" };
        var agents = new Option<string>("--agents") { Description = "Agents, separated by commas, or all. Default all.", HelpName = "a,b,…", DefaultValueFactory = _ => "all" };
        var seeds = new Option<int>("--seeds") { Description = "Seeds, from --seed on. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var seed = new Option<long>("--seed") { Description = "The first seed. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var iterations = new Option<int?>("--iterations") { Description = "Rounds of each run. Default: each environment's own.", HelpName = "N" };
        var output = new Option<string>("--out") { Description = "Folder for results.csv, summary.md and comparison.png/.svg; must hold no results yet. Default results.", HelpName = "DIR", DefaultValueFactory = _ => "results" };
        var jobs = new Option<int?>("--jobs") { Description = "Runs side by side, one thread each. Default: one per core on the CPU, one on CUDA.", HelpName = "N" };
        var tuned = new Option<string>("--tuned") { Description = "Folder of tuned configurations, DIR/ENVIRONMENT/AGENT.json as 'tune' writes them; pairs without a file keep the defaults. --config and --set go before it.", HelpName = "DIR" };
        var (data, device, config, set, libtorch) =
            (CommonOptions.Data(), CommonOptions.Device("cpu"), CommonOptions.Config(), CommonOptions.Set(), CommonOptions.Libtorch());
        var command = new Command("compare", "Compare agents over environments and seeds.") { environments, agents, seeds, seed, iterations, data, device, config, tuned, set, output, jobs, libtorch };
        command.SetAction(parsed =>
        {
            CommonOptions.RequireAtLeast("--seeds", parsed.GetValue(seeds), 1);
            var deviceName = parsed.GetValue(device) ?? "cpu";
            var chosen = Devices.Choose(deviceName);
            var sideBySide = parsed.GetValue(jobs) ?? (chosen.type == DeviceType.CPU ? Environment.ProcessorCount : 1);
            CommonOptions.RequireAtLeast("--jobs", sideBySide, 1);
            var files = (parsed.GetValue(config) ?? []).Select(ConfigFile.Read).ToList();
            var folder = RunInput.FullFolder(parsed.GetValue(data));
            var pairs = Pairs(
                Names(parsed.GetValue(environments)!, "environment", CommonOptions.Catalog.Environments, one => folder is null || one.ReadsData),
                Names(parsed.GetValue(agents)!, "agent", CommonOptions.Catalog.Agents, _ => true),
                files, TunedFolder(parsed.GetValue(tuned)), new Settings(parsed.GetValue(set) ?? []), folder, RunInput.Rounds(parsed.GetValue(iterations)));
            var first = parsed.GetValue(seed);
            var plan = new ComparisonPlan { Pairs = pairs, Seeds = [.. Enumerable.Range(0, parsed.GetValue(seeds)).Select(index => first + index)] };
            return Compare(plan, chosen, sideBySide, ResultFolder(parsed.GetValue(output)!));
        });
        return command;
    }

    /// <param name="fits">Which of them 'all' stands for.</param>
    private static List<string> Names<TContext, TComponent>(
        string text, string kind, IReadOnlyList<ComponentRegistration<TContext, TComponent>> all, Func<ComponentRegistration<TContext, TComponent>, bool> fits)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
            throw new UserMistakeException($"No {kind} was named. Give names separated by commas, or all.");
        return [.. (names is ["all"] ? all.Where(fits).Select(one => one.Name) : names.Select(name => all.Find(kind, name).Name)).Distinct()];
    }

    private static string? TunedFolder(string? folder) => folder is null || Directory.Exists(folder)
        ? folder
        : throw new UserMistakeException($"There is no folder '{folder}'. Give --tuned a folder that holds ENVIRONMENT/AGENT.json, such as configs/tuned.");

    private static List<RunPlan> Pairs(List<string> environments, List<string> agents, List<ConfigFile> files, string? tuned, Settings settings, string? data, int? iterations)
    {
        var catalog = CommonOptions.Catalog;
        var plans = (from environment in environments
                     from agent in agents
                     select new RunPlan
                     {
                         Agent = agent,
                         Environment = environment,
                         AgentOptions = Tuned(tuned, environment, agent).Concat(files).Where(file => file.Agent == agent).SelectMany(file => file.AgentOptions).GroupBy(one => one.Key).ToDictionary(one => one.Key, one => one.Last().Value),
                         EnvironmentOptions = files.Where(file => file.Environment == environment).SelectMany(file => file.EnvironmentOptions).GroupBy(one => one.Key).ToDictionary(one => one.Key, one => one.Last().Value),
                         DataFolder = data,
                         Iterations = iterations,
                     }).ToList();
        settings.Check(plans, catalog);
        return [.. plans.Select(plan => settings.ApplyTo(plan, catalog).Resolve(catalog))];
    }

    private static IEnumerable<ConfigFile> Tuned(string? folder, string environment, string agent)
    {
        if (folder is null || Path.Combine(folder, environment, agent + ".json") is not { } path || !File.Exists(path))
            return [];
        var file = ConfigFile.Read(path);
        return file.Agent == agent ? [file] : throw new UserMistakeException($"'{path}' configures the agent '{file.Agent ?? "none"}', expected is '{agent}'. Rename it, or leave --tuned out.");
    }

    private static string ResultFolder(string folder)
    {
        var results = Path.Combine(folder, ComparisonFile.Name);
        if (File.Exists(folder))
            throw new UserMistakeException($"'{folder}' is a file. Give --out a folder.");
        if (File.Exists(results))
            throw new UserMistakeException($"'{results}' exists already, and a comparison never overwrites another. Give --out another folder.");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The folder '{folder}' cannot be created: {fault.Message}", fault);
        }
        AtomicFile.WriteAllText(results, ComparisonRow.Header + "\n");
        return folder;
    }

    private static int Compare(ComparisonPlan plan, torch.Device device, int jobs, string folder)
    {
        // Several runs side by side, each with libtorch's threads on every core, would wait for each other at barriers most of the time.
        if (jobs > 1)
            torch.set_num_threads(1);
        using var log = RunLog.Create(Path.Combine(folder, "compare.log"), new LoggingLevelSwitch(LogEventLevel.Information));
        using var interruption = new Interruption();
        var cells = plan.Pairs.Count * plan.Seeds.Count;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var finished = new List<ComparisonRow>();
        var failures = 0;
        log.Information("{Cells} runs ({Pairs} pairs of environment and agent × {Seeds} seeds), {Jobs} side by side, device {Device:l}", cells, plan.Pairs.Count, plan.Seeds.Count, jobs, Devices.Describe(device));
        var runner = new ComparisonRunner(CommonOptions.Catalog, device, jobs)
        {
            Finished = row =>
            {
                finished.Add(row);
                var left = TimeSpan.FromSeconds(watch.Elapsed.TotalSeconds / finished.Count * (cells - finished.Count));
                log.Information(
                    "{Done}/{Cells}  {Environment:l} {Agent:l} seed {Seed}: final {Final:F4}, training {Training:F4}, {Seconds:F1} s  {Left:l} left",
                    finished.Count, cells, row.Environment, row.Agent, row.Seed, row.Final, row.TrainingMean, row.Seconds, left.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture));
                // Whole after every run: what is finished survives whatever comes.
                Write(folder, finished);
            },
            Failed = (cell, fault) =>
            {
                failures++;
                log.Error(fault, "{Environment:l} {Agent:l} seed {Seed} failed; the others go on", cell.Environment, cell.Agent, cell.Seed);
            },
        };
        IReadOnlyList<ComparisonRow> rows;
        try
        {
            rows = runner.Run(plan, interruption.Token);
        }
        catch (UserMistakeException) when (finished.Count == 0)
        {
            // Nothing was run: nothing is left behind, and the folder can be given again.
            log.Dispose();
            File.Delete(Path.Combine(folder, ComparisonFile.Name));
            File.Delete(Path.Combine(folder, "compare.log"));
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
            throw;
        }
        Write(folder, rows);
        if (rows.Count > 0)
        {
            var summaries = ComparisonSummary.Of(rows);
            AtomicFile.WriteAllText(Path.Combine(folder, "summary.md"), ComparisonMarkdown.Of(summaries));
            Plots.Comparison(Path.Combine(folder, "comparison"), summaries);
            foreach (var table in ComparisonTable.Of(summaries))
                Screen.Out.Write(table);
        }
        log.Information("{Rows} of {Cells} runs in {Folder:l}, {Seconds:F0} s in all", rows.Count, cells, Path.Combine(folder, ComparisonFile.Name), watch.Elapsed.TotalSeconds);
        return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : failures > 0 ? ExitCode.Fault : ExitCode.Done;
    }

    private static void Write(string folder, IEnumerable<ComparisonRow> rows) =>
        AtomicFile.WriteAllText(Path.Combine(folder, ComparisonFile.Name), ComparisonRow.Header + "\n" + string.Concat(rows.Select(row => row.ToCsv() + "\n")));
}
