using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting.Reports;

namespace RecDeepRL.Tests.Reporting.Reports;

public sealed class FigureTests
{
    [Theory]
    [InlineData(.75123, .00231, "0.7512 ± 0.0023")]
    [InlineData(.75123, .0421, "0.751 ± 0.042")]
    [InlineData(134.4, 12.3, "134 ± 12")]
    [InlineData(134.4, 1.23, "134.4 ± 1.2")]
    // A spread smaller than what is written, and none at all.
    [InlineData(.75, 1e-9, "0.7500 ± 0.0000")]
    [InlineData(.75, 0, "0.7500 ± 0.0000")]
    [InlineData(12, 0, "12 ± 0")]
    [InlineData(.75, double.NaN, "0.7500")]
    [InlineData(134.4, double.NaN, "134.40")]
    [InlineData(-.00001, double.NaN, "0.0000")]
    public void AMeanHasAsManyDigitsAsItsIntervalGivesMeaning(double mean, double halfWidth, string text) => Assert.Equal(text, Figure.Of(new Interval(mean, halfWidth, 3)));

    [Fact]
    public void SharesAreWrittenAsPercentages()
    {
        Assert.Equal("92.4 % ± 1.2", Figure.Share(new Interval(.9241, .0123, 3)));
        Assert.Equal("92.4 %", Figure.Share(new Interval(.9241, double.NaN, 1)));
        Assert.Equal("92.4 % (91.0 to 94.0)", Figure.Share(new Estimate(.9241, .91, .94)));
        Assert.Equal("no gap", Figure.Share(new Interval(double.NaN, double.NaN, 3)));
        Assert.Equal("p < .001", Figure.Probability(.0002));
        Assert.Equal("p = .050", Figure.Probability(.05));
    }
}
