using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using RecDeepRL.Agents.Bandits;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class ThompsonAgentTests
{
    private const int Users = 40_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(.5, 3)]
    public void AnItemIsShownAsOftenAsItIsBestUnderThePosterior(double priorSuccesses, double priorFailures)
    {
        // Item 0: 3 of 4; item 1: 1 of 4; item 2: never shown. P(i best) = ∫ fᵢ(x)·Πⱼ Fⱼ(x) dx over the Beta posteriors.
        using var scope = NewDisposeScope();
        using var agent = Make(3, 1, new ThompsonOptions { PriorSuccesses = priorSuccesses, PriorFailures = priorFailures });
        Toy.Teach(agent, (4, 3), (4, 1), (0, 0));
        Beta[] posteriors = [new(priorSuccesses + 3, priorFailures + 1), new(priorSuccesses + 1, priorFailures + 3), new(priorSuccesses, priorFailures)];
        var best = posteriors.Select(own => 1 - Integrate.OnClosedInterval(x => own.CumulativeDistribution(x) * Slope(posteriors.Where(other => other != own), x), 0, 1, 1e-10)).ToArray();
        Assert.Equal(1, best.Sum(), 1e-6);
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 3).data<long>().ToArray();
        Chance.AssertFrequencies(counts, best);

        // By parts: ∫ f·G dx = 1 − ∫ F·g dx with G the product of the others; a density that is infinite at 0 (α < 1) is met by a difference instead.
        static double Slope(IEnumerable<Beta> others, double x)
        {
            const double step = 1e-6;
            double G(double at) => others.Aggregate(1.0, (product, other) => product * other.CumulativeDistribution(Math.Clamp(at, 0, 1)));
            return (G(x + step) - G(x - step)) / (2 * step);
        }
    }

    [Fact]
    public void ExploitModeRanksByThePosteriorMean()
    {
        // α = β = 1: 3/4 = .75; 10/12 = .833; item 2 never shown: last; 1/5 = .2.
        using var scope = NewDisposeScope();
        using var agent = Make(4, 4, new ThompsonOptions());
        Toy.Teach(agent, (2, 2), (10, 9), (0, 0), (3, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([1, 0, 3, 2], slate));
    }

    [Fact]
    public void ThePriorDecidesHowMuchFewResponsesCount()
    {
        // α = .1, β = .1: 2.1/2.2 = .955 against 9.1/10.2 = .892: now the short perfect record wins.
        using var scope = NewDisposeScope();
        using var agent = Make(2, 2, new ThompsonOptions { PriorSuccesses = .1, PriorFailures = .1 });
        Toy.Teach(agent, (2, 2), (10, 9));
        Assert.All(Toy.Slates(agent, Toy.Observe(5), Exploit), slate => Assert.Equal([0, 1], slate));
    }

    [Fact]
    public void ABatchWithoutDataIsSpreadEvenly()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(5, 1, new ThompsonOptions());
        Chance.AssertUniform(agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 5).data<long>().ToArray());
    }

    private static ThompsonAgent Make(int items, int slateSize, ThompsonOptions options) => new(Toy.Context(Toy.Spec(Users, items, slateSize)), options);
}
