using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

/// <summary>Small hand-made worlds for the tests of agents.</summary>
internal static class Toy
{
    public static EnvironmentSpec Spec(int users, int items, int slateSize, int features = 0, int iterations = 20) => new()
    {
        Name = "toy",
        UserCount = users,
        ItemCount = items,
        SlateSize = slateSize,
        HistoryLength = 1,
        UserFeatureCount = features,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = iterations,
        PopulationFingerprint = "0123456789abcdef",
    };

    public static AgentContext Context(EnvironmentSpec spec, long seed = 1) =>
        new(spec, new Population(new long[spec.UserCount], new long[spec.ItemCount]), seed);

    /// <param name="users">How many users, with the ids 0, 1, 2, … unless <paramref name="ids"/> are given.</param>
    public static Observation Observe(int users, Tensor? features = null, Tensor? eligible = null, long drawKey = 0, long iteration = 0, Tensor? ids = null) => new()
    {
        UserIds = ids ?? arange(users, ScalarType.Int64),
        UserFeatures = features,
        RecentItems = full([users, 1], -1L, ScalarType.Int64),
        RecentResponses = zeros(users, 1),
        EligibleItems = eligible,
        Iteration = iteration,
        DrawKey = drawKey,
    };

    public static Feedback Feedback(Observation observation, Tensor slates, Tensor responses) => new()
    {
        Observation = observation,
        Slates = slates,
        Responses = responses,
        Reward = responses.sum(1),
        NextObservation = observation,
        Terminated = zeros(observation.UserCount, ScalarType.Bool),
        Truncated = zeros(observation.UserCount, ScalarType.Bool),
    };

    /// <summary>Teaches an agent that each item, shown alone, got so many responses out of so many showings.</summary>
    public static void Teach(IAgent agent, params (int Shown, int Responses)[] items)
    {
        using var scope = NewDisposeScope();
        var slates = items.SelectMany((item, id) => Enumerable.Repeat((long)id, item.Shown)).ToArray();
        var responses = items.SelectMany(item => Enumerable.Range(0, item.Shown).Select(index => index < item.Responses ? 1f : 0f)).ToArray();
        agent.Learn(Feedback(Observe(slates.Length), tensor(slates).unsqueeze(1), tensor(responses).unsqueeze(1)));
    }

    /// <summary>The slates as rows of ids.</summary>
    public static long[][] Slates(IAgent agent, Observation observation, RecommendationMode mode)
    {
        using var slates = agent.Recommend(observation, mode);
        return [.. slates.data<long>().ToArray().Chunk((int)slates.shape[1])];
    }

    /// <summary>Runs an agent in a world of click probabilities, every user in every round.</summary>
    /// <param name="probabilities">[U, N].</param>
    /// <param name="features">[U, D] or none.</param>
    /// <returns>The expected responses per user of the final exploiting slates.</returns>
    public static double Train(IAgent agent, Tensor probabilities, Tensor? features, int rounds, long seed)
    {
        using var outer = NewDisposeScope();
        var (users, items) = ((int)probabilities.shape[0], probabilities.shape[1]);
        var coins = new RandomStream(seed, "toy");
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            var observation = Observe(users, features, drawKey: round, iteration: round);
            var slates = agent.Recommend(observation, RecommendationMode.Explore);
            var lanes = observation.UserIds.unsqueeze(1).mul(items).add(slates);
            agent.Learn(Feedback(observation, slates, coins.Uniform(round, lanes).lt(probabilities.gather(1, slates)).to_type(ScalarType.Float32)));
        }
        var final = agent.Recommend(Observe(users, features, drawKey: -1, iteration: rounds), RecommendationMode.Exploit);
        return probabilities.gather(1, final).sum(1).mean().item<float>();
    }
}
