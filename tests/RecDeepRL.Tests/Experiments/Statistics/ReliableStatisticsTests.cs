using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments.Statistics;

/// <summary>The figures of Agarwal et al. 2021.</summary>
public sealed class ReliableStatisticsTests
{
    [Fact]
    public void TheInterquartileMeanIsTheMeanOfTheMiddleHalf()
    {
        // Eight values: two fall at either end, (3 + 4 + 5 + 6) / 4 = 4.5.
        Assert.Equal(4.5, InterquartileMean.Of([8, 1, -900, 3, 4, 5, 6, 700]), 1e-12);
        // Five values: a quarter of five is 1.25, one falls at either end, (2 + 3 + 5) / 3. SciPy: trim_mean([1, 2, 3, 100, 5], 0.25) = 3.3333.
        Assert.Equal(10.0 / 3, InterquartileMean.Of([1, 2, 3, 100, 5]), 1e-12);
        // Of three or fewer none falls.
        Assert.Equal(34, InterquartileMean.Of([1, 1, 100]), 1e-12);
        Assert.Throws<ArgumentException>(() => InterquartileMean.Of([]));
    }

    [Fact]
    public void TheProbabilityOfImprovementIsThatOfMannAndWhitneyWithTiesHalf()
    {
        // 1 beats none of 2 and 3; 3 beats 2 and ties with 3; 5 beats both: (0 + 1.5 + 2) / 6.
        IReadOnlyList<double> first = [1, 3, 5];
        IReadOnlyList<double> second = [2, 3];

        Assert.Equal(3.5 / 6, ProbabilityOfImprovement.Of([first], [second]), 1e-12);
        Assert.Equal(2.5 / 6, ProbabilityOfImprovement.Of([second], [first]), 1e-12);
        // A second environment in which the first always wins: (3.5 / 6 + 1) / 2, whatever its number of runs.
        Assert.Equal((3.5 / 6 + 1) / 2, ProbabilityOfImprovement.Of([first, [9]], [second, [1, 2, 3, 4]]), 1e-12);
    }

    [Fact]
    public void TheIntervalOfTheProbabilityOfImprovementHoldsItAndIsNarrowWhereItIsCertain()
    {
        var bootstrap = new StratifiedBootstrap();
        var even = ProbabilityOfImprovement.Of([[1, 3, 5]], [[2, 3]], bootstrap);

        Assert.Equal(3.5 / 6, even.Value, 1e-12);
        Assert.InRange(even.Low, 0, even.Value - .1);
        Assert.InRange(even.High, even.Value + .1, 1);
        Assert.Equal(new Estimate(1, 1, 1), ProbabilityOfImprovement.Of([[7, 8], [5, 6]], [[1, 2], [3, 4]], bootstrap));
    }

    [Fact]
    public void AProfileIsTheShareOfRunsAboveEachThreshold()
    {
        // First stratum: above 0 all, above .5 (strictly) one of two, above .9 none; second: of one run all, all, none.
        Assert.Equal([1, .75, 0], PerformanceProfile.Of([[.5, .7], [.8]], [0, .5, .9]));
    }

    [Fact]
    public void TheBootstrapDrawsEveryRunWithReplacementWithinItsStratum()
    {
        const int replicates = 10_000;
        // Of two runs, 0 and 1, the mean of a resample is 0, ½ or 1 with probabilities ¼, ½, ¼. σ of a share is at most √(.25 / 10,000) = .005.
        double[] runs = [0, 1];
        var values = new StratifiedBootstrap(seed: 5, replicates).Replicates([2], chosen => chosen[0].Average(run => runs[run]));

        foreach (var (value, share) in new[] { (0.0, .25), (.5, .5), (1.0, .25) })
            Assert.InRange(values.Count(one => one == value) / (double)replicates, share - .02, share + .02);
    }

    [Fact]
    public void StrataKeepTheirSizesAndAreDrawnIndependently()
    {
        const int replicates = 10_000;
        // 4σ of the covariance of two fair bits over 10,000 draws is 4 · .25 / 100 = .01.
        var products = new StratifiedBootstrap(seed: 5, replicates).Replicates([2, 2, 7], chosen =>
        {
            Assert.Equal([2, 2, 7], chosen.Select(stratum => stratum.Length));
            Assert.All(chosen[2], run => Assert.InRange(run, 0, 6));
            return (chosen[0][0] - .5) * (chosen[1][0] - .5);
        });

        Assert.InRange(products.Average(), -.01, .01);
    }

    [Fact]
    public void TheBootstrapIntervalOfAMeanIsThatOfTheNormalDistributionForManyRuns()
    {
        // 400 runs evenly from 0 to 1: standard error √(1/12) / 20 = .01443, half-width 1.96 · .01443 = .0283. Ends from 2000 replicates: 4σ is about 10 % of it.
        var runs = Enumerable.Range(0, 400).Select(run => run / 399.0).ToArray();
        var estimate = new StratifiedBootstrap().Of([400], chosen => chosen[0].Average(run => runs[run]));

        Assert.Equal(.5, estimate.Value, 1e-12);
        Assert.InRange(estimate.High - .5, .0253, .0313);
        Assert.InRange(.5 - estimate.Low, .0253, .0313);
    }

    [Fact]
    public void TheSameRunsAlwaysGetTheSameIntervalAndOneRunGetsNone()
    {
        double[] runs = [3, 1, 4, 1, 5];
        Estimate Estimate() => new StratifiedBootstrap().Of([5], chosen => chosen[0].Average(run => runs[run]));

        Assert.Equal(Estimate(), Estimate());
        Assert.True(double.IsNaN(new StratifiedBootstrap().Of([5, 1], _ => 0).Low));
    }

    [Fact]
    public void QuantilesLieBetweenNeighboursAsInNumPy()
    {
        // numpy.quantile([1, 2, 4], [0, .25, .5, .9, 1]) = 1, 1.5, 2, 3.6, 4.
        double[] sorted = [1, 2, 4];
        Assert.Equal([1, 1.5, 2, 3.6, 4], new[] { 0, .25, .5, .9, 1 }.Select(share => Math.Round(StratifiedBootstrap.Quantile(sorted, share), 12)));
    }
}
