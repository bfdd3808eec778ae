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
        Agent<SoftmaxOptions>("softmax", "items drawn with probabilities that rise with their means (Boltzmann)", (context, options) => new SoftmaxAgent(context, options)),
        Agent<Exp3Options>("exp3", "exponential weights, nothing assumed of the responses (EXP3, EXP3.M)", (context, options) => new Exp3Agent(context, options)),
        Agent<Exp3SOptions>("exp3s", "exponential weights that let another item take the lead (EXP3.S)", (context, options) => new Exp3SAgent(context, options)),
        Agent<UcbOptions>("ucb", "upper confidence bounds on the items' means (UCB1)", (context, options) => new UcbAgent(context, options)),
        Agent<UcbTunedOptions>("ucb-tuned", "upper confidence bounds that look at variances (UCB1-tuned)", (context, options) => new UcbTunedAgent(context, options)),
        Agent<UcbVOptions>("ucb-v", "upper confidence bounds from the empirical Bernstein inequality", (context, options) => new UcbVAgent(context, options)),
        Agent<MossOptions>("moss", "upper confidence bounds, optimal in the worst case", (context, options) => new MossAgent(context, options)),
        Agent<KlUcbOptions>("kl-ucb", "upper confidence bounds as tight as coins allow", (context, options) => new KlUcbAgent(context, options)),
        Agent<BayesUcbOptions>("bayes-ucb", "upper quantiles of Beta posteriors", (context, options) => new BayesUcbAgent(context, options)),
        Agent<DiscountedUcbOptions>("discounted-ucb", "upper confidence bounds in which the past fades", (context, options) => new DiscountedUcbAgent(context, options)),
        Agent<SlidingWindowUcbOptions>("sliding-window-ucb", "upper confidence bounds on the last rounds only", (context, options) => new SlidingWindowUcbAgent(context, options)),
        Agent<ChangeDetectionUcbOptions>("change-detection-ucb", "upper confidence bounds that restart where a change is detected (GLR, CUSUM)", (context, options) => new ChangeDetectionUcbAgent(context, options)),
        Agent<ThompsonOptions>("thompson", "Thompson sampling on the items' means (Beta-Bernoulli)", (context, options) => new ThompsonAgent(context, options)),
        Agent<GaussianThompsonOptions>("gaussian-thompson", "Thompson sampling on the items' means with normal posteriors", (context, options) => new GaussianThompsonAgent(context, options)),
        Agent<DiscountedThompsonOptions>("discounted-thompson", "Thompson sampling in which the past fades", (context, options) => new DiscountedThompsonAgent(context, options)),
        Agent<SlidingWindowThompsonOptions>("sliding-window-thompson", "Thompson sampling on the last rounds only", (context, options) => new SlidingWindowThompsonAgent(context, options)),
        Agent<KalmanThompsonOptions>("kalman-thompson", "Thompson sampling on items with a trend, followed by a Kalman filter", (context, options) => new KalmanThompsonAgent(context, options)),
        Agent<LinUcbOptions>("linucb", "upper confidence bounds linear in the user features, one regression per item", (context, options) => new LinUcbAgent(context, options)),
        Agent<HybridLinUcbOptions>("hybrid-linucb", "upper confidence bounds linear in products of user and item features, with a part that all items share", (context, options) => new HybridLinUcbAgent(context, options)),
        Agent<HLinUcbOptions>("hlinucb", "LinUCB with hidden features of each user, learned from the user's own responses", (context, options) => new HLinUcbAgent(context, options)),
        Agent<LinearThompsonOptions>("linear-thompson", "Thompson sampling linear in the user features, one regression per item", (context, options) => new LinearThompsonAgent(context, options)),
        Agent<LogisticUcbOptions>("logistic-ucb", "upper confidence bounds on log-odds linear in the user features", (context, options) => new LogisticUcbAgent(context, options)),
        Agent<LogisticThompsonOptions>("logistic-thompson", "Thompson sampling on log-odds linear in the user features", (context, options) => new LogisticThompsonAgent(context, options)),
        Agent<KnnOptions>("knn", "the mean response of the most similar users who were shown the item", (context, options) => new KnnAgent(context, options)),
        Agent<TreeBootstrapOptions>("tree-bootstrap", "Thompson sampling by the bootstrap over gradient-boosted trees", (context, options) => new TreeBootstrapAgent(context, options)),
        Agent<ImplicitAlsOptions>("implicit-als", "matrix factorisation by weighted alternating least squares, with the users' ridge posterior", (context, options) => new ImplicitAlsAgent(context, options)),
        Agent<LogisticMfOptions>("logistic-mf", "logistic matrix factorisation, with the users' Laplace posterior", (context, options) => new LogisticMfAgent(context, options)),
        Agent<ItemKnnOptions>("item-knn", "the items most similar to what the user responded to", (context, options) => new ItemKnnAgent(context, options)),
        Agent<EaseOptions>("ease", "linear regression of each item on all others, in closed form (EASE)", (context, options) => new EaseAgent(context, options)),
        Agent<SlimOptions>("slim", "sparse linear regression of each item on all others (SLIM)", (context, options) => new SlimAgent(context, options)),
        Agent<PairBetaOptions>("pair-beta", "a Beta posterior for every pair of user and item, around the item's mean", (context, options) => new PairBetaAgent(context, options)),
        Agent<PmfOptions>("pmf", "probabilistic matrix factorisation with a normal posterior of each user's factors", (context, options) => new PmfAgent(context, options)),
        Agent<GaussianTastesOptions>("gaussian-tastes", "every user's tastes as a draw from a normal distribution over a pool of items", (context, options) => new GaussianTastesAgent(context, options)),
        Agent<DdpgOptions>("ddpg", "deep deterministic policy gradient over an item space, slates chosen as Wolpertinger does", (context, options) => new DdpgAgent(context, options)),
        Agent<Td3Options>("td3", "twin delayed deterministic policy gradient over an item space", (context, options) => new Td3Agent(context, options)),
        Agent<SacOptions>("sac", "soft actor-critic over an item space, its temperature learned", (context, options) => new SacAgent(context, options)),
        Agent<DqnOptions>("dqn", "double deep Q-learning over items", (context, options) => new DqnAgent(context, options)),
        Agent<SlateQOptions>("slateq", "Q-learning of slates as sums over their items (SlateQ)", (context, options) => new SlateQAgent(context, options)),
        Agent<ReinforceOptions>("reinforce", "policy gradient over a softmax of items with the top-K off-policy correction", (context, options) => new ReinforceAgent(context, options)),
        Agent<NeuralLinUcbOptions>("neural-linucb", "upper confidence bounds on the last hidden layer of a network", (context, options) => new NeuralLinUcbAgent(context, options)),
        Agent<NeuralLinearOptions>("neural-linear", "Thompson sampling on a Bayesian regression of each item on the last hidden layer of a network", (context, options) => new NeuralLinearAgent(context, options)),
        Agent<NeuralUcbOptions>("neural-ucb", "upper confidence bounds by the gradients of a network (NeuralUCB)", (context, options) => new NeuralUcbAgent(context, options)),
        Agent<NeuralThompsonOptions>("neural-ts", "Thompson sampling by the gradients of a network (NeuralTS)", (context, options) => new NeuralThompsonAgent(context, options)),
        Agent<BootstrappedOptions>("bootstrapped", "an ensemble of networks on resampled responses, one member for each user", (context, options) => new BootstrappedAgent(context, options)),
        Agent<TwoTowerOptions>("two-tower", "a network for the user and one for the item, whose outputs meet in a product (DSSM)", (context, options) => new TwoTowerAgent(context, options)),
        Agent<NeuralCfOptions>("neural-cf", "a factorisation and a network on embeddings of user and item (NeuMF)", (context, options) => new NeuralCfAgent(context, options)),
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
