using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments.Statistics;

public sealed class PairedDifferenceTests
{
    [Fact]
    public void StudentsSleepDataGiveThePublishedInterval()
    {
        // Student 1908; R prints for t.test(paired = TRUE): t = -4.0621, df = 9, p = 0.002833, interval -2.4598858 to -0.7001142.
        double[] first = [.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2];
        double[] second = [1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4];

        var difference = PairedDifference.Of(first.Zip(second));

        Assert.Equal(-1.58, difference.Difference.Mean, 1e-12);
        Assert.Equal(-2.4598858, difference.Difference.Low, 1e-7);
        Assert.Equal(-.7001142, difference.Difference.High, 1e-7);
        Assert.Equal(.002833, difference.PValue, 5e-7);
    }

    [Fact]
    public void LuckThatBothShareDoesNotBlurTheDifference()
    {
        // Scores spread over a hundred, differences are 1 ± .1: apart by more than chance, though the two samples overlap almost wholly.
        (double, double)[] pairs = [(10, 9), (60, 59.1), (110, 108.9)];

        Assert.True(PairedDifference.Of(pairs).PValue < .01);
    }

    [Fact]
    public void EqualScoresAreNoEvidenceAndAConstantShiftIsCertain()
    {
        Assert.Equal(1, PairedDifference.Of([(1, 1), (2, 2)]).PValue);
        Assert.Equal(0, PairedDifference.Of([(2, 1), (3, 2)]).PValue);
        // .1 + .2 is not .3: the same sum in another order is the same score.
        Assert.Equal(1, PairedDifference.Of([(.1 + .2, .3), (.2 + .1, .3)]).PValue);
    }

    [Fact]
    public void ASingleSeedTellsNothing() => Assert.True(double.IsNaN(PairedDifference.Of([(2, 1)]).PValue));
}
