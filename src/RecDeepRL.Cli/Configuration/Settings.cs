using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Configuration;

/// <summary>The <c>--set key=value</c> options: sorts each to the agent or environment that it belongs to.</summary>
/// <remarks>A key may be qualified by <c>agent.</c>, <c>environment.</c> or a registered name; without that, it goes wherever an option of that name exists.</remarks>
internal sealed class Settings
{
    private readonly List<(string? Owner, string Key, string Value)> _entries = [];
    private readonly string _source;

    /// <param name="texts">As the user typed them.</param>
    /// <param name="source">The option that they were typed behind, for messages.</param>
    /// <exception cref="UserMistakeException">A text is not of the form key=value.</exception>
    public Settings(IEnumerable<string> texts, string source = "--set")
    {
        _source = source;
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UserMistakeException($"{source} was '{OptionText.Received(text)}', must be key=value, such as {source} discount=0.9.");
            var name = text[..equals].Trim();
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            _entries.Add((dot < 0 ? null : name[..dot], name[(dot + 1)..], text[(equals + 1)..].Trim()));
        }
    }

    /// <summary>The plan with the settings that concern it.</summary>
    public RunPlan ApplyTo(RunPlan plan, Catalog catalog)
    {
        var agent = catalog.Agents.Find("agent", plan.Agent);
        var environment = catalog.Environments.Find("environment", plan.Environment);
        var agentOptions = new Dictionary<string, string>(plan.AgentOptions);
        var environmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions);
        foreach (var (owner, key, value) in _entries)
        {
            if (Takes(owner, key, "agent", agent))
                agentOptions[key] = value;
            if (Takes(owner, key, "environment", environment))
                environmentOptions[key] = value;
        }
        return plan with { AgentOptions = agentOptions, EnvironmentOptions = environmentOptions };
    }

    /// <exception cref="UserMistakeException">A setting concerns none of the plans, or an agent and an environment alike.</exception>
    public void Check(IReadOnlyList<RunPlan> plans, Catalog catalog)
    {
        var agents = plans.Select(plan => catalog.Agents.Find("agent", plan.Agent)).Distinct().ToList();
        var environments = plans.Select(plan => catalog.Environments.Find("environment", plan.Environment)).Distinct().ToList();
        foreach (var (owner, key, _) in _entries)
        {
            if (owner is not null)
            {
                if (!agents.Any(agent => Concerns(owner, "agent", agent.Name, agent.Aliases)) && !environments.Any(environment => Concerns(owner, "environment", environment.Name, environment.Aliases)))
                    throw new UserMistakeException($"{_source} {owner}.{key} names '{owner}', which is not part of this run. Use agent.{key}, environment.{key}, or a name that is.");
                continue;
            }
            var ofAgent = agents.Any(agent => Has(agent.OptionsType, key));
            var ofEnvironment = environments.Any(environment => Has(environment.OptionsType, key));
            if (ofAgent && ofEnvironment)
                throw new UserMistakeException($"{_source} {key} could mean the agent or the environment. Write agent.{key} or environment.{key}.");
            if (!ofAgent && !ofEnvironment)
            {
                var known = agents.Select(agent => agent.OptionsType).Concat(environments.Select(environment => environment.OptionsType))
                    .SelectMany(OptionDescription.Of).Select(option => option.Name).Distinct();
                throw new UserMistakeException(
                    $"Unknown option '{OptionText.Received(key)}'.{NearName.Suggest(key, known)} 'list {agents[0].Name}' and 'list {environments[0].Name}' show the options.");
            }
        }
    }

    /// <summary>Whether a key is meant for an agent or environment: its owner is named, or it has an option of that name.</summary>
    public static bool Takes(string? owner, string key, string kind, IComponentDescription component) =>
        Concerns(owner, kind, component.Name, component.Aliases) && (owner is not null || Has(component.OptionsType, key));

    private static bool Concerns(string? owner, string kind, string name, IReadOnlyList<string> aliases) =>
        owner is null || owner == kind || owner == name || aliases.Contains(owner);

    private static bool Has(Type optionsType, string key) => OptionDescription.Of(optionsType).Any(option => option.Name == key);
}
