using RecDeepRL.Data.Synthetic;

namespace RecDeepRL.Tests.Data.Synthetic;

public sealed class ExactDrawsTests
{
    private const int Count = 100_000;

    [Fact]
    public void UniformsHaveTheMomentsOfAUniform()
    {
        var draws = new ExactDraws(3, "test");
        var values = Enumerable.Range(0, Count).Select(lane => draws.Uniform(0, lane)).ToArray();
        Assert.All(values, value => Assert.InRange(value, 0, 1 - 1e-16));
        // The mean's standard deviation is sqrt(1/12 / n) = .000913; 4 sigma = .00365. The mean square's is sqrt(4/45 / n) = .000943.
        Assert.Equal(.5, values.Average(), .00365);
        Assert.Equal(1.0 / 3, values.Average(value => value * value), .00377);
    }

    [Fact]
    public void NormalsHaveMeanZeroVarianceOneAndNoSkew()
    {
        var draws = new ExactDraws(3, "test");
        var values = Enumerable.Range(0, Count).Select(lane => draws.Normal(1, lane)).ToArray();
        // Sum of four uniforms: kurtosis 3 − 1.2/4 = 2.7, so the mean square's standard deviation is sqrt(1.7 / n) = .00412. The sixth moment is
        // below the normal's 15, so the mean cube's is below sqrt(15 / n) = .01225. 4 sigma each.
        Assert.Equal(0, values.Average(), .01265);
        Assert.Equal(1, values.Average(value => value * value), .0165);
        Assert.Equal(0, values.Average(value => value * value * value), .049);
        Assert.All(values, value => Assert.InRange(value, -2 * Math.Sqrt(3), 2 * Math.Sqrt(3)));
    }

    [Fact]
    public void NeighboursAreUncorrelated()
    {
        var draws = new ExactDraws(3, "test");
        // Products of independent draws have mean 0 and variance 1: 4 sigma = 4 / sqrt(n) = .01265.
        Assert.Equal(0, Enumerable.Range(0, Count).Average(lane => draws.Normal(0, lane) * draws.Normal(0, lane + 1)), .01265);
        Assert.Equal(0, Enumerable.Range(0, Count).Average(lane => draws.Normal(0, lane) * draws.Normal(1, lane)), .01265);
    }

    [Fact]
    public void ShufflingKeepsEveryIndexOnce() => Assert.Equal(Enumerable.Range(0, 50), new ExactDraws(1, "test").Shuffled(0, 50).Order());

    [Fact]
    public void SquashingMapsTheLineIntoZeroToOne()
    {
        Assert.Equal(.5, ExactDraws.Squash(0));
        Assert.Equal(.8, ExactDraws.Squash(.75), 1e-15); // .75 / 1.25 = .6, and .5 + .3 = .8.
        Assert.Equal(.2, ExactDraws.Squash(-.75), 1e-15);
        Assert.InRange(ExactDraws.Squash(1e12), .5, 1);
    }
}
