using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class LocalTrendsTests
{
    [Fact]
    public void OnProbabilitiesItIsTheKalmanFilterOfTheTextbook()
    {
        // The twin works with the 2 × 2 matrices: P ← P − P·Hᵀ(H·P·Hᵀ + R)⁻¹·H·P, x ← F·x, P ← F·P·Fᵀ + Q.
        using var scope = NewDisposeScope();
        using var trends = new LocalTrends(Toy.Spec(1, 1, 1), TrendScale.Probability, new TrendPrior(.4, .3, .05), new TrendNoise(.02, .01, .9));
        var (level, slope, p11, p12, p22) = (.4, 0.0, .09, 0.0, .0025);
        foreach (var (shown, responses) in new[] { (10, 3), (0, 0), (25, 12), (4, 4), (0, 0), (40, 30) })
        {
            Compare();
            using var n = tensor(new[] { (double)shown });
            using var s = tensor(new[] { (double)responses });
            trends.Learn(n, s);
            if (shown > 0)
            {
                var q = (responses + 1.0) / (shown + 2);
                var noise = q * (1 - q) / shown;
                var (k1, k2) = (p11 / (p11 + noise), p12 / (p11 + noise));
                var surprise = ((double)responses / shown) - level;
                (level, slope) = (level + (k1 * surprise), slope + (k2 * surprise));
                (p11, p12, p22) = (p11 - (k1 * p11), p12 - (k1 * p12), p22 - (k2 * p12));
            }
            (level, slope) = (level + slope, .9 * slope);
            (p11, p12, p22) = (p11 + (2 * p12) + p22 + .0004, .9 * (p12 + p22), (.81 * p22) + .0001);
        }
        Compare();

        void Compare()
        {
            foreach (var ahead in new[] { 0.0, 1, 2.5 })
            {
                var (mean, variance) = trends.Ahead(ahead);
                mean.AssertNear(level + (ahead * slope));
                variance.AssertNear(p11 + (2 * ahead * p12) + (ahead * ahead * p22));
            }
        }
    }

    [Theory]
    [InlineData(0.0, 1.0, 20, 15)]
    [InlineData(-3.0, .25, 50, 40)] // A surprise: the prior says .05.
    [InlineData(2.0, 4.0, 5, 0)]
    [InlineData(-20.0, 100.0, 30, 15)] // Far off, and Newton's first steps are cut.
    [InlineData(1.0, 2.0, 0, 0)] // Not shown.
    public void TheModeIsWhereThePosteriorIsHighestAndItsVarianceTheCurvatureThere(double level, double variance, int shown, int responses)
    {
        using var scope = NewDisposeScope();
        var (mode, posterior) = LocalTrends.Mode(
            tensor(new[] { level }), tensor(new[] { variance }), tensor(new[] { (double)shown }), tensor(new[] { (double)responses }));
        double LogPosterior(double x) => (responses * x) - (shown * Math.Log(1 + Math.Exp(x))) - ((x - level) * (x - level) / (2 * variance));

        // Golden-section search of the maximum, and a second difference for the curvature.
        var (low, high) = (-40.0, 40.0);
        for (var step = 0; step < 200; step++)
        {
            var (left, right) = (low + (.382 * (high - low)), high - (.382 * (high - low)));
            if (LogPosterior(left) < LogPosterior(right))
                low = left;
            else
                high = right;
        }
        Assert.Equal(low, mode.item<double>(), 1e-5);
        const double h = 1e-3;
        var curvature = -(LogPosterior(low + h) - (2 * LogPosterior(low)) + LogPosterior(low - h)) / (h * h);
        Assert.Equal(1 / curvature, posterior.item<double>(), 1e-3 * posterior.item<double>());
    }

    [Theory]
    [InlineData(TrendScale.Logit)]
    [InlineData(TrendScale.Probability)]
    public void ARisingItemIsPredictedToRise(TrendScale scale)
    {
        // .2 to .5 in ten rounds of 400 showings: each mean is known to .025, the slope of .03 to about .025/√(10³/12) = .003; on the logit it
        // is about .15. The level of round 10 is .5.
        using var scope = NewDisposeScope();
        using var trends = new LocalTrends(Toy.Spec(1, 1, 1), scale, new TrendPrior(.3, 1, .2), new TrendNoise(.001, .001, 1));
        var coins = new RandomStream(8, "coins");
        for (var round = 0; round < 10; round++)
            trends.Learn(full([1], 400.0, ScalarType.Float64), coins.Uniform(round, CPU, 400).lt(.2 + (.03 * round)).sum().to_type(ScalarType.Float64).unsqueeze(0));
        Assert.InRange(trends.Responses().item<double>(), .5 - .06, .5 + .06);
        var step = trends.Ahead(1).Mean.item<double>() - trends.Ahead(0).Mean.item<double>();
        if (scale == TrendScale.Logit)
            Assert.InRange(step, .15 - .07, .15 + .07);
        else
            Assert.InRange(step, .03 - .012, .03 + .012);
    }

    [Fact]
    public void WithoutNoiseAndTrendTheLevelIsThatOfAllResponsesTogether()
    {
        // A slope that is 0 for certain: two rounds of 20 are one of 40, up to what the Laplace approximation of the first round loses.
        using var scope = NewDisposeScope();
        using var parts = Still();
        using var whole = Still();
        parts.Learn(tensor(new[] { 20.0 }), tensor(new[] { 12.0 }));
        parts.Learn(tensor(new[] { 20.0 }), tensor(new[] { 9.0 }));
        whole.Learn(tensor(new[] { 40.0 }), tensor(new[] { 21.0 }));
        Assert.Equal(whole.Ahead(0).Mean.item<double>(), parts.Ahead(0).Mean.item<double>(), .01);
        Assert.Equal(whole.Ahead(0).Variance.item<double>(), parts.Ahead(0).Variance.item<double>(), .005);

        static LocalTrends Still() => new(Toy.Spec(1, 1, 1), TrendScale.Logit, new TrendPrior(.5, 2, 0), new TrendNoise(0, 0, 1));
    }
}
