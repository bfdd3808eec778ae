using RecDeepRL.Core.Options;

namespace RecDeepRL.Experiments;

/// <summary>Everything that determines a run's numbers, device aside: written beside every result, and enough to repeat it.</summary>
public sealed record RunPlan
{
    /// <summary>Registered name of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>Options of the agent by name, as the user would type them.</summary>
    public IReadOnlyDictionary<string, string> AgentOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Registered name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Options of the environment by name, as the user would type them.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder in the original's layout, absolute; none for the built-in population.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Folder of an interaction log, absolute, that agent and environment go through before the first round; none for a cold start.
    /// Whoever makes the pair reads the log and hands its rounds to <see cref="RunPair.WarmStart"/>.</summary>
    public string? WarmStart { get; init; }

    /// <summary>Seed of population, coins and agent.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Rounds to run in all; none for the environment's default.</summary>
    public int? Iterations { get; init; }

    /// <summary>The same plan with every option written out, checked against the options' types and ranges.</summary>
    /// <exception cref="Core.UserMistakeException">An unknown name, or options out of range.</exception>
    public RunPlan Resolve(Catalog catalog)
    {
        var agent = catalog.Agents.Find("agent", Agent);
        var environment = catalog.Environments.Find("environment", Environment);
        return this with
        {
            Agent = agent.Name,
            Environment = environment.Name,
            AgentOptions = new Dictionary<string, string>(OptionsBinder.ToTexts(OptionsBinder.Bind(agent.OptionsType, AgentOptions))),
            EnvironmentOptions = new Dictionary<string, string>(OptionsBinder.ToTexts(OptionsBinder.Bind(environment.OptionsType, EnvironmentOptions))),
        };
    }

    /// <summary>Those of the agent's options that are not as by default, as <c>key=value</c> separated by semicolons; empty where all are.</summary>
    public string ChangedAgentOptions(Catalog catalog) => Changed(catalog.Agents.Find("agent", Agent).OptionsType, AgentOptions);

    /// <summary>The same of the environment.</summary>
    public string ChangedEnvironmentOptions(Catalog catalog) => Changed(catalog.Environments.Find("environment", Environment).OptionsType, EnvironmentOptions);

    private static string Changed(Type optionsType, IReadOnlyDictionary<string, string> options)
    {
        var defaults = OptionsBinder.ToTexts(Activator.CreateInstance(optionsType)!);
        var chosen = OptionsBinder.ToTexts(OptionsBinder.Bind(optionsType, options));
        return string.Join(';', chosen.Except(defaults).Select(option => $"{option.Key}={option.Value}"));
    }
}
