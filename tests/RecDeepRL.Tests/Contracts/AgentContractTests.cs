using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Tests.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What <see cref="IAgent"/> promises, held against every registered agent: its slates in every registered environment, the rest in one
/// environment of each shape.</summary>
public sealed class AgentContractTests
{
    public static TheoryData<string, string> Pairs => World.Pairs;

    public static TheoryData<string, string> Shapes => World.Shapes;

    [Theory]
    [MemberData(nameof(Pairs))]
    public void SlatesAreDistinctEligibleItems(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        for (var round = 0; round < 4; round++)
        {
            var everyone = world.Environment.ObserveAll(1000 + round);
            foreach (var mode in Enum.GetValues<RecommendationMode>())
            {
                Guard.Slates(world.Agent.Recommend(everyone, mode), everyone.UserCount, world.Environment.Spec);
                foreach (var mask in Masks(everyone, world.Environment.Spec, round))
                {
                    var slates = world.Agent.Recommend(WithMask(everyone, mask), mode);
                    Guard.Slates(slates, everyone.UserCount, world.Environment.Spec);
                    Assert.True(mask.gather(1, slates).all().item<bool>(), "an item was shown that is not eligible");
                }
            }
            world.Play(1);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SlatesStayEligibleWhileLearningWhereItemsComeAndGo(string agent, string environment)
    {
        using var world = new World(agent, environment);
        var masked = new MaskedEnvironment(world.Environment, 3); // Its Step refuses slates with items that are not eligible.
        for (var round = 0; round < 6; round++)
        {
            using var scope = NewDisposeScope();
            world.Agent.Learn(masked.Step(world.Agent.Recommend(masked.Observe(), RecommendationMode.Explore)));
        }
        Assert.Equal(6, masked.Iteration);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RecommendingChangesNothingLearned(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        for (var round = 0; round < 3; round++)
        {
            using var before = MemoryCheckpoint.Of(world.Agent);
            var everyone = world.Environment.ObserveAll(round);
            foreach (var mode in Enum.GetValues<RecommendationMode>())
                Assert.True(world.Agent.Recommend(everyone, mode).SameAs(world.Agent.Recommend(everyone, mode)), "asked twice, it answered differently");
            using var after = MemoryCheckpoint.Of(world.Agent);
            before.AssertSameAs(after);
            world.Play(2);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PartsOfABatchGetTheSlatesOfTheWhole(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        foreach (var rounds in new[] { 0, 1, 3 })
        {
            world.Play(rounds);
            var everyone = world.Environment.ObserveAll(rounds);
            var userCount = everyone.UserCount;
            foreach (var mode in Enum.GetValues<RecommendationMode>())
            {
                var whole = world.Agent.Recommend(everyone, mode);
                var parts = new[] { (0, 1L), (1, 2L), (3, userCount - 3) }.Select(part => world.Agent.Recommend(everyone.Slice(part.Item1, part.Item2), mode));
                Assert.True(whole.SameAs(cat([.. parts])), "parts of the batch got other slates");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void BorrowedTensorsComeBackAsTheyWere(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        world.Play(2);
        var observation = world.Environment.Observe();
        using var feedback = world.Environment.Step(world.Agent.Recommend(observation, RecommendationMode.Explore));
        Tensor?[] lent =
        [
            observation.UserIds, observation.UserFeatures, observation.RecentItems, observation.RecentResponses, observation.EligibleItems,
            feedback.Slates, feedback.Responses, feedback.Reward, feedback.NextObservation.UserIds, feedback.NextObservation.RecentItems, feedback.Terminated,
            world.Environment.Population.UserFeatures, world.Environment.Population.ItemFeatures,
        ];
        var copies = lent.Select(tensor => tensor?.clone()).ToArray();
        world.Agent.Recommend(observation, RecommendationMode.Exploit);
        world.Agent.Learn(feedback);
        foreach (var (tensor, copy) in lent.Zip(copies))
            Assert.True(tensor is null || (!tensor.IsInvalid && tensor.SameAs(copy!)), "a borrowed tensor was disposed or changed");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void FiguresToLogAreNumbersWithPlainNames(string agent, string environment)
    {
        using var world = new World(agent, environment);
        for (var round = 0; round < 3; round++)
        {
            foreach (var (name, value) in world.Agent.Diagnose())
            {
                Assert.Matches("^[a-z][a-z0-9_./]*$", name);
                Assert.True(double.IsFinite(value), $"{name} was {value}");
            }
            world.Play(1);
        }
    }

    /// <summary>A random half of the items, and exactly as many as a slate needs.</summary>
    private static IEnumerable<Tensor> Masks(Observation observation, EnvironmentSpec spec, long round)
    {
        var luck = new RandomStream(9, "masks").Uniform(round, spec.Device, observation.UserCount, spec.ItemCount);
        var place = luck.argsort(1).argsort(1);
        yield return place.lt(spec.SlateSize);
        yield return place.lt(Math.Max(spec.SlateSize, spec.ItemCount / 2));
    }

    private static Observation WithMask(Observation observation, Tensor mask) => new()
    {
        UserIds = observation.UserIds,
        UserFeatures = observation.UserFeatures,
        RecentItems = observation.RecentItems,
        RecentResponses = observation.RecentResponses,
        EligibleItems = mask,
        Iteration = observation.Iteration,
        DrawKey = observation.DrawKey,
    };
}
