using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>Environments whose feedback comes late, what plays them, and what comes of it compared.</summary>
internal static class MadeDelayedEnvironment
{
    public const int Users = 40;
    public const int Items = 8;

    public static DelayedEnvironment Make(int delay, int spread, int users = Users, int slateSize = 1, double sampling = .5, int historyLength = 10, long seed = 4) =>
        Assert.IsAssignableFrom<DelayedEnvironment>(EnvironmentRegistry.Find("popular").Create(new(seed, CPU, null), new PopularOptions
        {
            Users = users,
            Items = Items,
            SlateSize = slateSize,
            Sampling = sampling,
            HistoryLength = historyLength,
            PopulationSeed = 1,
            Delay = delay,
            DelaySpread = spread,
        }));

    public static IEnvironment Plain() =>
        EnvironmentRegistry.Find("popular").Create(new(4, CPU, null), new PopularOptions { Users = Users, Items = Items, Sampling = .5, HistoryLength = 10, PopulationSeed = 1 });

    public static IReadOnlyList<Feedback> Arrivals(IEnvironment environment) => Assert.IsAssignableFrom<IDelayedFeedback>(environment).TakeArrivals();

    /// <summary>A step with slates that differ between users and rounds.</summary>
    public static Feedback Step(IEnvironment environment)
    {
        using var observation = environment.Observe();
        using var slots = arange(environment.Spec.SlateSize, ScalarType.Int64);
        return environment.Step(observation.UserIds.add(observation.Iteration).unsqueeze(1).add(slots).remainder(Items));
    }

    public static void AssertSame(IReadOnlyList<Feedback> first, IReadOnlyList<Feedback> second)
    {
        Assert.Equal(first.Count, second.Count);
        foreach (var (one, other) in first.Zip(second))
            AssertSame(one, other);
    }

    public static void AssertSame(Feedback first, Feedback second)
    {
        AssertSame(first.Observation, second.Observation);
        AssertSame(first.NextObservation, second.NextObservation);
        foreach (var part in new Func<Feedback, Tensor>[] { one => one.Slates, one => one.Responses, one => one.Reward, one => one.Terminated, one => one.Truncated })
            Assert.True(part(first).SameAs(part(second)));
    }

    public static void AssertSame(Observation first, Observation second)
    {
        Assert.Equal((first.Iteration, first.DrawKey), (second.Iteration, second.DrawKey));
        foreach (var part in new Func<Observation, Tensor>[] { one => one.UserIds, one => one.RecentItems, one => one.RecentResponses })
            Assert.True(part(first).SameAs(part(second)));
    }
}
