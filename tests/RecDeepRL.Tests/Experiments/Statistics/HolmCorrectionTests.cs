using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Tests.Experiments.Statistics;

public sealed class HolmCorrectionTests
{
    [Fact]
    public void EachRankIsMultipliedByTheComparisonsThatAreLeft()
    {
        // Sorted .005, .01, .03, .04 times 4, 3, 2, 1: .02, .03, .06, .04; the last is raised to .06 before it.
        // R: p.adjust(c(.01, .04, .03, .005), "holm") gives 0.03 0.06 0.06 0.02.
        Same([.03, .06, .06, .02], HolmCorrection.Adjust([.01, .04, .03, .005]));
    }

    [Fact]
    public void NothingExceedsOne() => Same([1, 1], HolmCorrection.Adjust([.6, .9]));

    [Fact]
    public void WhatIsNoNumberDoesNotCount() => Same([.02, double.NaN, .03], HolmCorrection.Adjust([.01, double.NaN, .03]));

    [Fact]
    public void OneComparisonNeedsNoCorrection() => Same([.04], HolmCorrection.Adjust([.04]));

    private static void Same(double[] expected, IReadOnlyList<double> found) => Assert.Equal(expected, found.Select(value => Math.Round(value, 12)));
}
