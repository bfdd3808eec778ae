using MathNet.Numerics.Distributions;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class SamplingAgentTests
{
    private const int Users = 20_000;

    [Fact]
    public void LinearThompsonShowsAnItemAsOftenAsItIsThoughtToBeBest()
    {
        // x = 1, λ = 1. Item 0: 8 shown, 4 liked: N(4/9, v²/9); item 1: 3 shown, 1 liked: N(1/4, v²/4). With v = 1 the first is drawn
        // higher with probability Φ((4/9 − 1/4)/√(1/9 + 1/4)) = Φ(.3236).
        using var agent = new LinearThompsonAgent(Toy.Context(Toy.Spec(Users, 2, 1)), new LinearThompsonOptions { Scale = 1 });
        Toy.Teach(agent, (8, 4), (3, 1));
        AssertShare(agent, Normal.CDF(0, 1, ((4.0 / 9) - .25) / Math.Sqrt((1.0 / 9) + .25)));
    }

    [Fact]
    public void LogisticThompsonShowsAnItemAsOftenAsItIsThoughtToBeBest()
    {
        // x = 1, λ = 1. Item 0: 8 shown, 4 liked: θ = 0 and H = 1 + 8/4 = 3. Item 1: 4 shown, 1 liked: 1 − 4σ(θ) = θ at θ = −.51061:
        // σ = .37505, so 1 − 1.50021 = −.5002; the rest by halving. H = 1 + 4σ(1 − σ).
        var (low, high) = (-1.0, 0.0);
        for (var halving = 0; halving < 60; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = 1 - (4 / (1 + Math.Exp(-middle))) - middle > 0 ? (middle, high) : (low, middle);
        }
        var p = 1 / (1 + Math.Exp(-low));
        using var agent = new LogisticThompsonAgent(Toy.Context(Toy.Spec(Users, 2, 1)), new LogisticThompsonOptions { Scale = 2 });
        Toy.Teach(agent, (8, 4), (4, 1));
        AssertShare(agent, Normal.CDF(0, 1, (0 - low) / (2 * Math.Sqrt((1.0 / 3) + (1 / (1 + (4 * p * (1 - p))))))));
    }

    [Fact]
    public void AScaleOfZeroIsGreedy()
    {
        using var agent = new LinearThompsonAgent(Toy.Context(Toy.Spec(50, 2, 1)), new LinearThompsonOptions { Scale = 0 });
        Toy.Teach(agent, (8, 4), (3, 1));
        Assert.All(Toy.Slates(agent, Toy.Observe(50), RecommendationMode.Explore), slate => Assert.Equal(0, slate[0]));
    }

    [Fact]
    public void EveryUserGetsADrawOfTheirOwnAndEveryRoundAnother()
    {
        using var agent = new LinearThompsonAgent(Toy.Context(Toy.Spec(200, 2, 1)), new LinearThompsonOptions { Scale = 1 });
        Toy.Teach(agent, (4, 2), (4, 2));
        var first = Toy.Slates(agent, Toy.Observe(200, drawKey: 1), RecommendationMode.Explore).Select(slate => slate[0]).ToList();
        Assert.Equal([0, 1], first.Distinct().Order());
        Assert.NotEqual(first, Toy.Slates(agent, Toy.Observe(200, drawKey: 2), RecommendationMode.Explore).Select(slate => slate[0]));
    }

    /// <summary>The share of item 0 over many users lies within four deviations of what is expected.</summary>
    private static void AssertShare(IAgent agent, double expected)
    {
        var share = Toy.Slates(agent, Toy.Observe(Users), RecommendationMode.Explore).Count(slate => slate[0] == 0) / (double)Users;
        var margin = 4 * Math.Sqrt(expected * (1 - expected) / Users);
        Assert.InRange(share, expected - margin, expected + margin);
    }
}
