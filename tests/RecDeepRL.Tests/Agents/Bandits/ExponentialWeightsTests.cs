using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>EXP3 and EXP3.S, slates and batches included.</summary>
public sealed class ExponentialWeightsTests
{
    [Fact]
    public void OneUserAtATimeIsThePapersExp3()
    {
        // N = 3, γ = .3. All start with 1/3. Item 1 pays 1: x̂ = 3, w₁ = exp(.3·3/3) = e^.3 = 1.349859.
        // p₁ = .7·1.349859/3.349859 + .1 = .382073, p₀ = .7/3.349859 + .1 = .308964.
        using var scope = NewDisposeScope();
        using var agent = new Exp3Agent(Toy.Context(Toy.Spec(1, 3, 1)), new Exp3Options { Exploration = .3 });
        agent.Probabilities(null).AssertNear(1.0 / 3, 1.0 / 3, 1.0 / 3);
        Toy.Teach(agent, (0, 0), (1, 1), (0, 0));
        agent.Probabilities(null).AssertNear(.308964, .382073, .308964);
        // Then item 0 pays 1: w₀ = exp(.1/.308964) = e^.323662 = 1.382180; Σ = 3.732039; p₀ = .7·1.382180/3.732039 + .1 = .359249.
        Toy.Teach(agent, (1, 1), (0, 0), (0, 0));
        Assert.Equal(.359249, agent.Probabilities(null)[0, 0].item<double>(), 1e-6);
    }

    [Fact]
    public void ABatchAddsTheGainsOfItsUsers()
    {
        // N = 2, γ = .5, all at ½. Item 0 pays 3 of 4, item 1 pays 1 of 2: gains 3/½ = 6 and 1/½ = 2, times γ/N = ¼: w = e^1.5, e^.5.
        // p₀ = .5·1/(1 + e^−1) + .25 = .615529.
        using var scope = NewDisposeScope();
        using var agent = new Exp3Agent(Toy.Context(Toy.Spec(6, 2, 1)), new Exp3Options { Exploration = .5 });
        Toy.Teach(agent, (4, 3), (2, 1));
        agent.Probabilities(null).AssertNear(.615529, .384471);
    }

    [Fact]
    public void SharingGivesEveryItemAPartOfAllWeight()
    {
        // EXP3.S, N = 2, γ = .5, α = .1: w₀ = exp(¼·1/½) + e·.1/2·2 = 1.648721 + .271828 = 1.920549, w₁ = 1 + .271828 = 1.271828.
        // p₀ = .5·1.920549/3.192377 + .25 = .550802.
        using var scope = NewDisposeScope();
        using var agent = new Exp3SAgent(Toy.Context(Toy.Spec(1, 2, 1)), new Exp3SOptions { Exploration = .5, Share = .1 });
        Toy.Teach(agent, (1, 1), (0, 0));
        agent.Probabilities(null).AssertNear(.550802, .449198);
    }

    [Fact]
    public void WeightsThatWouldShowAnItemMoreThanOnceAreCut()
    {
        // K = 2, N = 4, γ = .2: an item of all weight would have 2·(.8 + .05) = 1.7. Cut at α with α/Σw' = (½ − .05)/.8 = .5625:
        // the others have 3 in all, so α = .5625·3/(1 − .5625), p₀ = 1 and p₁ = 2·(.8·(1/3)·.4375 + .05) = .333333.
        using var scope = NewDisposeScope();
        using var agent = new Exp3Agent(Toy.Context(Toy.Spec(100, 4, 2)), new Exp3Options { Exploration = .2 });
        agent.Learn(Toy.Feedback(Toy.Observe(100), tensor(new long[] { 0, 1 }, [1, 2]).expand(100, 2), tensor(new[] { 1f, 0 }, [1, 2]).expand(100, 2)));
        agent.Probabilities(null).AssertNear(1, 1.0 / 3, 1.0 / 3, 1.0 / 3);
    }

    [Theory]
    [InlineData("exp3")]
    [InlineData("exp3s")]
    public void TheBestSlateIsFoundThoughItsItemsAreCut(string name)
    {
        // 300 users a round: were cut items left behind, items of .4 would pass them within a round.
        using var scope = NewDisposeScope();
        var probabilities = tensor(new[] { .4f, .75f, .1f, .75f, .4f, .75f }).expand(300, 6);
        for (var seed = 1; seed <= 5; seed++)
        {
            var context = Toy.Context(Toy.Spec(300, 6, 3), seed);
            using IAgent agent = name == "exp3" ? new Exp3Agent(context, new Exp3Options()) : new Exp3SAgent(context, new Exp3SOptions());
            Assert.Equal(2.25, Toy.Train(agent, probabilities, null, 20, seed), 1e-5);
        }
    }

    [Fact]
    public void ProbabilitiesAddUpToTheSlateWhateverTheWeights()
    {
        using var scope = NewDisposeScope();
        var luck = new RandomStream(4, "weights");
        foreach (var (items, slateSize) in new[] { (5, 1), (5, 4), (5, 5), (30, 7) })
            for (var seed = 0; seed < 5; seed++)
            {
                using var agent = new Exp3Agent(Toy.Context(Toy.Spec(2, items, slateSize)), new Exp3Options { Exploration = .1 });
                var weights = luck.Uniform(seed, CPU, items).to_type(ScalarType.Float64).log().mul(Math.Pow(10, seed));
                using var state = MemoryCheckpoint.Of(agent);
                state.Tensors["log_weights"].copy_(weights - weights.max());
                agent.Load(state);
                var masks = luck.Uniform(seed, CPU, 2, items).argsort(1).argsort(1).lt(tensor(new long[] { items, Math.Max(slateSize, items / 2) }).unsqueeze(1));
                foreach (var eligible in new[] { null, masks })
                {
                    var probabilities = agent.Probabilities(eligible);
                    Assert.All(probabilities.sum(1, keepdim: false).data<double>().ToArray(), sum => Assert.Equal(slateSize, sum, 1e-6));
                    Assert.True(probabilities.ge(0.0).logical_and(probabilities.le(1.0)).all().item<bool>());
                    if (eligible is not null)
                        Assert.Equal(0, probabilities.masked_select(eligible.logical_not()).sum().item<double>());
                }
            }
    }

    [Fact]
    public void ItemsAreShownAsOftenAsTheirProbability()
    {
        using var scope = NewDisposeScope();
        const int users = 40_000;
        using var agent = new Exp3Agent(Toy.Context(Toy.Spec(users, 4, 2)), new Exp3Options { Exploration = .2 });
        Toy.Teach(agent, (10, 9), (10, 5), (10, 2), (10, 0));
        var probabilities = agent.Probabilities(null).data<double>().ToArray();
        var shown = agent.Recommend(Toy.Observe(users), Explore).reshape(-1).bincount(null, 4).data<long>().ToArray();
        foreach (var (count, probability) in shown.Zip(probabilities))
            Assert.InRange(count, (users * probability) - (4 * Math.Sqrt(users * probability * (1 - probability))) - 1e-6, (users * probability) + (4 * Math.Sqrt(users * probability * (1 - probability))) + 1e-6);
    }

    [Fact]
    public void ExploitModeShowsTheHeaviestItems()
    {
        using var scope = NewDisposeScope();
        using var agent = new Exp3Agent(Toy.Context(Toy.Spec(5, 4, 3)), new Exp3Options());
        Toy.Teach(agent, (10, 9), (10, 5), (10, 2), (0, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([0, 1, 2], slate));
    }
}
