using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.OffPolicy;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments.OffPolicy;

public sealed class ClusteredIntervalsTests
{
    [Fact]
    public void TheSlatesOfAUserCountTogether()
    {
        // Two users with two slates each, values 1, 0 and 1, 1; the mean is .75. ψ = (.25 − .75)/4 = −.125 and (.25 + .25)/4 = .125;
        // variance 2/1 · (.015625 + .015625) = .0625, error .25; Student's quantile with 1 degree of freedom 12.7062, half width 3.17655.
        var estimate = ClusteredIntervals.Normal("x", [Ratio.Mean([1, 0, 1, 1])], [7, 7, 3, 3]);

        Assert.Equal(.75, estimate.Value, 12);
        Assert.Equal(.25, estimate.StandardError, 12);
        Assert.Equal(.75 - 3.17655, estimate.Low, 4);
        Assert.Equal(.75 + 3.17655, estimate.High, 4);
    }

    [Fact]
    public void WithOneSlateEachItIsTheIntervalOfAMean()
    {
        double[] values = [1, 0, 4, 2, 2.5];
        var known = Interval.Of(values);

        var estimate = ClusteredIntervals.Normal("x", [Ratio.Mean(values)], [0, 1, 2, 3, 4]);

        Assert.Equal(known.Low, estimate.Low, 10);
        Assert.Equal(known.High, estimate.High, 10);
    }

    [Fact]
    public void ARatioIsLinearised()
    {
        // A = 2, 0, B = 1, 3: R = 2/4 = .5; ψ = (2 − .5)/4 = .375 and (0 − 1.5)/4 = −.375; variance 2 · 2 · .140625 = .5625, error .75.
        var estimate = ClusteredIntervals.Normal("x", [new Ratio([2, 0], [1, 3])], [0, 1]);

        Assert.Equal(.5, estimate.Value, 12);
        Assert.Equal(.75, estimate.StandardError, 12);
    }

    [Fact]
    public void OneUserAloneHasNoInterval()
    {
        Assert.True(double.IsNaN(ClusteredIntervals.Normal("x", [Ratio.Mean([1, 0])], [4, 4]).StandardError));
        Assert.True(double.IsNaN(ClusteredIntervals.Bootstrap("x", [Ratio.Mean([1, 0])], [4, 4], 10, 1).StandardError));
    }

    [Fact]
    public void ResamplesSpreadAsTheNormalIntervalSays()
    {
        // 200 users with two equal slates each: the exact bootstrap error is √((C − 1)/C) = .9975 of the sandwich's. The standard deviation of 4000
        // resamples has the relative error 1/√(2·4000) = .0112; four of them are .045. Percentiles of a normal distribution lie at ± 1.96 errors, and at 2.5 %
        // their own error is √(.025·.975/4000)/.0584 = .042 errors; four of them are .17.
        var draws = new RandomStream(3, "values");
        int[] users = [.. Enumerable.Range(0, 400).Select(slate => slate / 2)];
        double[] values = [.. users.Select(user => (double)draws.Uniform(0, user))];
        var normal = ClusteredIntervals.Normal("x", [Ratio.Mean(values)], users);

        var drawn = ClusteredIntervals.Bootstrap("x", [Ratio.Mean(values)], users, 4000, seed: 1);

        Assert.Equal(normal.Value, drawn.Value, 12);
        Assert.InRange(drawn.StandardError / normal.StandardError, .9975 - .045, .9975 + .045);
        Assert.InRange((drawn.Low - drawn.Value) / normal.StandardError, -1.96 - .17, -1.96 + .17);
        Assert.InRange((drawn.High - drawn.Value) / normal.StandardError, 1.96 - .17, 1.96 + .17);
        Assert.Equal(drawn, ClusteredIntervals.Bootstrap("x", [Ratio.Mean(values)], users, 4000, seed: 1));
    }

    [Fact]
    public void WeightsAreSummedUp()
    {
        // Slot 1: 2, 0, .5: (2.5)²/(4 + .25) = 1.470588; slot 2: 1, 1, 1: 9/3 = 3. The mean of all six is 5.5/6.
        var sample = new OffPolicySample
        {
            SlateSize = 2,
            Users = [0, 1, 2],
            Weights = [2, 1, 0, 1, .5, 1],
            Responses = new double[6],
            Fitted = new double[6],
            ModelValues = new double[6],
        };

        var weights = WeightSummary.Of(sample);

        Assert.Equal(1.470588, weights.EffectiveSlates, 6);
        Assert.Equal(5.5 / 6, weights.Mean, 12);
        Assert.Equal(2, weights.Largest);
        Assert.Equal(0, WeightSummary.Of(sample with { Weights = new double[6] }).EffectiveSlates);
    }

    [Fact]
    public void TheThresholdIsWhereTheBoundIsLeast()
    {
        // Weights 1, 1, 1, 9; responses 1, 0, 1, 1, of range 1. With all weights the scores are 1, 0, 1, 9: mean 2.75, squares about it 52.75, error² 52.75/3/4 = 4.395833.
        // Up to 1 they are 1, 0, 1, 0: error² 1/3/4 = .083333, and the model may be wrong by 9/4: 5.0625; together 5.145833. So nothing is cut.
        var sample = new OffPolicySample
        {
            SlateSize = 1,
            Users = [0, 1, 2, 3],
            Weights = [1, 1, 1, 9],
            Responses = [1, 0, 1, 1],
            Fitted = [0, 0, 0, 0],
            ModelValues = [0, 0, 0, 0],
        };
        Assert.Equal(4.395833, SwitchThreshold.Bound(sample, 9), 6);
        Assert.Equal(5.145833, SwitchThreshold.Bound(sample, 1), 6);
        Assert.Equal(9, SwitchThreshold.Choose(sample));

        // A model that is off by 3 there makes the scores 1, 0, 1, 27: mean 7.25, squares 520.75, error² 43.395833. Now the weight of 9 is cut.
        Assert.Equal(1, SwitchThreshold.Choose(sample with { Fitted = [0, 0, 0, -2] }));
        Assert.Equal(0, SwitchThreshold.Choose(sample with { Weights = [0, 0, 0, 0] }));
    }

    [Fact]
    public void AnEstimatorIsAsGoodAsItsErrorsSay()
    {
        // Errors .1, −.1, .3: mean .1, variance (0 + .04 + .04)/2 = .04, mean square .11/3, root .191485.
        // Student's interval of the mean square: squares .01, .01, .09, standard deviation .046188, half width 4.302653·.046188/√3 = .114738; upper end √.151405 = .389107, lower 0.
        // Wilson for 2 of 3: (.666667 + .640243 ± 1.959964·√(.074074 + .106707)) / 2.280486 = .207660 and .938510.
        var quality = EstimatorQuality.Of("ips", [.1, -.1, .3], covered: 2);

        Assert.Equal(.1, quality.Bias.Mean, 12);
        Assert.Equal(.2, quality.StandardDeviation, 12);
        Assert.Equal(.191485, quality.RootMeanSquare, 6);
        Assert.Equal(0, quality.RootMeanSquareLow);
        Assert.Equal(.389107, quality.RootMeanSquareHigh, 5);
        Assert.Equal(2.0 / 3, quality.Coverage, 12);
        Assert.Equal(.20766, quality.CoverageLow, 4);
        Assert.Equal(.93851, quality.CoverageHigh, 4);
    }
}
