using RecDeepRL.Agents.Bandits;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Agents;

/// <summary>Every agent that the program knows, one line each.</summary>
public static class AgentRegistry
{
    public static IReadOnlyList<ComponentRegistration<AgentContext, IAgent>> All { get; } =
    [
        Agent<RandomOptions>("random", "K items drawn uniformly: the floor", (context, _) => new RandomAgent(context)),
        Agent<DdpgOptions>("ddpg", "deep deterministic policy gradient over an item space, slates chosen as Wolpertinger does", (context, options) => new DdpgAgent(context, options)),
        Agent<NeuralLinUcbOptions>("neural-linucb", "upper confidence bounds on the last hidden layer of a network", (context, options) => new NeuralLinUcbAgent(context, options)),
    ];

    /// <exception cref="UserMistakeException">No such agent.</exception>
    public static ComponentRegistration<AgentContext, IAgent> Find(string name) => All.Find("agent", name);

    private static ComponentRegistration<AgentContext, IAgent> Agent<TOptions>(
        string name, string summary, Func<AgentContext, TOptions, IAgent> create, bool isBound = false)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, isBound: isBound);
}
