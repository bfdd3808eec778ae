using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What the options that environments have in common promise, held against every registered environment: candidates, items seen and stock,
/// and feedback that arrives late.</summary>
public sealed class CommonOptionContractTests
{
    private const int Candidates = 6;

    private static readonly Dictionary<string, string> s_masks = new() { ["candidates"] = "6", ["excludeSeen"] = "true" };

    private static readonly Dictionary<string, string> s_everything = new(s_masks) { ["availability"] = "0.7", ["delay"] = "1", ["delaySpread"] = "2" };

    public static TheoryData<string> Environments => World.Environments;

    public static TheoryData<string, string> Shapes => World.Shapes;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AgentsShowOnlyCandidatesThatWereNotSeen(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment, settings: s_masks);
        var recommended = 0;
        for (var round = 0; round < 5; round++)
        {
            using var roundScope = NewDisposeScope();
            foreach (var observation in new[] { world.Environment.Observe(), world.Environment.ObserveAll(1000 + round) })
            {
                foreach (var mode in Enum.GetValues<RecommendationMode>())
                {
                    var slates = world.Agent.Recommend(observation, mode);
                    Guard.Slates(slates, observation.UserCount, world.Environment.Spec);
                    Assert.True(observation.EligibleItems!.gather(1, slates).all().item<bool>(), "an item was shown that is not eligible");
                    recommended++;
                }
            }
            world.Play(1);
        }
        Assert.Equal(5 * 2 * 2, recommended);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void MasksHoldTheCandidatesAndNothingSeen(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name, settings: s_masks);
        var spec = world.Environment.Spec;
        // A user starts over with the slate that leaves fewer than the candidates: with 12 items, 6 candidates and slates of 3, with every third.
        var cycle = (((spec.ItemCount - Candidates) / spec.SlateSize) + 1) * spec.SlateSize;
        for (var round = 0; round < 5; round++)
        {
            var everyone = world.Environment.ObserveAll(round);
            Assert.True(everyone.EligibleItems!.sum(1).eq(Candidates).all().item<bool>());
            var newest = arange(spec.HistoryLength, 0, -1, ScalarType.Int64, spec.Device).unsqueeze(0); // 1 for the newest item, 2 for the one before it, …
            var count = everyone.RecentItems.ge(0).sum(1, keepdim: true);
            var since = everyone.RecentItems.masked_fill(newest.gt(count.remainder(cycle)), spec.ItemCount);
            var seen = zeros([spec.UserCount, spec.ItemCount + 1], ScalarType.Bool, spec.Device).scatter_(1, since, ones_like(since, ScalarType.Bool));
            Assert.False(seen.narrow(1, 0, spec.ItemCount).logical_and(everyone.EligibleItems).any().item<bool>(), "an item that was seen is a candidate");
            Step(world.Environment);
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void TheNextObservationHasTheMaskThatTheNextRoundShows(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name, settings: s_everything);
        var compared = 0L;
        for (var round = 0; round < 5; round++)
        {
            var next = Step(world.Environment).NextObservation;
            using var now = world.Environment.Observe();
            var same = next.UserIds.unsqueeze(1).eq(now.UserIds).nonzero();
            if (world.Environment.Spec.HasEpisodes)
                same = same.narrow(0, 0, 0); // A next state is the one before any restart.
            Assert.True(next.EligibleItems!.index_select(0, same.select(1, 0)).SameAs(now.EligibleItems!.index_select(0, same.select(1, 1))));
            Assert.True(next.RecentItems.index_select(0, same.select(1, 0)).SameAs(now.RecentItems.index_select(0, same.select(1, 1))));
            compared += same.shape[0];
        }
        Assert.True(compared > 0 || world.Environment.Spec.HasEpisodes, "no user came twice in a row");
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void SlatesThatAreNotEligibleAreRefusedAndChangeNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name, settings: s_everything);
        for (var round = 0; round < 3; round++)
            Step(world.Environment);
        using var before = MemoryCheckpoint.Of(world.Environment);
        world.Environment.Observe().Dispose(); // The environment keeps who takes part, once it is asked.
        var living = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var observation = world.Environment.Observe())
        {
            // The last slot of the last user holds an item that is not eligible; everything else is proper.
            using var slates = EligibleSlates(observation, world.Environment.Spec);
            var (last, slot) = (observation.UserCount - 1, world.Environment.Spec.SlateSize - 1);
            using (NewDisposeScope())
                slates[last, slot] = observation.EligibleItems![last].to_type(ScalarType.Int32).argmin();
            var message = Assert.Throws<ArgumentException>(() => world.Environment.Step(slates)).Message;
            Assert.Matches(@"^slates shows item \d+ to user \d+, who may not be shown it", message);
            Assert.Throws<ArgumentException>(() => world.Environment.Respond(observation, slates, 1));
        }
        Assert.Equal(living, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void CoinsAreThoseOfTheEnvironmentWithoutTheOptions(string name)
    {
        using var scope = NewDisposeScope();
        using var plain = new World(null, name);
        using var world = new World(null, name, settings: s_everything);
        for (var round = 0; round < 3; round++)
        {
            var feedback = Step(world.Environment);
            var expected = plain.Environment.Step(feedback.Slates);
            Assert.True(expected.Observation.UserIds.SameAs(feedback.Observation.UserIds));
            Assert.True(expected.Responses.SameAs(feedback.Responses));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void AResumedRunGoesOnAsIfItHadNeverStopped(string name)
    {
        using var scope = NewDisposeScope();
        using var straight = new World(null, name, settings: s_everything);
        for (var round = 0; round < 4; round++)
            Step(straight.Environment);
        using var state = MemoryCheckpoint.Of(straight.Environment);
        using var resumed = new World(null, name, settings: s_everything);
        resumed.Environment.Load(state);
        for (var round = 0; round < 4; round++)
        {
            var (expected, feedback) = (Step(straight.Environment), Step(resumed.Environment));
            Assert.True(expected.Observation.EligibleItems!.SameAs(feedback.Observation.EligibleItems!));
            Assert.True(expected.Responses.SameAs(feedback.Responses));
            Assert.True(expected.NextObservation.RecentItems.SameAs(feedback.NextObservation.RecentItems));
        }
        using var expectedEnd = MemoryCheckpoint.Of(straight.Environment);
        using var end = MemoryCheckpoint.Of(resumed.Environment);
        expectedEnd.AssertSameAs(end);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void EvaluatingChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name, settings: s_everything);
        for (var round = 0; round < 3; round++)
            Step(world.Environment);
        using var before = MemoryCheckpoint.Of(world.Environment);
        var everyone = world.Environment.ObserveAll(77);
        Assert.True(everyone.EligibleItems!.SameAs(world.Environment.ObserveAll(77).EligibleItems!));
        Assert.False(everyone.EligibleItems!.SameAs(world.Environment.ObserveAll(78).EligibleItems!));
        world.Environment.Respond(everyone, EligibleSlates(everyone, world.Environment.Spec), 4);
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void SessionsApartKeepToTheOptionsWithAMemoryOfTheirOwn(string name)
    {
        using var scope = NewDisposeScope();
        using var world = new World(null, name, settings: s_everything);
        for (var round = 0; round < 3; round++)
            Step(world.Environment);
        if (!world.Environment.Spec.HasEpisodes)
        {
            Assert.Throws<InvalidOperationException>(() => world.Environment.BeginSessions(3));
            return;
        }
        using var before = MemoryCheckpoint.Of(world.Environment);
        using (var sessions = world.Environment.BeginSessions(3))
        {
            var spec = sessions.Spec;
            var shown = zeros([spec.UserCount, spec.ItemCount], ScalarType.Bool, spec.Device);
            var stocked = (long)Math.Round(.7 * spec.ItemCount, MidpointRounding.AwayFromZero);
            for (var round = 0; round < 2; round++) // 8 of 12 items are in stock, and one slate of 3 was seen: at least 5 are left for the second.
            {
                var observation = sessions.Observe();
                Assert.True(observation.EligibleItems!.sum(1).le(Math.Min(Candidates, stocked)).all().item<bool>());
                Assert.True(round > 0 || observation.RecentItems.eq(-1).all().item<bool>());
                Assert.False(shown.index_select(0, observation.UserIds).logical_and(observation.EligibleItems!).any().item<bool>(), "an item that was seen is a candidate");
                var plan = Assert.IsAssignableFrom<IPlanner>(sessions).Plan(observation);
                sessions.Step(plan); // Refuses what is not eligible.
                Assert.All(Assert.IsAssignableFrom<IDelayedFeedback>(sessions).TakeArrivals(), arrival => Assert.True(arrival.Observation.Iteration < round));
                shown.index_copy_(0, observation.UserIds, shown.index_select(0, observation.UserIds).scatter_(1, plan, ones_like(plan, ScalarType.Bool)));
            }
        }
        using var after = MemoryCheckpoint.Of(world.Environment);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void NothingLeaks(string name)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var world = new World(null, name, settings: new Dictionary<string, string>(s_everything) { ["sampling"] = "1" }))
        {
            Play(5);
            var afterFive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Play(30);
            Assert.Equal(afterFive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            void Play(int rounds)
            {
                for (var round = 0; round < rounds; round++)
                {
                    Step(world.Environment).Dispose();
                    foreach (var arrival in ((IDelayedFeedback)world.Environment).TakeArrivals())
                        arrival.Dispose();
                }
            }
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Feedback Step(IEnvironment environment)
    {
        using var observation = environment.Observe();
        using var slates = EligibleSlates(observation, environment.Spec);
        return environment.Step(slates);
    }

    /// <summary>Eligible items at random for each user and iteration.</summary>
    private static Tensor EligibleSlates(Observation observation, EnvironmentSpec spec)
    {
        using var scope = NewDisposeScope();
        var lanes = observation.UserIds.mul(spec.ItemCount).unsqueeze(1).add(arange(spec.ItemCount, ScalarType.Int64, spec.Device));
        var luck = new RandomStream(1, "slates").Uniform(observation.Iteration, lanes).masked_fill(observation.EligibleItems!.logical_not(), 2f);
        return luck.argsort(1).narrow(1, 0, spec.SlateSize).clone().MoveToOuterDisposeScope();
    }
}
