using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>A small population of known probabilities. Every user takes part in every round and remembers the last four items.</summary>
internal sealed class ToyBandit : IDisposable
{
    private const int Memory = 4;
    private readonly float[,] _probabilities;
    private readonly RandomStream _responses;
    private Tensor _recentItems;
    private Tensor _recentResponses;

    /// <param name="probabilities">[users, items].</param>
    /// <param name="userFeatures">[users, features], or none.</param>
    public ToyBandit(float[,] probabilities, int slateSize, float[,]? userFeatures = null, long seed = 1)
    {
        _probabilities = probabilities;
        _responses = new RandomStream(seed, "toy");
        var users = probabilities.GetLength(0);
        var items = probabilities.GetLength(1);
        Population = new Population(Keys(users), Keys(items), userFeatures is null ? null : tensor(userFeatures));
        Spec = new EnvironmentSpec
        {
            Name = "toy",
            UserCount = users,
            ItemCount = items,
            SlateSize = slateSize,
            HistoryLength = Memory,
            UserFeatureCount = userFeatures?.GetLength(1) ?? 0,
            ItemFeatureCount = 0,
            Device = CPU,
            DefaultIterations = 10,
            PopulationFingerprint = Population.Fingerprint,
        };
        _recentItems = full([users, Memory], -1L, ScalarType.Int64).DetachFromDisposeScope();
        _recentResponses = zeros([users, Memory]).DetachFromDisposeScope();
    }

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    public long Iteration { get; private set; }

    /// <summary>Two groups of users, told apart by one feature, who like different halves of the items: probability .8 for the own half, .2 for the other.</summary>
    public static ToyBandit TwoGroups(int users, int items, int slateSize, long seed)
    {
        var probabilities = new float[users, items];
        var features = new float[users, 1];
        for (var user = 0; user < users; user++)
        {
            features[user, 0] = user % 2 == 0 ? 1 : -1;
            for (var item = 0; item < items; item++)
                probabilities[user, item] = (item < items / 2) == (user % 2 == 0) ? 0.8f : 0.2f;
        }
        return new ToyBandit(probabilities, slateSize, features, seed);
    }

    public AgentContext ContextFor(long seed) => new(Spec, Population, seed);

    public Observation Observe(Tensor? eligible = null) => new()
    {
        UserIds = arange(Spec.UserCount, ScalarType.Int64),
        UserFeatures = Population.UserFeatures?.clone(),
        RecentItems = _recentItems.clone(),
        RecentResponses = _recentResponses.clone(),
        EligibleItems = eligible?.clone(),
        Iteration = Iteration,
        DrawKey = Iteration,
    };

    public Feedback Step(Tensor slates)
    {
        var observation = Observe();
        var lanes = observation.UserIds.unsqueeze(1).mul(Spec.ItemCount).add(slates);
        var responses = _responses.Uniform(Iteration, lanes).lt(tensor(_probabilities).gather(1, slates)).to_type(ScalarType.Float32);
        Remember(ref _recentItems, slates);
        Remember(ref _recentResponses, responses);
        Iteration++;
        return new Feedback
        {
            Observation = observation,
            Slates = slates.clone(),
            Responses = responses,
            Reward = responses.sum(1),
            NextObservation = Observe(),
            Terminated = zeros([Spec.UserCount], ScalarType.Bool),
            Truncated = zeros([Spec.UserCount], ScalarType.Bool),
        };
    }

    /// <summary>Rounds of recommending and learning.</summary>
    public void Train(IAgent agent, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            using var observation = Observe();
            using var feedback = Step(agent.Recommend(observation, RecommendationMode.Explore));
            agent.Learn(feedback);
        }
    }

    /// <summary>The mean probability of what the agent shows when it does not explore.</summary>
    public double Score(IAgent agent)
    {
        using var scope = NewDisposeScope();
        using var observation = Observe();
        var slates = agent.Recommend(observation, RecommendationMode.Exploit);
        return tensor(_probabilities).gather(1, slates).mean().item<float>();
    }

    public void Dispose()
    {
        _recentItems.Dispose();
        _recentResponses.Dispose();
        Population.Dispose();
    }

    private static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(key => (long)key)];

    private static void Remember(ref Tensor memory, Tensor latest)
    {
        var moved = cat([memory, latest], 1).narrow(1, latest.shape[1], Memory).clone().DetachFromDisposeScope();
        memory.Dispose();
        memory = moved;
    }
}
