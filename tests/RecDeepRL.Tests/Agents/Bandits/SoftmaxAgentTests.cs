using RecDeepRL.Agents.Bandits;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class SoftmaxAgentTests
{
    private const int Users = 40_000;

    [Fact]
    public void AnItemIsShownInProportionToTheExponentialOfItsMean()
    {
        // Means .5, .25, 0 and one never shown, which counts as .5; τ = .25: weights e², e, 1, e², their sum 18.4964.
        using var scope = NewDisposeScope();
        using var agent = Make(new SoftmaxOptions { Temperature = .25 }, 1);
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 4).data<long>().ToArray();
        double[] weights = [Math.E * Math.E, Math.E, 1, Math.E * Math.E];
        var expected = weights.Select(weight => weight / weights.Sum()).ToArray();
        Chance.AssertFrequencies(counts, expected);
        using var told = agent.Explain(Toy.Observe(4), arange(4, ScalarType.Int64).unsqueeze(1), Explore);
        told.Propensity!.AssertNear(expected);
    }

    [Fact]
    public void SlatesAreDrawnWithoutReplacement()
    {
        // Weights as above: the pair (i, j) has probability wᵢ/Σ · wⱼ/(Σ − wᵢ).
        using var scope = NewDisposeScope();
        using var agent = Make(new SoftmaxOptions { Temperature = .25 }, 2);
        var slates = agent.Recommend(Toy.Observe(Users), Explore);
        var pairs = slates.select(1, 0).mul(4).add(slates.select(1, 1)).bincount(null, 16).data<long>().ToArray();
        double[] weights = [Math.E * Math.E, Math.E, 1, Math.E * Math.E];
        var possible = Enumerable.Range(0, 16).Where(pair => pair / 4 != pair % 4).ToList();
        Chance.AssertFrequencies(
            [.. possible.Select(pair => pairs[pair])],
            [.. possible.Select(pair => weights[pair / 4] / weights.Sum() * weights[pair % 4] / (weights.Sum() - weights[pair / 4]))]);
    }

    [Fact]
    public void MaskedProbabilitiesAreThoseOfTheItemsLeft()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(new SoftmaxOptions { Temperature = .25 }, 1);
        using var told = agent.Explain(Toy.Observe(1, eligible: tensor([false, true, true, false]).unsqueeze(0)), tensor(new long[] { 1 }, [1, 1]), Explore);
        told.Propensity!.AssertNear(Math.E / (Math.E + 1));
    }

    [Fact]
    public void ExploitModeRanksByTheMean()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(new SoftmaxOptions { Temperature = 10 }, 4);
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([0, 1, 2, 3], slate));
    }

    [Fact]
    public void ExplorationFadesAsItIsTold()
    {
        Assert.Equal([.4, .4], new[] { Decay.Constant.At(.4, 3, 0), Decay.Constant.At(.4, 3, 7) });
        Assert.Equal([.4, .4 / 7], new[] { Decay.Reciprocal.At(.4, 3, 0), Decay.Reciprocal.At(.4, 3, 2) });
        Assert.Equal([.4, .4 * Math.Exp(-6)], new[] { Decay.Exponential.At(.4, 3, 0), Decay.Exponential.At(.4, 3, 2) });
    }

    [Fact]
    public void ACoolingAgentComesToShowTheBestAlone()
    {
        // Taught once, then so many rounds of nothing new: τ = .25/(1 + 9) = .025 makes .25 of difference e¹⁰ = 22026 : 1.
        using var scope = NewDisposeScope();
        using var agent = new SoftmaxAgent(Toy.Context(Toy.Spec(Users, 2, 1)), new SoftmaxOptions { Temperature = .25, Decay = Decay.Reciprocal, DecayRate = 1 });
        for (var round = 0; round < 9; round++)
            Toy.Teach(agent, (8, 4), (8, 2));
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 2).data<long>().ToArray();
        Chance.AssertFrequencies(counts, [1 / (1 + Math.Exp(-10)), 1 / (1 + Math.Exp(10))]);
    }

    private static SoftmaxAgent Make(SoftmaxOptions options, int slateSize)
    {
        var agent = new SoftmaxAgent(Toy.Context(Toy.Spec(Users, 4, slateSize)), options);
        Toy.Teach(agent, (8, 4), (8, 2), (8, 0), (0, 0));
        return agent;
    }
}
