using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Environments;
using RecDeepRL.Simulation.Responses;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>The life cycle of sessions: who ends, why, and who comes next.</summary>
public sealed class SessionsTests
{
    private static readonly Func<PartContext, IUserDynamics> s_everybodyLeaves = _ => new Leaving(new LeavingOptions { Probability = 1 });
    private static readonly Func<PartContext, IUserDynamics> s_halfLeaves = _ => new Leaving(new LeavingOptions { Probability = .5 });
    private static readonly Func<PartContext, IUserDynamics> s_satiation = context => new Satiation(context, new SatiationOptions { Retention = .5, Influence = 1 });

    [Fact]
    public void ASessionIsTruncatedAfterTheLimitAndTheNextBegins()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(limit: 3);
        for (var round = 1; round <= 7; round++)
        {
            var feedback = Show(environment, 0, 1);
            Assert.False(feedback.Terminated.any().item<bool>());
            Assert.Equal(round is 3 or 6, feedback.Truncated.all().item<bool>());
            Assert.Equal(round is 3 or 6, feedback.Truncated.any().item<bool>());
        }
    }

    [Fact]
    public void WhoLeavesAtTheLimitIsTerminatedAndNotTruncated()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 200, limit: 2, dynamics: s_halfLeaves);
        for (var round = 0; round < 6; round++)
        {
            var feedback = Show(environment, 0, 1);
            Assert.True(feedback.Terminated.any().item<bool>());
            Assert.False(feedback.Terminated.logical_and(feedback.Truncated).any().item<bool>());
            // In round 1 all who stayed reach the limit together.
            if (round == 1)
                Assert.True(feedback.Truncated.any().item<bool>());
        }
    }

    [Fact]
    public void TheNextObservationIsOfTheSameUserAndAFreshVisitorStartsClean()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(limit: 2, dynamics: s_satiation);
        var everyone = environment.ObserveAll(0).UserIds;
        var rested = environment.ExpectedResponses(everyone, 0);
        Show(environment, 0, 4);
        Assert.False(environment.ExpectedResponses(everyone, 0).SameAs(rested));
        var feedback = Show(environment, 3, 4);
        Assert.True(feedback.Truncated.all().item<bool>());
        Assert.Equal([0L, 4L, 3L, 4L], feedback.NextObservation.RecentItems[0].data<long>().ToArray()[^4..]);
        var fresh = environment.Observe();
        Assert.True(fresh.UserIds.SameAs(everyone));
        Assert.True(fresh.RecentItems.eq(-1).all().item<bool>());
        Assert.True(fresh.RecentResponses.eq(0).all().item<bool>());
        Assert.True(environment.ExpectedResponses(everyone, 0).SameAs(rested));
    }

    [Fact]
    public void OnlyThoseWhoseSessionEndedStartAnew()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 200, limit: 10, dynamics: [s_satiation, s_halfLeaves]);
        var feedback = Show(environment, 0, 1);
        var fresh = environment.Observe().RecentItems.eq(-1).all(1);
        Assert.True(fresh.SameAs(feedback.Terminated));
        // Item 5 has probability 1 and the third topic, which was not shown; item 4 has .8 and the second, which was: s = .5.
        var now = environment.ExpectedResponses(feedback.Observation.UserIds, 1)[.., 4];
        where(feedback.Terminated, .8f, (float)(.8 * Math.Exp(-.5))).sub(now).abs().max().AssertNear(0);
    }

    [Fact]
    public void WhoReturnsIsTheSamePersonRestedWithPatienceRefilled()
    {
        using var scope = NewDisposeScope();
        // Item 0 is never answered: silence 1 uses up a patience of 2 in two rounds. returnAfter 1: exactly one round away.
        using var environment = Make(slateSize: 1, limit: 9, returnAfter: 1, dynamics: [s_satiation, context => new Patience(context, new PatienceOptions { Budget = 2, Silence = 1, Boredom = 0 })]);
        Assert.False(Show(environment, 0).Terminated.any().item<bool>());
        Assert.True(Show(environment, 0).Terminated.all().item<bool>());
        Assert.Equal(0, environment.Observe().UserCount);
        Assert.Equal([0L], Show(environment, 0).Reward.shape);
        var back = environment.Observe();
        Assert.Equal(40, back.UserCount);
        Assert.Equal([-1L, 0L, 0L], back.RecentItems[17].data<long>().ToArray()[^3..]);
        // s = .5 · 1, .5 · (.5 + 1) = .75, and .375 after a round of rest: item 3 of the same topic has .6 · e^−.375 = .412374.
        environment.ExpectedResponses(back.UserIds, Ids(3).expand(40, 1), 3)[0].AssertNear(.412374);
        // The whole patience is back: the first silent round does not end the session.
        Assert.False(Show(environment, 0).Terminated.any().item<bool>());
        Assert.True(Show(environment, 0).Terminated.all().item<bool>());
    }

    [Fact]
    public void RoundsAwayAreGeometricWithTheGivenMean()
    {
        using var scope = NewDisposeScope();
        const int users = 20_000;
        using var environment = Make(users: users, limit: 1, returnAfter: 4);
        Show(environment, 0, 1);
        var away = new Dictionary<long, int>();
        for (var round = 1; away.Count < users && round < 200; round++)
        {
            foreach (var user in Show(environment, 0, 1).Observation.UserIds.data<long>().ToArray())
                away.TryAdd(user, round - 1);
        }
        // P(n rounds away) = ¼ · ¾ⁿ⁻¹ for n from 1: eight of them, and the rest.
        var probabilities = Enumerable.Range(1, 8).Select(rounds => .25 * Math.Pow(.75, rounds - 1)).ToList();
        var counts = Enumerable.Range(1, 8).Select(rounds => (long)away.Values.Count(value => value == rounds)).ToList();
        Assert.DoesNotContain(0, away.Values);
        Chance.AssertFrequencies([.. counts, users - counts.Sum()], [.. probabilities, 1 - probabilities.Sum()]);
    }

    [Fact]
    public void ASessionTakesItsTimeOnlyInTheUsersOwnRounds()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 200, sampling: .5, limit: 2, dynamics: s_satiation);
        Show(environment, 0, 1);
        var before = environment.ExpectedResponses(environment.ObserveAll(0).UserIds, 1);
        var second = Show(environment, 2, 5);
        var absent = ones(200, ScalarType.Bool).index_fill(0, second.Observation.UserIds, false).nonzero().squeeze(1);
        Assert.InRange(absent.shape[0], 50, 150);
        Assert.True(environment.ExpectedResponses(absent, 1).SameAs(before.index_select(0, absent)));
        // Truncated are those who took part in both rounds.
        Assert.InRange(second.Truncated.sum().item<long>(), 20, 80);
    }

    [Fact]
    public void WithoutSessionsWhoeverIsNotInTheRoundRests()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 200, sampling: .5, limit: null, dynamics: s_satiation);
        Assert.False(environment.IsStationary);
        var first = Show(environment, 0, 1).Observation.UserIds;
        var second = Show(environment, 0, 1).Observation.UserIds;
        var users = environment.ObserveAll(0).UserIds;
        var inFirst = zeros(200).index_fill(0, first, 1);
        var inSecond = zeros(200).index_fill(0, second, 1);
        // s = .5 · (.5 · first + second), of item 3: .6 · e^−s.
        var expected = inFirst.mul(.25).add(inSecond.mul(.5)).neg().exp().mul(.6);
        Assert.True(expected.allclose(environment.ExpectedResponses(users, 2)[.., 3], 1e-5));
    }

    [Fact]
    public void AResumedEnvironmentGoesOnWithWhoIsAway()
    {
        using var scope = NewDisposeScope();
        using var straight = Make(sampling: .7, limit: 4, returnAfter: 3, dynamics: [s_satiation, s_halfLeaves]);
        for (var round = 0; round < 6; round++)
            Show(straight, 0, 4);
        using var state = MemoryCheckpoint.Of(straight);
        using var resumed = Make(sampling: .7, seed: 99, limit: 4, returnAfter: 3, dynamics: [s_satiation, s_halfLeaves]);
        resumed.Load(state);
        for (var round = 0; round < 6; round++)
        {
            Show(straight, 1, 5);
            Show(resumed, 1, 5);
        }
        using var expected = MemoryCheckpoint.Of(straight);
        using var actual = MemoryCheckpoint.Of(resumed);
        expected.AssertSameAs(actual);
    }

    [Fact]
    public void ResettingBringsEverybodyBack()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(limit: 4, returnAfter: 50, dynamics: [s_satiation, s_everybodyLeaves]);
        using var beginning = MemoryCheckpoint.Of(environment);
        Show(environment, 0, 1);
        Assert.Equal(0, environment.Observe().UserCount);
        environment.Reset(3);
        Assert.Equal(40, environment.Observe().UserCount);
        using var again = MemoryCheckpoint.Of(environment);
        beginning.AssertSameAs(again);
    }

    [Fact]
    public void CoinsOfAPartBelongToUserAndIterationAlone()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 100, sampling: .5, seed: 21, limit: 50, dynamics: s_halfLeaves);
        for (var iteration = 0; iteration < 3; iteration++)
        {
            var feedback = Show(environment, 0, 1);
            var expected = new RandomStream(21, "dynamics:leaving").Uniform(iteration, feedback.Observation.UserIds).lt(.5);
            Assert.True(expected.SameAs(feedback.Terminated));
        }
    }

    [Fact]
    public void SessionsApartBeginFreshWithEverybodyAndNobodyComesTwice()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 100, sampling: .3, limit: 4, returnAfter: 1, dynamics: [s_satiation, s_halfLeaves]);
        for (var round = 0; round < 5; round++)
            Show(environment, 0, 4);
        using var sessions = ((IEnvironment)environment).BeginSessions(9);
        Assert.Equal(0, sessions.Iteration);
        var gone = new HashSet<long>();
        var keys = new HashSet<long>();
        for (var round = 0; round < 4; round++)
        {
            var observation = sessions.Observe();
            Assert.True(keys.Add(observation.DrawKey));
            Assert.Equal(RandomStream.DeriveSeed(9, "agent draws", round), observation.DrawKey);
            Assert.Equal(100 - gone.Count, observation.UserCount);
            Assert.DoesNotContain(observation.UserIds.data<long>().ToArray(), gone.Contains);
            if (round == 0)
                Assert.True(observation.RecentItems.eq(-1).all().item<bool>());
            var feedback = Show(sessions, 0, 4);
            gone.UnionWith(observation.UserIds.masked_select(feedback.Terminated.logical_or(feedback.Truncated)).data<long>().ToArray());
        }
        Assert.Equal(0, sessions.Observe().UserCount);
        Assert.Equal(100, gone.Count);
    }

    [Fact]
    public void WithoutSessionsThereIsNothingToBegin()
    {
        using var environment = Make(limit: null);
        Assert.Equal(
            "The environment 'test' has no sessions. Ask ObserveAll instead.",
            Assert.Throws<InvalidOperationException>(() => ((IEnvironment)environment).BeginSessions(1)).Message);
    }

    [Fact]
    public void PartsThatMakeUsersLeaveNeedSessions()
    {
        using var scope = NewDisposeScope();
        using var population = People(3);
        using var model = new ItemPopularityModel([.. Enumerable.Repeat(.5, Items)], CPU);
        var parts = new EnvironmentParts(new IndependentChoice(), [new Leaving(new LeavingOptions())], null);
        var fault = Assert.Throws<UserMistakeException>(() => BatchEnvironments.Create(
            "test", new EnvironmentContext(1, CPU, null), new PopularOptions(), 1, 1, population, model, [], parts));
        Assert.Equal(
            "The dynamics 'leaving' make users leave, but sessionLimit was none. Set sessionLimit, the rounds of the longest session, or leave the dynamics out.", fault.Message);
    }
}
