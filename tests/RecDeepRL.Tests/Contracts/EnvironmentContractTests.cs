using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What <see cref="IEnvironment"/> promises, held against every registered environment.</summary>
public sealed class EnvironmentContractTests
{
    public static TheoryData<string> Environments => World.Environments;

    [Theory]
    [MemberData(nameof(Environments))]
    public void TheSameSeedAndSlatesGiveTheSameFeedback(string name)
    {
        using var scope = NewDisposeScope();
        using var first = new World(null, name);
        using var second = new World(null, name);
        Assert.Equal(first.Environment.Spec, second.Environment.Spec);
        for (var round = 0; round < 5; round++)
        {
            using var one = Step(first.Environment);
            using var other = Step(second.Environment);
            AssertSame(one, other);
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void ResettingStartsAnewInTheSameWorld(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        var environment = world.Environment;
        environment.Reset(8);
        using var first = Step(environment);
        Step(environment).Dispose();
        Assert.Equal(2, environment.Iteration);
        environment.Reset(8);
        Assert.Equal(0, environment.Iteration);
        using var again = Step(environment);
        AssertSame(first, again);
        environment.Reset(9);
        using var other = Step(environment);
        Assert.False(first.Observation.UserIds.SameAs(other.Observation.UserIds) && first.Responses.SameAs(other.Responses), "another seed tossed the same coins");
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void ObservationsHaveTheShapesOfTheSpecification(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        var spec = world.Environment.Spec;
        for (var round = 0; round < 3; round++)
        {
            foreach (var observation in new[] { world.Environment.Observe(), world.Environment.ObserveAll(77) })
            {
                var users = observation.UserCount;
                Guard.Shape(observation.RecentItems, "recentItems", "users, history", users, spec.HistoryLength);
                Guard.Shape(observation.RecentResponses, "recentResponses", "users, history", users, spec.HistoryLength);
                Assert.Equal((ScalarType.Int64, ScalarType.Int64, ScalarType.Float32), (observation.UserIds.dtype, observation.RecentItems.dtype, observation.RecentResponses.dtype));
                Assert.Equal(spec.UserFeatureCount > 0, observation.UserFeatures is not null);
                if (observation.UserFeatures is { } features)
                    Guard.Shape(features, "userFeatures", "users, features", users, spec.UserFeatureCount);
                Assert.Equal(round, observation.Iteration);
                Assert.Equal(users, observation.UserIds.cpu().data<long>().Distinct().Count());
                Assert.All(observation.UserIds.cpu().data<long>().ToArray(), id => Assert.InRange(id, 0, spec.UserCount - 1));
                Assert.All(observation.RecentItems.cpu().data<long>().ToArray(), id => Assert.InRange(id, -1, spec.ItemCount - 1));
                Assert.True(observation.RecentResponses.masked_select(observation.RecentItems.lt(0)).eq(0).all().item<bool>());
            }
            Assert.Equal(spec.UserCount, world.Environment.ObserveAll(77).UserCount);
            Assert.Equal(77, world.Environment.ObserveAll(77).DrawKey);
            Step(world.Environment).Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void FeedbackIsAboutTheUsersAndSlatesOfTheRound(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        var spec = world.Environment.Spec;
        for (var round = 0; round < 3; round++)
        {
            var observation = world.Environment.Observe();
            var slates = RandomSlates(observation, spec);
            using var feedback = world.Environment.Step(slates);
            Assert.True(feedback.Observation.UserIds.SameAs(observation.UserIds));
            Assert.True(feedback.NextObservation.UserIds.SameAs(observation.UserIds));
            Assert.True(feedback.Slates.SameAs(slates));
            Assert.Equal([observation.UserCount, spec.SlateSize], feedback.Responses.shape);
            Assert.All(new[] { feedback.Reward, feedback.Terminated, feedback.Truncated }, tensor => Assert.Equal([observation.UserCount], tensor.shape));
            Assert.Equal(round + 1, feedback.NextObservation.Iteration);
            if (!spec.HasEpisodes)
                Assert.False(feedback.Terminated.any().item<bool>());
            // The newest items of the next observation are the slate, with the responses to it.
            var newest = Math.Min(spec.SlateSize, spec.HistoryLength);
            Assert.True(feedback.NextObservation.RecentItems.narrow(1, spec.HistoryLength - newest, newest).SameAs(slates.narrow(1, spec.SlateSize - newest, newest)));
            Assert.True(feedback.NextObservation.RecentResponses.narrow(1, spec.HistoryLength - newest, newest).SameAs(feedback.Responses.narrow(1, spec.SlateSize - newest, newest)));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void ImproperSlatesAreRefusedAndChangeNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        using var before = MemoryCheckpoint.Of(world.Environment);
        var observation = world.Environment.Observe();
        var proper = RandomSlates(observation, world.Environment.Spec);
        var unknown = proper.clone();
        unknown[0, 0] = tensor((long)world.Environment.Spec.ItemCount);
        var repeated = proper.clone();
        repeated[0, 0] = proper[0, 1];
        foreach (var slates in new[] { unknown, repeated, proper.to_type(ScalarType.Int32), proper.narrow(0, 1, observation.UserCount - 1), proper.narrow(1, 0, 2) })
            Assert.Throws<ArgumentException>(() => world.Environment.Step(slates));
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
        Assert.True(observation.UserIds.SameAs(world.Environment.Observe().UserIds));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void EvaluatingChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        Step(world.Environment).Dispose();
        using var before = MemoryCheckpoint.Of(world.Environment);
        var everyone = world.Environment.ObserveAll(3);
        var slates = RandomSlates(everyone, world.Environment.Spec);
        var responses = world.Environment.Respond(everyone, slates, 4);
        Assert.True(responses.SameAs(world.Environment.Respond(everyone, slates, 4)));
        Assert.Equal(slates.shape, responses.shape);
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void ACoinBelongsToUserAndItemAndNotToTheSlot(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        var everyone = world.Environment.ObserveAll(3);
        var slates = RandomSlates(everyone, world.Environment.Spec);
        var responses = world.Environment.Respond(everyone, slates, 4);
        Assert.True(responses.flip(1).SameAs(world.Environment.Respond(everyone, slates.flip(1), 4)));
        var part = everyone.Slice(5, 20);
        Assert.True(responses.narrow(0, 5, 20).SameAs(world.Environment.Respond(part, slates.narrow(0, 5, 20), 4)));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void ResponsesComeAsOftenAsTheTruthExpects(string name)
    {
        // Σ(response − expectation) over 300 evaluation rounds has variance Σ p(1 − p) ≤ n/4 where responses are clicks, and no more
        // for any other responses in [0, 1].
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        var truth = Assert.IsAssignableFrom<ITruth>(world.Environment);
        var everyone = world.Environment.ObserveAll(3);
        var slates = RandomSlates(everyone, world.Environment.Spec);
        var expected = truth.ExpectedResponses(everyone.UserIds, slates, everyone.Iteration);
        Assert.True(expected.SameAs(truth.ExpectedResponses(everyone.UserIds, everyone.Iteration).gather(1, slates)));
        var (sum, variance) = (0.0, 300 * expected.mul(1 - expected).sum().item<float>());
        for (var seed = 0; seed < 300; seed++)
        {
            using var round = NewDisposeScope();
            sum += (world.Environment.Respond(everyone, slates, seed) - expected).sum().item<float>();
        }
        Assert.InRange(sum, -4 * Math.Sqrt(variance), 4 * Math.Sqrt(variance));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void AStateOfAnotherPopulationSizeIsRefused(string name)
    {
        using var scope = NewDisposeScope();
        using var small = new World(null, name);
        using var large = new World(null, name, users: 61);
        using var state = MemoryCheckpoint.Of(small.Environment);
        Assert.Throws<UserMistakeException>(() => large.Environment.Load(state));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void NothingLeaks(string name)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var world = new World(null, name))
        {
            Play(world.Environment, 2);
            var afterTwo = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Play(world.Environment, 30);
            Assert.Equal(afterTwo, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Play(IEnvironment environment, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            using var observation = environment.Observe();
            using var slates = RandomSlates(observation, environment.Spec);
            using var feedback = environment.Step(slates);
            using var everyone = environment.ObserveAll(round);
            using var all = RandomSlates(everyone, environment.Spec);
            using var responses = environment.Respond(everyone, all, round);
        }
    }

    private static Feedback Step(IEnvironment environment)
    {
        using var observation = environment.Observe();
        using var slates = RandomSlates(observation, environment.Spec);
        return environment.Step(slates);
    }

    /// <summary>Distinct items at random for each user and iteration.</summary>
    private static Tensor RandomSlates(Observation observation, EnvironmentSpec spec)
    {
        using var scope = NewDisposeScope();
        var lanes = observation.UserIds.mul(spec.ItemCount).unsqueeze(1).add(arange(spec.ItemCount, ScalarType.Int64, spec.Device));
        var luck = new RandomStream(1, "slates").Uniform(observation.Iteration, lanes);
        return luck.argsort(1).narrow(1, 0, spec.SlateSize).clone().MoveToOuterDisposeScope();
    }

    private static void AssertSame(Feedback first, Feedback second)
    {
        Assert.True(first.Observation.UserIds.SameAs(second.Observation.UserIds));
        Assert.True(first.Observation.RecentItems.SameAs(second.Observation.RecentItems));
        Assert.True(first.Slates.SameAs(second.Slates));
        Assert.True(first.Responses.SameAs(second.Responses));
        Assert.True(first.Reward.SameAs(second.Reward));
        Assert.True(first.NextObservation.RecentResponses.SameAs(second.NextObservation.RecentResponses));
    }
}
