using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static RecDeepRL.Tests.Simulation.MadeDelayedEnvironment;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class DelayedEnvironmentTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void FeedbackArrivesThatManyRoundsLaterOnceAndWhole(int delay)
    {
        using var scope = NewDisposeScope();
        using var environment = Make(delay, 0);
        Assert.Empty(Arrivals(environment));
        var happened = new List<Feedback>();
        for (var round = 0; round < 7; round++)
        {
            happened.Add(Step(environment));
            var arrivals = Arrivals(environment);
            if (round < delay)
                Assert.Empty(arrivals);
            else
                AssertSame(happened[round - delay], Assert.Single(arrivals));
            Assert.Empty(Arrivals(environment));
        }
    }

    [Fact]
    public void WhatIsNotTakenBeforeTheNextStepIsGone()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, 0);
        for (var round = 0; round < 4; round++)
            Step(environment);
        Assert.Equal(2, Assert.Single(Arrivals(environment)).Observation.Iteration);
    }

    [Fact]
    public void RandomRoundsCoverTheSpreadUniformly()
    {
        // Each row arrives once, 2 to 5 rounds later; of 2000 users in 10 rounds every row has arrived after 15 steps.
        using var scope = NewDisposeScope();
        using var environment = Make(2, 3, users: 2000, sampling: 1);
        var counts = new long[4];
        var arrived = new HashSet<(long Round, long User)>();
        for (var step = 0; step < 15; step++)
        {
            using var round = NewDisposeScope();
            Step(environment);
            var arrivals = Arrivals(environment);
            Assert.Equal(arrivals.Select(one => one.Observation.Iteration).Order().Distinct(), arrivals.Select(one => one.Observation.Iteration));
            foreach (var one in arrivals.Where(one => one.Observation.Iteration < 10))
            {
                counts[step - one.Observation.Iteration - 2] += one.Observation.UserCount;
                Assert.All(one.Observation.UserIds.data<long>().ToArray(), user => Assert.True(arrived.Add((one.Observation.Iteration, user)), "a row arrived twice"));
            }
        }
        Assert.Equal(20_000, arrived.Count);
        Chance.AssertUniform(counts);
    }

    [Fact]
    public void TheRoundsOfDelayAreDrawsOfUserAndRound()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(1, 4, seed: 6);
        var lags = new RandomStream(6, "delay");
        var awaited = new Dictionary<(long Round, long User), long>();
        for (var step = 0; step < 12; step++)
        {
            var users = Step(environment).Observation.UserIds;
            var drawn = lags.Integers(step, users, 5).data<long>().ToArray();
            foreach (var (user, lag) in users.data<long>().ToArray().Zip(drawn))
                awaited.Add((step, user), step + 1 + lag);
            var arrived = Arrivals(environment).SelectMany(one => one.Observation.UserIds.data<long>().ToArray().Select(user => (one.Observation.Iteration, user)));
            Assert.Equal(awaited.Where(pair => pair.Value == step).Select(pair => pair.Key).Order(), arrived.Order());
        }
    }

    [Fact]
    public void ObservationsShowNothingBeforeItArrives()
    {
        // Delay 2, item t in round t: after the step of round t the items of the rounds up to t − 2 are known.
        using var scope = NewDisposeScope();
        using var environment = Make(2, 0, sampling: 1, historyLength: 3);
        long[][] known = [[-1, -1, -1], [-1, -1, -1], [-1, -1, 0], [-1, 0, 1], [0, 1, 2], [1, 2, 3]];
        var before = new long[] { -1, -1, -1 };
        foreach (var (after, round) in known.Select((row, round) => (row, round)))
        {
            var feedback = environment.Step(full([Users, 1], (long)round, ScalarType.Int64));
            Assert.Equal(before, feedback.Observation.RecentItems[7].data<long>().ToArray());
            Assert.Equal(after, feedback.NextObservation.RecentItems[7].data<long>().ToArray());
            Assert.Equal(after, environment.Observe().RecentItems[7].data<long>().ToArray());
            Assert.Equal(after, environment.ObserveAll(3).RecentItems[7].data<long>().ToArray());
            Assert.True(environment.Observe().RecentResponses.masked_select(environment.Observe().RecentItems.lt(0)).eq(0).all().item<bool>());
            before = after;
        }
    }

    [Fact]
    public void TheHistoryIsWhatHasArrivedInTheOrderOfArrival()
    {
        // The twin, user by user: lists that grow by what is taken.
        using var scope = NewDisposeScope();
        using var environment = Make(0, 4, slateSize: 2, historyLength: 200);
        var items = Enumerable.Range(0, Users).Select(_ => new List<long>()).ToArray();
        var responses = Enumerable.Range(0, Users).Select(_ => new List<float>()).ToArray();
        for (var step = 0; step < 15; step++)
        {
            Step(environment);
            foreach (var one in Arrivals(environment))
            {
                foreach (var (user, row) in one.Observation.UserIds.data<long>().ToArray().Select((user, row) => (user, row)))
                {
                    items[user].AddRange(one.Slates[row].data<long>().ToArray());
                    responses[user].AddRange(one.Responses[row].data<float>().ToArray());
                }
            }
            var everyone = environment.ObserveAll(0);
            for (var user = 0; user < Users; user++)
            {
                Assert.Equal(Enumerable.Repeat(-1L, 200 - items[user].Count).Concat(items[user]), everyone.RecentItems[user].data<long>().ToArray());
                Assert.Equal(Enumerable.Repeat(0f, 200 - items[user].Count).Concat(responses[user]), everyone.RecentResponses[user].data<float>().ToArray());
            }
        }
    }

    [Fact]
    public void WithoutDelayItIsTheEnvironmentItself()
    {
        using var scope = NewDisposeScope();
        using var plain = Plain();
        using var late = DelayedEnvironment.Around(Plain(), 0, 0, 4);
        for (var round = 0; round < 4; round++)
        {
            var feedback = Step(late);
            AssertSame(Step(plain), feedback);
            AssertSame(feedback, Assert.Single(Arrivals(late)));
        }
        using var registered = EnvironmentRegistry.Find("popular").Create(new(1, CPU, null), new PopularOptions { Delay = 0, DelaySpread = 0 });
        Assert.IsType<BatchEnvironment>(registered);
    }

    [Fact]
    public void WhatHappensIsTheSameHoweverLateItIsTold()
    {
        using var scope = NewDisposeScope();
        using var plain = Plain();
        using var late = Make(3, 2);
        for (var round = 0; round < 6; round++)
        {
            var (prompt, told) = (Step(plain), Step(late));
            Assert.True(prompt.Observation.UserIds.SameAs(told.Observation.UserIds));
            Assert.True(prompt.Responses.SameAs(told.Responses));
            Assert.True(prompt.Reward.SameAs(told.Reward));
        }
    }

    [Fact]
    public void ANewVisitorDoesNotInheritWhatArrivesLate()
    {
        // Sessions of 3 rounds, delay 2, item t in round t. The step of round 3 brings round 1, of round 4 round 2: both of the earlier visitor.
        using var scope = NewDisposeScope();
        using var environment = DelayedEnvironment.Around(new VisitingEnvironment(3), 2, 0, 0);
        long[][] known = [[-1, -1], [-1, -1], [-1, 0], [-1, -1], [-1, -1], [-1, 3], [-1, -1]];
        for (var round = 0; round < known.Length; round++)
        {
            var feedback = environment.Step(full([2, 1], (long)round, ScalarType.Int64));
            Assert.Equal(known[round], feedback.NextObservation.RecentItems[1].data<long>().ToArray());
            // Between the sessions there is a new visitor of whom nothing is known.
            Assert.Equal(round % 3 == 2 ? [-1, -1] : known[round], environment.Observe().RecentItems[1].data<long>().ToArray());
            if (round >= 2)
                Assert.Equal(round - 2, Assert.Single(Arrivals(environment)).Observation.Iteration);
        }
    }

    [Fact]
    public void ItPlansAndHasSessionsExactlyWhereTheEnvironmentDoes()
    {
        using var scope = NewDisposeScope();
        using var planning = DelayedEnvironment.Around(new VisitingEnvironment(3), 1, 0, 0);
        Assert.Equal(7, Assert.IsAssignableFrom<IPlanner>(planning).Plan(planning.Observe())[0, 0].item<long>());
        using (var sessions = planning.BeginSessions(5))
        {
            Assert.IsAssignableFrom<IPlanner>(sessions);
            sessions.Step(zeros([2, 1], ScalarType.Int64));
            Assert.Empty(Arrivals(sessions));
            Assert.True(sessions.Observe().RecentItems.eq(-1).all().item<bool>());
        }
        Assert.Equal(0, planning.Iteration);

        using var plain = Plain();
        using var late = Make(1, 0);
        Assert.Equal(plain is IPlanner, late is IPlanner);
        Assert.Throws<InvalidOperationException>(() => late.BeginSessions(1));
    }
}
