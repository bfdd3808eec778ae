using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Configuration;

/// <summary>What the user asked for, put together in the order built-in defaults ← configuration files ← options ← settings.</summary>
internal sealed record RunInput(RunPlan Plan, string Device)
{
    public const string DefaultEnvironment = "context";
    public const string DefaultDevice = "auto";

    private static readonly RangeAttribute s_rounds = new(1, int.MaxValue);
    private static readonly RangeAttribute s_seeds = new(typeof(long), OptionText.Format(long.MinValue), OptionText.Format(long.MaxValue)) { ParseLimitsInInvariantCulture = true };

    /// <param name="agent">Named on the command line, or none.</param>
    /// <exception cref="UserMistakeException">Anything unknown, contradictory or out of range.</exception>
    public static RunInput From(
        Catalog catalog, string? agent, string? environment, IEnumerable<string> configs, IEnumerable<string> settings,
        string? data, long? seed, int? iterations, string? device, string? warmStart = null)
    {
        var files = configs.Select(ConfigFile.Read).ToList();
        var configuredAgent = files.Select(file => file.Agent).LastOrDefault(name => name is not null);
        var agentName = agent ?? configuredAgent
            ?? throw new UserMistakeException("No agent was named. Write 'train AGENT', such as 'train ddpg'; 'list agents' shows all.");
        agentName = catalog.Agents.Find("agent", agentName).Name;
        if (configuredAgent is not null && configuredAgent != agentName)
            throw new UserMistakeException($"The command names the agent '{agentName}', the configuration '{configuredAgent}'. Leave one of them out.");
        var environmentName = environment ?? files.Select(file => file.Environment).LastOrDefault(name => name is not null) ?? DefaultEnvironment;
        environmentName = catalog.Environments.Find("environment", environmentName).Name;
        var run = Merge(files.Select(file => file.Run));
        var plan = new RunPlan
        {
            Agent = agentName,
            AgentOptions = Merge(files.Where(file => file.Agent is null || file.Agent == agentName).Select(file => file.AgentOptions)),
            Environment = environmentName,
            // Options of another environment than the one asked for say nothing about this one.
            EnvironmentOptions = Merge(files.Where(file => file.Environment is null || catalog.Environments.Find("environment", file.Environment).Name == environmentName)
                .Select(file => file.EnvironmentOptions)),
            DataFolder = FullFolder(data ?? run.GetValueOrDefault("data")),
            WarmStart = LogFolder(warmStart ?? run.GetValueOrDefault("warmStart")),
            Seed = seed ?? (long?)Number(run, "seed", s_seeds) ?? 1,
            Iterations = iterations ?? (int?)Number(run, "iterations", s_rounds),
        };
        var wanted = new Settings(settings);
        wanted.Check([plan], catalog);
        return new RunInput(wanted.ApplyTo(plan, catalog).Resolve(catalog), device ?? run.GetValueOrDefault("device") ?? DefaultDevice);
    }

    /// <exception cref="UserMistakeException">There is no such folder.</exception>
    public static string? FullFolder(string? folder)
    {
        if (folder is null or "none")
            return null;
        return Directory.Exists(folder)
            ? Path.GetFullPath(folder)
            : throw new UserMistakeException($"There is no data folder '{folder}'. Give the folder that holds response_models/, or leave --data out to use the built-in population.");
    }

    /// <exception cref="UserMistakeException">There is no such folder.</exception>
    private static string? LogFolder(string? folder)
    {
        if (folder is null or "none")
            return null;
        return Directory.Exists(folder)
            ? Path.GetFullPath(folder)
            : throw new UserMistakeException($"There is no log folder '{folder}'. Give --warm-start a folder that 'simulate --log' wrote.");
    }

    private static Dictionary<string, string> Merge(IEnumerable<IReadOnlyDictionary<string, string>> layers)
    {
        var merged = new Dictionary<string, string>();
        foreach (var (key, value) in layers.SelectMany(layer => layer))
            merged[key] = value;
        return merged;
    }

    private static object? Number(Dictionary<string, string> run, string key, RangeAttribute range)
    {
        if (!run.TryGetValue(key, out var text) || text == "none")
            return null;
        return OptionText.Number(range.OperandType, text) is { } number && range.IsValid(number)
            ? number
            : throw new UserMistakeException($"run.{key} was {OptionText.Received(text)}, must be {RangeText.Wanted(range, range.OperandType, text)}.");
    }
}
