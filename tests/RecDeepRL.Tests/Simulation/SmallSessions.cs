using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>Small worlds for dynamics and sessions: item i of six is of topic i mod 3, has the click bait score i/5, and is liked by everybody with probability i/5.</summary>
internal static class SmallSessions
{
    public const int Items = 6;

    public static Population People(int users)
    {
        using var features = zeros([Items, 4], ScalarType.Float32);
        for (var item = 0; item < Items; item++)
        {
            features[item, item % 3] = tensor(1f);
            features[item, 3] = tensor(item / 5f);
        }
        return new Population([.. Enumerable.Range(0, users).Select(user => (long)user)], [.. Enumerable.Range(0, Items).Select(item => (long)item)], itemFeatures: features.clone())
        {
            ItemFeatureNames = ["topic:a", "topic:b", "topic:c", "clickbait"],
        };
    }

    /// <summary>What parts are built from, with slates of two.</summary>
    public static PartContext Context(Population population, int slateSize = 2) => new(population, CPU, 7, slateSize, 10);

    /// <summary>An environment of these people.</summary>
    /// <param name="limit">Rounds of the longest session; none for an environment without sessions.</param>
    /// <param name="dynamics">How users change.</param>
    public static BatchEnvironment Make(
        int users = 40, int slateSize = 2, double sampling = 1, long seed = 3, int? limit = 4, double? returnAfter = null, params Func<PartContext, IUserDynamics>[] dynamics)
    {
        using var scope = NewDisposeScope();
        var population = People(users);
        var spec = new EnvironmentSpec
        {
            Name = "test",
            UserCount = users,
            ItemCount = Items,
            SlateSize = slateSize,
            HistoryLength = 10,
            UserFeatureCount = 0,
            ItemFeatureCount = 4,
            Device = CPU,
            DefaultIterations = 10,
            PopulationFingerprint = population.Fingerprint,
            HasEpisodes = limit is not null,
            SessionLimit = limit ?? 0,
        };
        var model = new ItemPopularityModel([.. Enumerable.Range(0, Items).Select(item => item / 5.0)], CPU);
        var parts = new EnvironmentParts(
            new IndependentChoice(), [.. dynamics.Select(make => make(Context(population, slateSize)))], limit is { } rounds ? new SessionOptions(rounds, returnAfter) : null);
        return limit is null ? new BatchEnvironment(spec, population, model, sampling, seed, parts) : new SessionEnvironment(spec, population, model, sampling, seed, parts);
    }

    /// <summary>Shows everybody in the round the same items.</summary>
    public static Feedback Show(IEnvironment environment, params long[] items)
    {
        using var scope = NewDisposeScope();
        var slates = tensor(items).expand(environment.Observe().UserCount, items.Length).clone();
        var feedback = environment.Step(slates);
        foreach (var kept in new[] { feedback.Slates, feedback.Responses, feedback.Reward, feedback.Terminated, feedback.Truncated })
            kept.MoveToOuterDisposeScope();
        foreach (var observation in new[] { feedback.Observation, feedback.NextObservation })
        {
            foreach (var kept in new[] { observation.UserIds, observation.UserFeatures, observation.RecentItems, observation.RecentResponses })
                kept?.MoveToOuterDisposeScope();
        }
        return feedback;
    }

    /// <summary>A round as a part of the dynamics sees it.</summary>
    public static DynamicsRound Round(Tensor users, Tensor slates, Tensor responses, Tensor? rested = null, Tensor? appeal = null, Tensor? coins = null) =>
        new(users, slates, responses, rested ?? ones_like(responses), appeal ?? rested ?? ones_like(responses), () => (coins ?? full_like(responses[.., 0], .5f)).clone());

    public static Tensor Ids(params long[] ids) => tensor(ids);

    /// <summary>The saved state of one part.</summary>
    public static float[] State(IUserDynamics part, string name)
    {
        using var checkpoint = new MemoryCheckpoint();
        part.Save(checkpoint);
        return checkpoint.Tensors[name].data<float>().ToArray();
    }
}
