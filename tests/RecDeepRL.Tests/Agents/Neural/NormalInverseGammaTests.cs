using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class NormalInverseGammaTests
{
    [Fact]
    public void OneObservationByHand()
    {
        // λ = 1, x = (2, 1), r = 3: A = ((5, 2), (2, 2)), A⁻¹ = ((1/3, −1/3), (−1/3, 5/6)), θ = (1, .5) as A⁻¹(6, 3).
        // θᵀ Σ r·x = 6 + 1.5 = 7.5, so b = 2 + (9 − 7.5)/2 = 2.75. At φ = 4: mean 4.5, xᵀA⁻¹x = 16/3 − 8/3 + 5/6 = 3.5.
        // The second item was not shown: θ = 0, b = 2, xᵀx = 17.
        using var scope = NewDisposeScope();
        using var posterior = new NormalInverseGamma(2, 1, 1, 6, 2, CPU);
        posterior.Add(tensor(new[,] { { 2f } }), tensor(new[,] { { 0L } }), tensor(new[,] { { 3f } }));
        posterior.Solve();
        var probe = tensor(new[,] { { 4f } });
        posterior.Weights.AssertNear(1, .5, 0, 0);
        posterior.NoiseScales.AssertNear(2.75, 2);
        posterior.Means(probe).AssertNear(4.5, 0);
        posterior.Deviations(probe, tensor(new[] { 4f, 1f })).AssertNear(2 * Math.Sqrt(3.5), Math.Sqrt(17));
    }

    [Fact]
    public void ItEqualsADirectSolveForEachItem()
    {
        using var scope = NewDisposeScope();
        const int Rows = 50;
        const int Width = 4;
        var stream = new RandomStream(1, "test");
        var features = stream.Normal(0, CPU, Rows, Width);
        var items = stack([stream.Integers(1, 3, CPU, Rows), stream.Integers(2, 2, CPU, Rows).add(3)], 1);
        var responses = stream.Uniform(3, CPU, Rows, 2);
        using var posterior = new NormalInverseGamma(5, Width, 0.7, 3, 0.5, CPU);
        posterior.Add(features.narrow(0, 0, 20), items.narrow(0, 0, 20), responses.narrow(0, 0, 20));
        posterior.Add(features.narrow(0, 20, 30), items.narrow(0, 20, 30), responses.narrow(0, 20, 30));
        posterior.Solve();
        var probe = stream.Normal(4, CPU, 1, Width);
        var means = posterior.Means(probe);
        var deviations = posterior.Deviations(probe, ones(5));
        for (var item = 0; item < 5; item++)
        {
            var shown = Enumerable.Range(0, Rows).SelectMany(row => Enumerable.Range(0, 2).Select(slot => (row, slot))).Where(place => items[place.row, place.slot].item<long>() == item).ToArray();
            var x = Matrix<double>.Build.Dense(shown.Length, Width + 1, (row, column) => column < Width ? features[shown[row].row, column].item<float>() : 1);
            var r = Vector<double>.Build.Dense(shown.Length, row => responses[shown[row].row, shown[row].slot].item<float>());
            var a = (Matrix<double>.Build.DenseIdentity(Width + 1) * 0.7) + (x.Transpose() * x);
            var theta = a.Solve(x.Transpose() * r);
            var point = Vector<double>.Build.Dense(Width + 1, column => column < Width ? probe[0, column].item<float>() : 1);
            Assert.Equal(theta * point, means[0, item].item<float>(), 4);
            Assert.Equal(Math.Sqrt(point * a.Solve(point)), deviations[0, item].item<float>(), 4);
            Assert.Equal(0.5 + (((r * r) - (theta * a * theta)) / 2), posterior.NoiseScales[item].item<double>(), 6);
        }
    }

    [Fact]
    public void NoiseIsDrawnFromTheInverseGammaDistributionOfEachItem()
    {
        // Two responses of 1 at x = (0, 1), λ = 2: θ = (0, 1/2), b = 1 + (2 − 1)/2 = 1.5, a = 4 + 1 = 5; σ⁻² then has the distribution Gamma(5, rate 1.5).
        using var scope = NewDisposeScope();
        const int Items = 2000;
        using var posterior = new NormalInverseGamma(Items, 1, 2, 4, 1, CPU);
        var items = arange(Items, ScalarType.Int64).unsqueeze(1).repeat(2, 1);
        posterior.Add(zeros(2 * Items, 1), items, ones(2 * Items, 1));
        posterior.Solve();
        var draws = posterior.Noise(new RandomStream(1, "test"), 7);
        Chance.AssertDistribution(draws.reciprocal().data<float>().ToArray().Select(draw => (double)draw), draw => Gamma.CDF(5, 1.5, draw));
        Assert.True(draws.SameAs(posterior.Noise(new RandomStream(1, "test"), 7)));
        Assert.False(draws.SameAs(posterior.Noise(new RandomStream(1, "test"), 8)));
    }

    [Fact]
    public void AResetForgetsEverything()
    {
        using var scope = NewDisposeScope();
        using var posterior = new NormalInverseGamma(1, 1, 1, 6, 2, CPU);
        posterior.Add(tensor(new[,] { { 2f } }), tensor(new[,] { { 0L } }), tensor(new[,] { { 3f } }));
        posterior.Solve();
        posterior.Reset();
        posterior.Weights.AssertNear(0, 0);
        posterior.NoiseScales.AssertNear(2);
        posterior.Deviations(tensor(new[,] { { 4f } }), ones(1)).AssertNear(Math.Sqrt(17));
    }
}
