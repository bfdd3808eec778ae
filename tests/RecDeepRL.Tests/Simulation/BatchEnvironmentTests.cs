using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Responses;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class BatchEnvironmentTests
{
    private const int Users = 40;
    private const int Items = 6;

    [Fact]
    public void ObservingTwiceInOneRoundAnswersTheSame()
    {
        using var scope = NewDisposeScope();
        using var environment = Make();
        var first = environment.Observe();
        var ids = first.UserIds.data<long>().ToArray();
        first.UserIds.fill_(0L); // The caller owns what it got; the environment must not notice.
        Assert.Equal(ids, environment.Observe().UserIds.data<long>().ToArray());
    }

    [Fact]
    public void InclusionIsTheCoinOfUserAndIteration()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .3, seed: 5);
        var coins = new RandomStream(5, "inclusion");
        for (var iteration = 0; iteration < 4; iteration++)
        {
            var expected = Enumerable.Range(0, Users).Where(user => coins.Uniform(iteration, user) < .3f).Select(user => (long)user);
            using var observation = environment.Observe();
            Assert.Equal(expected, observation.UserIds.data<long>().ToArray());
            Assert.Equal(iteration, observation.Iteration);
            environment.Step(SlatesFor(observation, slot => slot)).Dispose();
        }
    }

    [Fact]
    public void EveryUserComesAtTheSamplingRate()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 20_000, sampling: .1);
        var counts = new List<long>();
        for (var iteration = 0; iteration < 10; iteration++)
        {
            using var observation = environment.Observe();
            counts.Add(observation.UserCount);
            environment.Step(SlatesFor(observation, slot => slot)).Dispose();
        }
        // n = 200 000 coins of p = .1: 4 sigma = 4 · sqrt(.09 / 200 000) = .00268.
        Assert.InRange(counts.Sum() / 200_000.0, .1 - .00268, .1 + .00268);
        Assert.True(counts.Distinct().Count() > 1, "the same number of users came in every round");
    }

    [Fact]
    public void FullSamplingIncludesEveryUserInEveryRound()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1);
        using var observation = environment.Observe();
        Assert.Equal(Enumerable.Range(0, Users).Select(user => (long)user), observation.UserIds.data<long>().ToArray());
    }

    [Fact]
    public void AResponseDependsOnUserItemAndIterationOnly()
    {
        Gen.Select(Gen.Int[1, Items], Gen.Int[0, Items - 1], Gen.Int[0, 5]).Sample((slots, shift, iteration) =>
        {
            using var scope = NewDisposeScope();
            using var environment = Make(slateSize: slots, sampling: 1, seed: 11);
            environment.Load(Counters(iteration, 11, environment));
            var observation = environment.ObserveAll(0);
            // Other items, other slots, the users in reverse order, and a part of the users only.
            var slates = SlatesFor(observation, slot => (slot + shift) % Items, slots);
            var reversed = Pick(observation, arange(Users - 1, -1, -1, ScalarType.Int64));
            var part = Pick(reversed, arange(3, 20, ScalarType.Int64));
            foreach (var view in new[] { observation, reversed, part })
            {
                var some = slates.narrow(0, 0, view.UserCount);
                var responses = environment.Respond(view, some, 11);
                foreach (var (user, row) in view.UserIds.data<long>().ToArray().Select((user, row) => (user, row)))
                {
                    for (var slot = 0; slot < slots; slot++)
                    {
                        var item = some[row, slot].item<long>();
                        var expected = new RandomStream(11, "responses").Uniform(iteration, (user * Items) + item) < Probability((int)item) ? 1f : 0f;
                        Assert.Equal(expected, responses[row, slot].item<float>());
                    }
                }
            }
        }, iter: 10, threads: 1);
    }

    [Fact]
    public void StepAndRespondTossTheSameCoins()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .5, seed: 3);
        var everyone = environment.ObserveAll(0);
        var all = environment.Respond(everyone, SlatesFor(everyone, slot => slot), 3);
        var feedback = environment.Step(SlatesFor(environment.Observe(), slot => slot));
        Assert.True(all.index_select(0, feedback.Observation.UserIds).equal(feedback.Responses).all().item<bool>());
        Assert.True(feedback.Responses.sum(1).equal(feedback.Reward).all().item<bool>());
    }

    [Fact]
    public void ResponsesAreAsFrequentAsTheirProbability()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 50_000, slateSize: Items);
        var everyone = environment.ObserveAll(0);
        var rates = environment.Respond(everyone, SlatesFor(everyone, slot => slot, Items), 17).mean([0L]).data<float>().ToArray();
        for (var item = 0; item < Items; item++)
        {
            var p = Probability(item);
            Assert.InRange(rates[item], p - (4 * Math.Sqrt(p * (1 - p) / 50_000)) - 1e-6, p + (4 * Math.Sqrt(p * (1 - p) / 50_000)) + 1e-6);
        }
        // Item 0 has p = 0 and item 5 has p = 1: no coin may say otherwise.
        Assert.Equal(0f, rates[0]);
        Assert.Equal(1f, rates[5]);
    }

    [Fact]
    public void ResponsesOfDifferentItemsUsersAndRoundsAreIndependent()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(users: 50_000, slateSize: 2);
        var everyone = environment.ObserveAll(0);
        var slates = SlatesFor(everyone, slot => slot + 2); // Items 2 and 3, p = .4 and .6.
        var now = environment.Respond(everyone, slates, 23);
        environment.Load(Counters(1, 0, environment));
        var later = environment.Respond(environment.ObserveAll(0), slates, 23);
        // Independent coins agree in their products: each mean product has standard deviation at most .5 / sqrt(50 000); 4 sigma = .00894.
        Assert.Equal(.24, (now[.., 0] * now[.., 1]).mean().item<float>(), .00894);
        Assert.Equal(.16, (now[.., 0] * later[.., 0]).mean().item<float>(), .00894);
        Assert.Equal(.16, (now[.., 0] * now[.., 0].roll(1)).mean().item<float>(), .00894);
    }

    [Fact]
    public void HistoryHoldsTheLatestItemsNewestLast()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1, historyLength: 3);
        var first = environment.Step(SlatesFor(environment.Observe(), slot => slot)); // Items 0 and 1.
        Assert.Equal([-1L, -1L, -1L], first.Observation.RecentItems[0].data<long>().ToArray());
        Assert.Equal([-1L, 0L, 1L], first.NextObservation.RecentItems[7].data<long>().ToArray());
        Assert.Equal(0f, first.NextObservation.RecentResponses[7, 0].item<float>());
        Assert.True(first.NextObservation.RecentResponses.narrow(1, 1, 2).equal(first.Responses).all().item<bool>());
        var second = environment.Step(SlatesFor(environment.Observe(), slot => slot + 4)); // Items 4 and 5.
        Assert.Equal([1L, 4L, 5L], second.NextObservation.RecentItems[7].data<long>().ToArray());
        Assert.True(environment.ObserveAll(0).RecentItems.equal(second.NextObservation.RecentItems).all().item<bool>());
    }

    [Fact]
    public void ASlateLongerThanTheHistoryLeavesItsLastItems()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1, slateSize: 4, historyLength: 3);
        using var feedback = environment.Step(SlatesFor(environment.Observe(), slot => slot, 4));
        Assert.Equal([1L, 2L, 3L], feedback.NextObservation.RecentItems[0].data<long>().ToArray());
    }

    [Fact]
    public void OnlyIncludedUsersGetAHistory()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .4);
        using var feedback = environment.Step(SlatesFor(environment.Observe(), slot => slot));
        using var everyone = environment.ObserveAll(0);
        var shown = everyone.RecentItems.ge(0).any(1).nonzero().squeeze(1).data<long>().ToArray();
        Assert.Equal(feedback.Observation.UserIds.data<long>().ToArray(), shown);
        Assert.Equal(feedback.Observation.UserIds.data<long>().ToArray(), feedback.NextObservation.UserIds.data<long>().ToArray());
        Assert.Equal(1, feedback.NextObservation.Iteration);
    }

    [Fact]
    public void ARoundWithoutUsersPasses()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1e-9);
        using var observation = environment.Observe();
        Assert.Equal(0, observation.UserCount);
        using var feedback = environment.Step(zeros([0, 2], ScalarType.Int64));
        Assert.Equal([0L], feedback.Reward.shape);
        Assert.Equal([0L, 2L], feedback.Responses.shape);
        Assert.Equal([0L, 10L], feedback.NextObservation.RecentItems.shape);
        Assert.Equal(1, environment.Iteration);
    }

    [Theory]
    [InlineData("shape", "slates has shape [40, 3], expected [40, 2] (users, slots).")]
    [InlineData("range", "slates holds item ids from 0 to 6, allowed are 0 to 5.")]
    [InlineData("twice", "slates shows an item twice")]
    [InlineData("type", "slates has type Int32, expected Int64")]
    public void BadSlatesAreRefusedAndChangeNothing(string fault, string expected)
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: 1);
        var slates = fault switch
        {
            "shape" => zeros([Users, 3], ScalarType.Int64),
            "range" => tensor(new long[] { 0, Items }).expand(Users, 2),
            "twice" => zeros([Users, 2], ScalarType.Int64),
            _ => SlatesFor(environment.Observe(), slot => slot).to_type(ScalarType.Int32),
        };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => environment.Step(slates)).Message, StringComparison.Ordinal);
        Assert.Equal(0, environment.Iteration);
        Assert.True(environment.ObserveAll(0).RecentItems.eq(-1).all().item<bool>());
        Assert.Throws<ArgumentException>(() => environment.Respond(environment.ObserveAll(0), slates, 1));
    }

    [Fact]
    public void ResettingStartsTheSameRunAgain()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(sampling: .5);
        environment.Reset(9);
        var first = Play(environment, 3);
        environment.Reset(9);
        Assert.Equal(first, Play(environment, 3));
        environment.Reset(10);
        Assert.NotEqual(first, Play(environment, 3));
    }

    [Fact]
    public void ASavedEnvironmentGoesOnAsItWouldHave()
    {
        using var scope = NewDisposeScope();
        using var original = Make(sampling: .5, seed: 4);
        Play(original, 3);
        var state = new MemoryCheckpoint();
        original.Save(state);
        using var restored = Make(sampling: .5, seed: 99);
        restored.Observe().Dispose(); // A round already decided from the other seed must be forgotten.
        restored.Load(state);
        Assert.Equal(3, restored.Iteration);
        Assert.True(restored.ObserveAll(0).RecentResponses.equal(original.ObserveAll(0).RecentResponses).all().item<bool>());
        Assert.Equal(Play(original, 3), Play(restored, 3));
    }

    [Fact]
    public void StepsLeaveNoTensorsBehind()
    {
        using var environment = Make(sampling: .5);
        long after10 = 0;
        for (var step = 1; step <= 200; step++)
        {
            // Without a scope around the round: what the feedback does not own would stay.
            using var observation = environment.Observe();
            using var slates = SlatesFor(observation, slot => slot);
            using var feedback = environment.Step(slates);
            using var everyone = environment.ObserveAll(0);
            using var all = SlatesFor(everyone, slot => slot);
            environment.Respond(everyone, all, 1).Dispose();
            if (step == 10)
                after10 = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            else if (step == 200)
                Assert.Equal(after10, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }

    private static float Probability(int item) => item / (float)(Items - 1);

    private static BatchEnvironment Make(int users = Users, int slateSize = 2, double sampling = .5, long seed = 0, int historyLength = 10)
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

    private static Tensor SlatesFor(Observation observation, Func<int, int> item, int slots = 2)
    {
        using var row = tensor(Enumerable.Range(0, slots).Select(slot => (long)item(slot)).ToArray());
        using var rows = row.expand(observation.UserCount, slots);
        return rows.clone();
    }

    private static Observation Pick(Observation observation, Tensor rows) => new()
    {
        UserIds = observation.UserIds.index_select(0, rows),
        RecentItems = observation.RecentItems.index_select(0, rows),
        RecentResponses = observation.RecentResponses.index_select(0, rows),
        Iteration = observation.Iteration,
        DrawKey = observation.DrawKey,
    };

    private static MemoryCheckpoint Counters(long iteration, long seed, BatchEnvironment environment)
    {
        var state = new MemoryCheckpoint();
        environment.Save(state);
        state.Counters["iteration"] = iteration;
        state.Counters["seed"] = seed;
        return state;
    }

    private static List<float> Play(BatchEnvironment environment, int rounds)
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
