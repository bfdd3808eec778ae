using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class DisjointLinearPosteriorTests
{
    private const int Items = 5;
    private const int Width = 3;
    private const double Ridge = .7;

    [Fact]
    public void BatchesGiveWhatOneRegressionPerItemGives()
    {
        using var scope = NewDisposeScope();
        using var posterior = new DisjointLinearPosterior(Items, Width, Ridge, CPU);
        var draws = new RandomStream(2, "regression");
        var precision = Enumerable.Range(0, Items).Select(_ => Matrix<double>.Build.DenseIdentity(Width) * Ridge).ToArray();
        var moment = Enumerable.Range(0, Items).Select(_ => Vector<double>.Build.Dense(Width)).ToArray();
        for (var batch = 0; batch < 4; batch++)
        {
            var inputs = draws.Normal(batch, CPU, 30, Width).to_type(ScalarType.Float64);
            var slates = draws.Uniform(100 + batch, CPU, 30, Items - 1).argsort(1).narrow(1, 0, 2); // Two of the first four items: the last is never shown.
            var responses = draws.Uniform(200 + batch, CPU, 30, 2);
            posterior.Add(inputs, slates, responses);
            for (var user = 0; user < 30; user++)
                for (var slot = 0; slot < 2; slot++)
                {
                    var x = Vector<double>.Build.DenseOfArray(inputs[user].data<double>().ToArray());
                    var item = slates[user, slot].item<long>();
                    precision[item] += x.OuterProduct(x);
                    moment[item] += x * responses[user, slot].item<float>();
                }
        }

        var asked = draws.Normal(300, CPU, 11, Width).to_type(ScalarType.Float64);
        var (means, deviations) = (posterior.Means(asked), posterior.Deviations(asked));
        for (var user = 0; user < 11; user++)
            for (var item = 0; item < Items; item++)
            {
                var x = Vector<double>.Build.DenseOfArray(asked[user].data<double>().ToArray());
                Assert.Equal(precision[item].Solve(moment[item]) * x, means[user, item].item<double>(), 1e-10);
                Assert.Equal(Math.Sqrt(x * precision[item].Solve(x)), deviations[user, item].item<double>(), 1e-10);
            }
        Assert.Equal(4 * 30 * 2, posterior.Shown.sum().item<double>());
        Assert.Equal(0, posterior.Shown[Items - 1].item<double>());
    }

    [Fact]
    public void ManyEqualInputsAtTheSmallestRidgeCanStillBeFactored()
    {
        // A million copies of one input of length 30 at λ = .001: entries near 5·10⁸, half an ulp 3·10⁻⁸, so a million additions that all round
        // alike move A by .03 and may leave it indefinite. Along x all is well: mean 1, deviation 10⁻³. Across it, where nothing was learned,
        // the deviation is anything from that of 10⁻⁹ of the mean precision, 30/√.45 = 44.7, to that of λ, 948.7.
        using var scope = NewDisposeScope();
        using var posterior = new DisjointLinearPosterior(2, 2, 1e-3, CPU);
        var x = tensor(new[,] { { 30 * Math.Cos(.7), 30 * Math.Sin(.7) } });
        for (var round = 0; round < 20; round++)
            posterior.Add(x.expand(50_000, 2), zeros([50_000, 1], ScalarType.Int64), ones(50_000, 1));
        Assert.Equal(1, posterior.Means(x)[0, 0].item<double>(), 1e-6);
        Assert.Equal(1e-3, posterior.Deviations(x)[0, 0].item<double>(), 1e-6);
        var across = posterior.Deviations(tensor(new[,] { { 30 * Math.Sin(.7), -30 * Math.Cos(.7) } }));
        Assert.InRange(across[0, 0].item<double>(), 44, 950);
        Assert.Equal(30 / Math.Sqrt(1e-3), across[0, 1].item<double>(), 1e-6); // The other item is as it was.
    }

    [Fact]
    public void AHundredThousandUpdatesDoNotDrift()
    {
        // One by one, as Sherman and Morrison would have it; the sums are exact but for rounding, and every solution starts from them.
        using var scope = NewDisposeScope();
        using var posterior = new DisjointLinearPosterior(2, Width, 1, CPU);
        var draws = new RandomStream(7, "drift");
        var precision = Matrix<double>.Build.DenseIdentity(Width);
        var moment = Vector<double>.Build.Dense(Width);
        using var slates = zeros([100, 1], ScalarType.Int64);
        for (var batch = 0; batch < 1000; batch++)
        {
            using var round = NewDisposeScope();
            var inputs = draws.Normal(batch, CPU, 100, Width).to_type(ScalarType.Float64).add_(3.0);
            var responses = draws.Uniform(5000 + batch, CPU, 100, 1);
            posterior.Add(inputs, slates, responses);
            var x = Matrix<double>.Build.DenseOfRowMajor(100, Width, inputs.data<double>().ToArray());
            precision += x.TransposeThisAndMultiply(x);
            moment += x.TransposeThisAndMultiply(Vector<double>.Build.DenseOfEnumerable(responses.data<float>().ToArray().Select(value => (double)value)));
        }
        var (solved, inverse) = (precision.Solve(moment), precision.Inverse());
        for (var row = 0; row < Width; row++)
        {
            Assert.Equal(solved[row], posterior.Weights[0, row].item<double>(), 1e-11);
            for (var column = 0; column < Width; column++)
                Assert.Equal(inverse[row, column], posterior.Covariance[0, (row * Width) + column].item<double>(), 1e-16);
        }
    }

    [Fact]
    public void TheWeightsAreThoseOfTheBatchJustLearned()
    {
        // One response of 1 to x = 2 at λ = 1: A = 5, b = 2, θ = .4 at once, and not only with the next batch.
        using var scope = NewDisposeScope();
        using var posterior = new DisjointLinearPosterior(1, 1, 1, CPU);
        posterior.Add(tensor(new[,] { { 2.0 } }), zeros([1, 1], ScalarType.Int64), ones(1, 1));
        Assert.Equal(.4, posterior.Weights[0, 0].item<double>(), 1e-15);
    }

    [Fact]
    public void WideInputsAreAskedAboutInPartsWithTheSameAnswer()
    {
        // 90 000 users of width 10 need 9 million squares, more than are held at once.
        using var scope = NewDisposeScope();
        using var posterior = new DisjointLinearPosterior(2, 10, 1, CPU);
        var inputs = new RandomStream(3, "wide").Normal(0, CPU, 90_000, 10).to_type(ScalarType.Float64);
        posterior.Add(inputs.narrow(0, 0, 50), ones([50, 1], ScalarType.Int64), ones(50, 1));
        var whole = posterior.Deviations(inputs);
        Assert.Equal([90_000, 2], whole.shape);
        Assert.True(whole.narrow(0, 83_000, 7_000).allclose(posterior.Deviations(inputs.narrow(0, 83_000, 7_000)), 1e-12, 1e-12));
        Assert.True(whole.select(1, 0).allclose(inputs.square().sum(1).sqrt(), 1e-12, 1e-12)); // Item 0 was never shown: A = I.
    }
}
