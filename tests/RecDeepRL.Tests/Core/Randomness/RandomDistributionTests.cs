using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core.Randomness;

public sealed class RandomDistributionTests
{
    private const int Draws = 100_000;
    private readonly RandomStream _stream = new(11, "distributions");

    [Fact]
    public void NormalsAreStandardNormal()
    {
        using var scope = NewDisposeScope();
        var draws = Doubles(_stream.Normal(0, CPU, Draws));
        Chance.AssertDistribution(draws, value => Normal.CDF(0, 1, value));
        Chance.AssertMean(0, 1, draws);
        Chance.AssertMean(1, Math.Sqrt(2), [.. draws.Select(value => value * value)]); // Var x² = E x⁴ − 1 = 2.
        Chance.AssertMean(3, Math.Sqrt(96), [.. draws.Select(value => Math.Pow(value, 4))]); // Var x⁴ = E x⁸ − 9 = 105 − 9.
    }

    [Theory]
    [InlineData(.05)]
    [InlineData(.3)]
    [InlineData(.99)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(40)]
    [InlineData(1e4)]
    public void GammaDrawsFollowTheirDistribution(double shape)
    {
        using var scope = NewDisposeScope();
        var draws = Doubles(_stream.Gamma(1, arange(Draws, ScalarType.Int64), full([Draws], shape, ScalarType.Float64)));
        // MathNet gives 0 below 10⁻¹⁵, where small shapes still have mass; there the first term of the series, xᵃ/Γ(a + 1), is exact to 10⁻¹⁰.
        Chance.AssertDistribution(draws, value => value < 1e-10 ? Math.Pow(value, shape) / SpecialFunctions.Gamma(shape + 1) : Gamma.CDF(shape, 1, value));
        Chance.AssertMean(shape, Math.Sqrt(shape), draws);
        // The fourth central moment is 3a² + 6a, so the squared deviation has variance 2a² + 6a.
        Chance.AssertMean(shape, Math.Sqrt((2 * shape * shape) + (6 * shape)), [.. draws.Select(value => Math.Pow(value - shape, 2))]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(.5, .5)]
    [InlineData(.3, 4)]
    [InlineData(2, 5)]
    [InlineData(30, 3)]
    [InlineData(2000, 1)]
    [InlineData(1, 2000)]
    public void BetaDrawsFollowTheirDistribution(double a, double b)
    {
        using var scope = NewDisposeScope();
        var draws = Doubles(_stream.Beta(2, arange(Draws, ScalarType.Int64), full([1], a, ScalarType.Float64), full([1], b, ScalarType.Float64)));
        Assert.All(draws, value => Assert.InRange(value, 0, 1));
        Chance.AssertDistribution(draws, value => Beta.CDF(a, b, value));
        Chance.AssertMean(a / (a + b), Math.Sqrt(a * b / (a + b + 1)) / (a + b), draws);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-12)]
    [InlineData(1e-300)]
    public void BetaDrawsOfTinyShapesAreNumbersAndStillEven(double shape)
    {
        // Both Gamma draws would be 0 in float64, and their ratio no number; Beta(a, a) with a → 0 is a fair coin, of variance at most ¼.
        using var scope = NewDisposeScope();
        var parameter = full([1], shape, ScalarType.Float64);
        var draws = Doubles(_stream.Beta(3, arange(Draws, ScalarType.Int64), parameter, parameter));
        Assert.All(draws, value => Assert.InRange(value, 0, 1));
        Chance.AssertMean(.5, .5, draws);
    }

    [Fact]
    public void EachLaneHasItsOwnShape()
    {
        // 20 000 draws of each of five shapes in one call: the mean of each within four standard errors of its shape.
        using var scope = NewDisposeScope();
        double[] shapes = [.2, 1, 3, 50, 4000];
        var draws = _stream.Gamma(4, arange(Draws, ScalarType.Int64).reshape(5, -1), tensor(shapes).unsqueeze(1).expand(5, Draws / 5));
        for (var index = 0; index < shapes.Length; index++)
            Chance.AssertMean(shapes[index], Math.Sqrt(shapes[index]), Doubles(draws.select(0, index)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void IntegersAreUniform(int count)
    {
        using var scope = NewDisposeScope();
        var counts = new long[count];
        foreach (var value in _stream.Integers(5, count, CPU, Draws).data<long>())
            counts[value]++;
        if (count == 1)
            Assert.Equal(Draws, counts[0]);
        else
            Chance.AssertUniform(counts);
    }

    [Fact]
    public void IntegersOfTheLargestRangeStayInIt()
    {
        using var scope = NewDisposeScope();
        var draws = _stream.Integers(6, int.MaxValue, CPU, Draws).data<long>().ToArray();
        Assert.All(draws, value => Assert.InRange(value, 0, int.MaxValue - 1L));
        Chance.AssertMean((int.MaxValue - 1) / 2.0, int.MaxValue / Math.Sqrt(12), [.. draws.Select(value => (double)value)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1L << 31)]
    public void IntegersOfAnImpossibleRangeAreRefused(long count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _stream.Integers(0, count, CPU, 1));

    private static double[] Doubles(Tensor draws)
    {
        using var wide = draws.to_type(ScalarType.Float64).contiguous();
        return wide.data<double>().ToArray();
    }
}
