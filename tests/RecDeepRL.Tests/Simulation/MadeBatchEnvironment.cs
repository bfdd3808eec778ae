using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>Environments of six items whose probabilities rise from 0 to 1, and what plays them.</summary>
internal static class MadeBatchEnvironment
{
    public const int Users = 40;
    public const int Items = 6;

    public static float Probability(int item) => item / (float)(Items - 1);

    public static BatchEnvironment Make(int users = Users, int slateSize = 2, double sampling = .5, long seed = 0, int historyLength = 10)
    {
        var population = new Population([.. Enumerable.Range(0, users).Select(user => (long)user)], [.. Enumerable.Range(0, Items).Select(item => (long)item)]);
        var spec = new EnvironmentSpec
        {
            Name = "test",
            UserCount = users,
            ItemCount = Items,
            SlateSize = slateSize,
            HistoryLength = historyLength,
            UserFeatureCount = 0,
            ItemFeatureCount = 0,
            Device = CPU,
            DefaultIterations = 10,
            PopulationFingerprint = population.Fingerprint,
        };
        var model = new ItemPopularityModel([.. Enumerable.Range(0, Items).Select(item => (double)Probability(item))], CPU);
        return new BatchEnvironment(spec, population, model, sampling, seed);
    }

    public static Tensor SlatesFor(Observation observation, Func<int, int> item, int slots = 2)
    {
        using var row = tensor(Enumerable.Range(0, slots).Select(slot => (long)item(slot)).ToArray());
        using var rows = row.expand(observation.UserCount, slots);
        return rows.clone();
    }

    public static Observation Pick(Observation observation, Tensor rows) => new()
    {
        UserIds = observation.UserIds.index_select(0, rows),
        RecentItems = observation.RecentItems.index_select(0, rows),
        RecentResponses = observation.RecentResponses.index_select(0, rows),
        Iteration = observation.Iteration,
        DrawKey = observation.DrawKey,
    };

    public static MemoryCheckpoint Counters(long iteration, long seed, BatchEnvironment environment)
    {
        var state = new MemoryCheckpoint();
        environment.Save(state);
        state.Counters["iteration"] = iteration;
        state.Counters["seed"] = seed;
        return state;
    }

    public static List<float> Play(BatchEnvironment environment, int rounds)
    {
        var result = new List<float>();
        for (var round = 0; round < rounds; round++)
        {
            using var observation = environment.Observe();
            using var feedback = environment.Step(SlatesFor(observation, slot => slot + 2));
            result.AddRange(observation.UserIds.data<long>().ToArray().Select(user => (float)user));
            result.AddRange(feedback.Reward.data<float>().ToArray());
        }
        return result;
    }
}
