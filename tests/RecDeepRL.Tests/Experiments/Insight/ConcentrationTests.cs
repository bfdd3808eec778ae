using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class ConcentrationTests
{
    [Fact]
    public void FiguresAreThoseWorkedByHand()
    {
        // Shares .75 and .25 of the slots: −(.75·ln .75 + .25·ln .25) = .562335, of ln 4 = 1.386294 that is .405639.
        // From the least 0, 0, 2, 6: ranks times counts 3·2 + 4·6 = 30; 2·30/(4·8) − 5/4 = .625.
        var one = Concentration.Of([6, 0, 2, 0], 8);
        Assert.Equal(.5, one.Coverage);
        Assert.Equal(.405639, one.Entropy, 1e-6);
        Assert.Equal(.625, one.Gini, 1e-12);
        Assert.Equal((0, .75), (one.TopItem, one.TopShare));
    }

    [Theory]
    [InlineData(new long[] { 0, 5, 0, 0 }, 5, .25, 0, .75, 1)] // (N − 1)/N
    [InlineData(new long[] { 3, 3 }, 6, 1, 1, 0, 0)]
    [InlineData(new long[] { 4, 4 }, 4, 1, 1, 0, 0)] // slates of two that always hold both
    [InlineData(new long[] { 7 }, 7, 1, 0, 0, 0)]
    [InlineData(new long[] { 0, 0 }, 0, 0, 0, 0, 0)]
    public void TheEndsOfTheScalesAreReached(long[] shown, long slates, double coverage, double entropy, double gini, int top)
    {
        var one = Concentration.Of(shown, slates);
        Assert.Equal(coverage, one.Coverage);
        Assert.Equal(entropy, one.Entropy, 1e-12);
        Assert.Equal(gini, one.Gini, 1e-12);
        Assert.Equal(top, one.TopItem);
    }
}
