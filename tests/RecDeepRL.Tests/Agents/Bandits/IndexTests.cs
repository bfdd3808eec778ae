using MathNet.Numerics.Distributions;
using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>Every index against a scalar twin, and against numbers worked by hand.</summary>
public sealed class IndexTests
{
    private const int Items = 200;

    [Fact]
    public void Ucb() => AssertTwin(new UcbAgent(Context, new UcbOptions { Exploration = .7 }), (n, mean, _, total) => mean + Math.Sqrt(.7 * Math.Log(total) / n));

    [Fact]
    public void UcbTuned() => AssertTwin(
        new UcbTunedAgent(Context, new UcbTunedOptions { Exploration = .8 }),
        (n, mean, variance, total) => mean + Math.Sqrt(.8 * Math.Log(total) / n * Math.Min(.25, variance + Math.Sqrt(2 * Math.Log(total) / n))));

    [Fact]
    public void UcbV() => AssertTwin(
        new UcbVAgent(Context, new UcbVOptions { Exploration = 1.2, RangeWeight = .5, LargestResponse = 2 }),
        (n, mean, variance, total) => mean + Math.Sqrt(2 * variance * 1.2 * Math.Log(total) / n) + (.5 * 3 * 2 * 1.2 * Math.Log(total) / n));

    [Fact]
    public void Moss() => AssertTwin(
        new MossAgent(Context, new MossOptions { Exploration = 1.5 }),
        (n, mean, _, total) => mean + Math.Sqrt(1.5 * Math.Max(0, Math.Log(total / (Items * n))) / n));

    [Fact]
    public void MossOfAKnownHorizon() => AssertTwin(
        new MossAgent(Context, new MossOptions { Horizon = 1e6 }),
        (n, mean, _, _) => mean + Math.Sqrt(Math.Max(0, Math.Log(1e6 / (Items * n))) / n));

    [Fact]
    public void KlUcb() => AssertTwin(
        new KlUcbAgent(Context, new KlUcbOptions { Exploration = 1, DoubleLogarithm = 3 }),
        (n, mean, _, total) => KlUpper(mean, (Math.Log(total) + (3 * Math.Log(Math.Log(total)))) / n));

    [Theory]
    // Of few and of many showings, certain and nearly certain means: bisection to the last bits.
    [InlineData(0.0)]
    [InlineData(1e-4)]
    [InlineData(.3)]
    [InlineData(.9999)]
    [InlineData(1.0)]
    public void TheKlBoundIsExactAtEveryMean(double mean)
    {
        using var scope = NewDisposeScope();
        var allowed = new[] { 0, 1e-8, 1e-4, .01, .3, 1, 5, 30 };
        var bounds = BernoulliDivergence.UpperInverse(full([allowed.Length], mean, ScalarType.Float64), tensor(allowed)).data<double>().ToArray();
        foreach (var (r, bound) in allowed.Zip(bounds))
            Assert.Equal(KlUpper(mean, r), bound, 1e-8);
    }

    [Fact]
    public void TheKlBoundOfAnItemWithoutAnyResponseIsKnownInClosedForm()
    {
        // kl(0, q) = −ln(1 − q) = ln(100)/5 gives q = 1 − 100^(−1/5) = .601893.
        using var scope = NewDisposeScope();
        BernoulliDivergence.UpperInverse(tensor(new[] { 0.0 }), tensor(new[] { Math.Log(100) / 5 })).AssertNear(.601893);
    }

    [Fact]
    public void BayesUcbIsTheQuantileOfThePosterior()
    {
        using var scope = NewDisposeScope();
        using var agent = new BayesUcbAgent(Context, new BayesUcbOptions { PriorSuccesses = .5, PriorFailures = 2, LogarithmPower = 1 });
        var figures = Figures();
        var indices = agent.Index(figures).data<double>().ToArray();
        var (shown, mean, total) = (figures.Shown.data<double>().ToArray(), figures.Mean.data<double>().ToArray(), figures.Total.item<double>());
        for (var item = 0; item < Items; item++)
        {
            var successes = shown[item] * mean[item];
            var posterior = new Beta(.5 + successes, 2 + shown[item] - successes);
            Assert.Equal(1 - (1 / (total * Math.Log(total))), posterior.CumulativeDistribution(indices[item]), 1e-9);
        }
    }

    [Fact]
    public void BayesUcbOfAPerfectRecordIsKnownInClosedForm()
    {
        // Beta(1 + 4, 1) has the distribution x⁵; of n = 20 showings in all the level is .95, and .95^(1/5) = .989794.
        using var scope = NewDisposeScope();
        using var agent = new BayesUcbAgent(Context, new BayesUcbOptions());
        agent.Index(new ItemFigures(tensor(new[] { 4.0 }), tensor(new[] { 1.0 }), tensor(new[] { 0.0 }), tensor(20.0, ScalarType.Float64))).AssertNear(.989794);
    }

    private static RecDeepRL.Core.AgentContext Context => Toy.Context(Toy.Spec(1, Items, 1));

    private static void AssertTwin(IndexAgent agent, Func<double, double, double, double, double> twin)
    {
        using var scope = NewDisposeScope();
        using var owned = agent;
        var figures = Figures();
        var indices = agent.Index(figures).data<double>().ToArray();
        var (shown, mean, variance) = (figures.Shown.data<double>().ToArray(), figures.Mean.data<double>().ToArray(), figures.Variance.data<double>().ToArray());
        for (var item = 0; item < Items; item++)
            Assert.Equal(twin(shown[item], mean[item], variance[item], figures.Total.item<double>()), indices[item], 1e-8);

        // The same with several numbers of showings at once.
        var further = tensor(new[] { 0.0, 5 }).unsqueeze(1);
        var later = agent.Index(figures with { Shown = figures.Shown + further }).select(0, 1).data<double>().ToArray();
        for (var item = 0; item < Items; item++)
            Assert.Equal(twin(shown[item] + 5, mean[item], variance[item], figures.Total.item<double>()), later[item], 1e-8);
    }

    /// <summary>1 to 400 showings, all means from 0 to 1 with the ends among them.</summary>
    private static ItemFigures Figures()
    {
        var luck = new RandomStream(3, "figures");
        var shown = luck.Uniform(0, CPU, Items).to_type(ScalarType.Float64).pow(3).mul_(400).ceil_().clamp_min_(1.0);
        var mean = luck.Uniform(1, CPU, Items).to_type(ScalarType.Float64).mul(shown).round().div_(shown);
        return new ItemFigures(shown, mean, mean * (1 - mean), shown.sum());
    }

    private static double KlUpper(double p, double r)
    {
        var (low, high) = (p, 1.0);
        for (var step = 0; step < 200; step++)
        {
            var middle = (low + high) / 2;
            if (Kl(p, middle) <= r)
                low = middle;
            else
                high = middle;
        }
        return low;

        static double Kl(double p, double q) =>
            (p == 0 ? 0 : p * Math.Log(p / q)) + (p == 1 ? 0 : q == 1 ? double.PositiveInfinity : (1 - p) * Math.Log((1 - p) / (1 - q)));
    }
}
