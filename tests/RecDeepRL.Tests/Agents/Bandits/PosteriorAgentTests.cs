using MathNet.Numerics.Distributions;
using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>Thompson sampling with other posteriors and memories than <see cref="ThompsonAgentTests"/> holds.</summary>
public sealed class PosteriorAgentTests
{
    private const int Users = 40_000;

    [Fact]
    public void GaussianThompsonShowsAnItemAsOftenAsItIsBestUnderThePosterior()
    {
        // m = 0, τ = σ = 1: k = 1. Item 0: 3 of 4: N(3/5, 1/5); item 1: 1 of 9: N(1/10, 1/10). P = Φ(.5/√.3) = Φ(.9129) = .8193.
        using var scope = NewDisposeScope();
        using var agent = new GaussianThompsonAgent(Context(2), new GaussianThompsonOptions { PriorMean = 0, PriorDeviation = 1, ResponseDeviation = 1 });
        Toy.Teach(agent, (4, 3), (9, 1));
        var first = Normal.CDF(0, 1, .5 / Math.Sqrt(.3));
        Assert.Equal(.8193, first, 4);
        Chance.AssertFrequencies(agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 2).data<long>().ToArray(), [first, 1 - first]);
    }

    [Fact]
    public void GaussianThompsonExploitsThePosteriorMean()
    {
        // σ = ½, τ = ¼: k = 4, m = .5. Item 0: (2 + 2)/(4 + 2) = .667; item 1: (2 + 9)/(4 + 10) = .786; item 2 never shown: last; item 3: 2/7.
        using var scope = NewDisposeScope();
        using var agent = new GaussianThompsonAgent(Context(4, 4), new GaussianThompsonOptions { PriorDeviation = .25 });
        Toy.Teach(agent, (2, 2), (10, 9), (0, 0), (3, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([1, 0, 3, 2], slate));
        using var told = agent.Explain(Toy.Observe(1), tensor(new long[] { 1, 0, 3, 2 }, [1, 4]), Exploit);
        told.Relevance!.AssertNear(11.0 / 14, 4.0 / 6, 2.0 / 7, .5);
        told.Propensity!.AssertNear(1, 1, 1, 1);
    }

    [Fact]
    public void MemoriesThatForgetGiveThePosteriorOfWhatIsLeft()
    {
        // γ = ½: 8 of 8 counts 4 of 4 after a round of 0 of 4: Beta(1 + 4, 1 + 4), mean ½. In a window of one round: Beta(1, 1 + 4), mean 1/6.
        using var scope = NewDisposeScope();
        using var discounted = new DiscountedThompsonAgent(Context(1), new DiscountedThompsonOptions { Discount = .5 });
        using var window = new SlidingWindowThompsonAgent(Context(1), new SlidingWindowThompsonOptions { Window = 1 });
        foreach (var (agent, expected) in new (PosteriorAgent, double)[] { (discounted, .5), (window, 1.0 / 6) })
        {
            Toy.Teach(agent, (8, 8));
            Toy.Teach(agent, (4, 0));
            using var told = agent.Explain(Toy.Observe(1), zeros([1, 1], ScalarType.Int64), Explore);
            told.Relevance!.AssertNear(expected);
            Assert.Null(told.Propensity);
        }
    }

    [Fact]
    public void ADiscountedPosteriorGoesBackToItsPrior()
    {
        // After 40 rounds without a showing 100 of 100 count 100·.5⁴⁰ ≈ 10⁻¹⁰: forgotten, and every item is shown as often.
        using var scope = NewDisposeScope();
        using var agent = new DiscountedThompsonAgent(Context(3), new DiscountedThompsonOptions { Discount = .5 });
        Toy.Teach(agent, (100, 100), (100, 0), (0, 0));
        for (var round = 0; round < 40; round++)
            agent.Learn(Toy.Feedback(Toy.Observe(1), tensor(new long[] { 2 }, [1, 1]), tensor(new[] { .5f }, [1, 1])));
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 3).data<long>().ToArray();
        Assert.InRange(counts[0] - counts[1], -4 * Math.Sqrt(counts[0] + counts[1]), 4 * Math.Sqrt(counts[0] + counts[1]));
    }

    [Fact]
    public void KalmanThompsonDrawsFromThePredictedLevels()
    {
        // Without noise and trend and on the probability: two items shown alike often, N(m, c²·v); P(first best) = Φ((m₀ − m₁)/(c·√(v₀ + v₁))).
        using var scope = NewDisposeScope();
        var options = new KalmanThompsonOptions
        {
            Scale = TrendScale.Probability, PriorMean = .5, PriorDeviation = .5, PriorSlopeDeviation = 0, LevelNoise = 0, SlopeNoise = 0, Exploration = .8, Explorers = 1,
        };
        using var agent = new KalmanThompsonAgent(Context(2), options);
        Toy.Teach(agent, (20, 12), (20, 10));
        var (m0, v0) = Filtered(12);
        var (m1, v1) = Filtered(10);
        var first = Normal.CDF(0, 1, (m0 - m1) / (.8 * Math.Sqrt(v0 + v1)));
        Assert.InRange(first, .6, .9);
        Chance.AssertFrequencies(agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 2).data<long>().ToArray(), [first, 1 - first]);

        // Where only half of the users explore, the others are shown item 0.
        using var half = new KalmanThompsonAgent(Context(2), options with { Explorers = .5 });
        Toy.Teach(half, (20, 12), (20, 10));
        Chance.AssertFrequencies(half.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 2).data<long>().ToArray(), [.5 + (first / 2), (1 - first) / 2]);

        static (double Mean, double Variance) Filtered(int responses)
        {
            var q = (responses + 1) / 22.0;
            var variance = 1 / ((20 / (q * (1 - q))) + 4);
            return (.5 + (variance * 20 / (q * (1 - q)) * ((responses / 20.0) - .5)), variance);
        }
    }

    [Fact]
    public void KalmanThompsonFollowsAnItemThatOvertakesAnother()
    {
        // Item 0 falls from .8 by .05 a round, item 1 rises from .3 by .05: they cross after five rounds. All are shown 200 times a round, so
        // after nine rounds .35 stands against .75, known to .035, and the trend has to be at work no later than the crossing.
        using var scope = NewDisposeScope();
        using var agent = new KalmanThompsonAgent(Context(3, 3), new KalmanThompsonOptions());
        for (var round = 0; round < 9; round++)
            Toy.Teach(agent, (200, 160 - (10 * round)), (200, 60 + (10 * round)), (0, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([1, 0, 2], slate)); // Never shown: last.
    }

    private static AgentContext Context(int items, int slateSize = 1) => Toy.Context(Toy.Spec(Users, items, slateSize));
}
