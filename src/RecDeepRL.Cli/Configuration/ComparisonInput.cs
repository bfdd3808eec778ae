using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Cli.Configuration;

/// <summary>The pairs and seeds of a comparison, put together from what the user asked for.</summary>
internal static class ComparisonInput
{
    /// <param name="environments">Names separated by commas, or all; none for those that the files name, or else all.</param>
    /// <param name="agents">The same of agents.</param>
    /// <param name="configs">Configuration files; a later one wins.</param>
    /// <param name="tuned">Folder of tuned configurations, or none.</param>
    /// <param name="settings">The <c>--set</c> options, which go before all files.</param>
    /// <param name="sweeps">The <c>--sweep</c> options, which go before all; several of them multiply.</param>
    /// <param name="data">Folder of the original's data, or none.</param>
    /// <exception cref="UserMistakeException">Anything unknown, contradictory or out of range.</exception>
    public static ComparisonPlan From(
        string? environments, string? agents, IEnumerable<string> configs, string? tuned, IEnumerable<string> settings, IEnumerable<string> sweeps,
        string? data, int? iterations, long firstSeed, int seedCount)
    {
        var catalog = Commands.CommonOptions.Catalog;
        var folder = RunInput.FullFolder(data);
        List<(string Path, ConfigFile File)> read = [.. configs.Select(path => (path, ConfigFile.Read(path)))];
        List<ConfigFile> files = [.. read.Select(one => one.File)];
        var environmentNames = Names(environments ?? Named(files.Select(file => file.Environment)), "environment", catalog.Environments, one => folder is null || one.ReadsData);
        var agentNames = Names(agents ?? Named(files.Select(file => file.Agent)), "agent", catalog.Agents, _ => true);
        foreach (var (path, file) in read)
        {
            RequireCompared(path, "agent", "--agents", file.Agent, file.AgentOptions, agentNames);
            RequireCompared(path, "environment", "--env", file.Environment, file.EnvironmentOptions, environmentNames);
        }
        IReadOnlyList<RunPlan> pairs = Pairs(environmentNames, agentNames, files, TunedFolder(tuned), new Settings(settings), folder, iterations);
        foreach (var sweep in sweeps.Select(text => new Sweep(text)).ToList())
            pairs = sweep.ApplyTo(pairs, catalog);
        return new ComparisonPlan { Pairs = pairs, Seeds = Commands.CommonOptions.Seeds(firstSeed, seedCount) }.Resolve(catalog);
    }

    /// <summary>Options that would go nowhere are not passed over.</summary>
    private static void RequireCompared(string path, string kind, string flag, string? name, Dictionary<string, string> options, List<string> compared)
    {
        if (name is not null && options.Count > 0 && !compared.Contains(name))
            throw new UserMistakeException($"'{path}' sets {string.Join(", ", options.Keys)} of the {kind} '{name}', which is not compared. Name it with {flag}, or leave the file out.");
    }

    private static string Named(IEnumerable<string?> names) => string.Join(',', names.OfType<string>().DefaultIfEmpty("all"));

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
        var catalog = Commands.CommonOptions.Catalog;
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
}
