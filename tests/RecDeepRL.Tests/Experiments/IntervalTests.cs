using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments;

public sealed class IntervalTests
{
    [Fact]
    public void TheIntervalOfFourValuesIsTheOneWorkedByHand()
    {
        // Mean 2.5; variance (2.25 + .25 + .25 + 2.25) / 3 = 5/3; t(.975, 3) = 3.182446; 3.182446 · √(5/3 / 4) = 2.054260.
        var interval = Interval.Of([1, 2, 3, 4]);

        Assert.Equal(2.5, interval.Mean, 12);
        Assert.Equal(2.054260, interval.HalfWidth, 5);
        Assert.Equal(2.5 - 2.054260, interval.Low, 5);
        Assert.Equal(2.5 + 2.054260, interval.High, 5);
        Assert.Equal(4, interval.Count);
    }

    [Fact]
    public void OneValueSaysNothingAboutItsSpread() => Assert.True(double.IsNaN(Interval.Of([3]).HalfWidth));

    [Fact]
    public void NoValueIsRefused() => Assert.Throws<ArgumentException>(() => Interval.Of([]));
}
