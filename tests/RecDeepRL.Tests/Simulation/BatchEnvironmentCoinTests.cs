using CsCheck;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Tests.Simulation.MadeBatchEnvironment;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class BatchEnvironmentCoinTests
{
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
}
