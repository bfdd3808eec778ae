using RecDeepRL.Core;
using RecDeepRL.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What environments with sessions promise besides, held against every registered one.</summary>
public sealed class SessionContractTests
{
    public static TheoryData<string> Environments
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (var one in EnvironmentRegistry.All)
            {
                using var world = new World(null, one.Name);
                if (world.Environment.Spec.HasEpisodes)
                    names.Add(one.Name);
            }
            return names;
        }
    }

    [Fact]
    public void EpisodesSessionLimitsAndPlannersGoTogether()
    {
        foreach (var one in EnvironmentRegistry.All)
        {
            using var world = new World(null, one.Name);
            var spec = world.Environment.Spec;
            Assert.Equal(spec.HasEpisodes, spec.SessionLimit > 0);
            Assert.Equal(spec.HasEpisodes, world.Environment is IPlanner);
            if (!spec.HasEpisodes)
                Assert.Throws<InvalidOperationException>(() => world.Environment.BeginSessions(1));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void SessionsEndWithinTheLimitAndNobodyComesTwice(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name);
        using var sessions = world.Environment.BeginSessions(11);
        Assert.Equal(world.Environment.Spec, sessions.Spec);
        long left = world.Environment.Spec.UserCount;
        for (var round = 0; round < sessions.Spec.SessionLimit; round++)
        {
            using var inner = NewDisposeScope();
            Assert.Equal(left, sessions.Observe().UserCount);
            var feedback = sessions.Step(Plan(sessions));
            Assert.False(feedback.Terminated.logical_and(feedback.Truncated).any().item<bool>());
            left -= feedback.Terminated.logical_or(feedback.Truncated).sum().item<long>();
        }
        Assert.Equal(0, left);
        Assert.Equal(0, sessions.Observe().UserCount);
        // Rounds of nobody may follow.
        sessions.Step(empty([0, sessions.Spec.SlateSize], ScalarType.Int64)).Dispose();
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void SessionsChangeNothingInTheEnvironmentTheyCameFrom(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World("random", name);
        world.Play(3);
        using var before = MemoryCheckpoint.Of(world.Environment);
        var expected = Truth(world.Environment);
        using (var sessions = world.Environment.BeginSessions(11))
        {
            for (var round = 0; round < 3; round++)
                sessions.Step(Plan(sessions)).Dispose();
        }
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
        Assert.True(expected.SameAs(Truth(world.Environment)));
        world.Play(1);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void SessionsOfOneSeedAreTheSameWheneverTheyBegin(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World("random", name);
        var first = Rewards(world.Environment, 11);
        world.Play(3);
        Assert.Equal(first, Rewards(world.Environment, 11));
        Assert.NotEqual(first, Rewards(world.Environment, 12));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void PlansAreProperAndTheSameForPartsOfTheUsers(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World("random", name);
        world.Play(4);
        var planner = Assert.IsAssignableFrom<IPlanner>(world.Environment);
        using var before = MemoryCheckpoint.Of(world.Environment);
        var everyone = world.Environment.ObserveAll(5);
        var plan = planner.Plan(everyone);
        Guard.Slates(plan, everyone.UserCount, world.Environment.Spec);
        Assert.True(plan.SameAs(cat([planner.Plan(everyone.Slice(0, 7)), planner.Plan(everyone.Slice(7, everyone.UserCount - 7))])));
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void TheTruthIsThatOfTheUsersAsTheyAreNow(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World("random", name);
        var truth = (ITruth)world.Environment;
        Assert.False(truth.IsStationary);
        var beginning = Truth(world.Environment);
        var shown = world.Environment.Observe().UserIds;
        world.Play(1);
        var changed = Truth(world.Environment).ne(beginning).any(1).nonzero().squeeze(1);
        Assert.NotEmpty(changed.cpu().data<long>().ToArray());
        Assert.Subset(shown.cpu().data<long>().ToHashSet(), changed.cpu().data<long>().ToHashSet()); // Whoever left was replaced by a visitor as everybody begins.
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void NothingLeaksFromSessions(string name)
    {
        using var world = new World(null, name);
        Play();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Play();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Play()
        {
            using var sessions = world.Environment.BeginSessions(11);
            for (var round = 0; round < 3; round++)
            {
                using var observation = sessions.Observe();
                using var slates = ((IPlanner)sessions).Plan(observation);
                using var feedback = sessions.Step(slates);
            }
        }
    }

    private static Tensor Plan(IEnvironment environment)
    {
        using var observation = environment.Observe();
        return ((IPlanner)environment).Plan(observation);
    }

    private static Tensor Truth(IEnvironment environment)
    {
        using var everyone = environment.ObserveAll(0);
        return ((ITruth)environment).ExpectedResponses(everyone.UserIds, environment.Iteration);
    }

    private static List<float> Rewards(IEnvironment environment, long seed)
    {
        using var scope = NewDisposeScope();
        using var sessions = environment.BeginSessions(seed);
        var rewards = new List<float>();
        for (var round = 0; round < 4; round++)
            rewards.AddRange(sessions.Step(Plan(sessions)).Reward.cpu().data<float>());
        return rewards;
    }
}
