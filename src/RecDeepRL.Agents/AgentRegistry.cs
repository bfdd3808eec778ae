using RecDeepRL.Agents.Bandits;
using RecDeepRL.Agents.Bounds;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Agents.Contextual;
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
        Agent<GreedyOptions>("greedy", "the items of highest mean response, with an optimistic start if asked for", (context, options) => new GreedyAgent(context, options)),
        Agent<EpsilonGreedyOptions>("epsilon-greedy", "greedy, but each slot explores now and then", (context, options) => new EpsilonGreedyAgent(context, options)),
        Agent<UcbOptions>("ucb", "upper confidence bounds on the items' means (UCB1)", (context, options) => new UcbAgent(context, options)),
        Agent<ThompsonOptions>("thompson", "Thompson sampling on the items' means (Beta-Bernoulli)", (context, options) => new ThompsonAgent(context, options)),
        Agent<LinUcbOptions>("linucb", "upper confidence bounds linear in the user features, one regression per item", (context, options) => new LinUcbAgent(context, options)),
        Agent<ImplicitAlsOptions>("implicit-als", "matrix factorisation by weighted alternating least squares, with the users' ridge posterior", (context, options) => new ImplicitAlsAgent(context, options)),
        Agent<LogisticMfOptions>("logistic-mf", "logistic matrix factorisation, with the users' Laplace posterior", (context, options) => new LogisticMfAgent(context, options)),
        Agent<ItemKnnOptions>("item-knn", "the items most similar to what the user responded to", (context, options) => new ItemKnnAgent(context, options)),
        Agent<EaseOptions>("ease", "linear regression of each item on all others, in closed form (EASE)", (context, options) => new EaseAgent(context, options)),
        Agent<SlimOptions>("slim", "sparse linear regression of each item on all others (SLIM)", (context, options) => new SlimAgent(context, options)),
        Agent<PairBetaOptions>("pair-beta", "a Beta posterior for every pair of user and item, around the item's mean", (context, options) => new PairBetaAgent(context, options)),
        Agent<PmfOptions>("pmf", "probabilistic matrix factorisation with a normal posterior of each user's factors", (context, options) => new PmfAgent(context, options)),
        Agent<GaussianTastesOptions>("gaussian-tastes", "every user's tastes as a draw from a normal distribution over a pool of items", (context, options) => new GaussianTastesAgent(context, options)),
        Agent<DdpgOptions>("ddpg", "deep deterministic policy gradient over an item space, slates chosen as Wolpertinger does", (context, options) => new DdpgAgent(context, options)),
        Agent<NeuralLinUcbOptions>("neural-linucb", "upper confidence bounds on the last hidden layer of a network", (context, options) => new NeuralLinUcbAgent(context, options)),
        Agent<OracleOptions>("oracle", "the best policy known under the truth: every user's best items, or a plan of the session", (context, _) => new OracleAgent(context), isBound: true),
        Agent<MyopicOptions>("myopic", "every user's best items of this round under the truth, whatever comes after it", (context, _) => new MyopicAgent(context), isBound: true),
        Agent<BestFixedOptions>("best-fixed", "the best list that is the same for everybody at all times", (context, _) => new BestFixedAgent(context), isBound: true),
    ];

    /// <exception cref="UserMistakeException">No such agent.</exception>
    public static ComponentRegistration<AgentContext, IAgent> Find(string name) => All.Find("agent", name);

    private static ComponentRegistration<AgentContext, IAgent> Agent<TOptions>(
        string name, string summary, Func<AgentContext, TOptions, IAgent> create, bool isBound = false)
        where TOptions : class, new() => ComponentRegistration.Of(name, summary, create, isBound: isBound);
}
