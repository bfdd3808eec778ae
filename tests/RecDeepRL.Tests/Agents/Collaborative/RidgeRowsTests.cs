using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class RidgeRowsTests
{
    private readonly RandomStream _draws = new(4, "rows");

    [Theory]
    [InlineData(7)]
    [InlineData(9000)] // More than are solved in one piece.
    public void EveryRowIsItsOwnWeightedRegression(int rows)
    {
        using var scope = NewDisposeScope();
        var weights = _draws.Uniform(0, CPU, rows, 9).mul_(3).floor_();
        var moments = weights * _draws.Uniform(1, CPU, rows, 9);
        var features = _draws.Normal(2, CPU, 9, 11);
        var ridge = _draws.Uniform(3, CPU, 11).add_(.5).to_type(ScalarType.Float64);
        var solved = Table.ToMatrix(RidgeRows.Solve(weights, moments, features, ridge));
        var (w, m, f) = (Table.ToMatrix(weights), Table.ToMatrix(moments), Table.ToMatrix(features));
        foreach (var row in new[] { 0, rows / 2, rows - 1 })
        {
            var precision = (f.Transpose() * Matrix<double>.Build.DenseOfDiagonalVector(w.Row(row)) * f) + Matrix<double>.Build.DenseOfDiagonalArray(ridge.data<double>().ToArray());
            var expected = precision.Solve(f.Transpose() * m.Row(row));
            Assert.InRange((expected - solved.Row(row)).AbsoluteMaximum(), 0, 1e-5);
        }
    }

    [Fact]
    public void APosteriorKnowsTheVarianceOfEveryItem()
    {
        using var scope = NewDisposeScope();
        var features = _draws.Normal(2, CPU, 9, 3).to_type(ScalarType.Float64);
        var factor = RidgeRows.Factor(_draws.Uniform(0, CPU, 2, 9).to_type(ScalarType.Float64), RidgeRows.Squares(features), ones([3], ScalarType.Float64));
        var posterior = new UserPosterior(_draws.Normal(5, CPU, 2, 3).to_type(ScalarType.Float64), factor, features, RidgeRows.Squares(features));
        var (variances, means) = (Table.ToMatrix(posterior.Variances()), Table.ToMatrix(posterior.Means()));
        for (var user = 0; user < 2; user++)
        {
            var lower = Table.ToMatrix(factor[user]);
            for (var item = 0; item < 9; item++)
            {
                var f = Table.ToMatrix(features).Row(item);
                Assert.Equal(f * (lower * lower.Transpose()).Solve(f), variances[user, item], 1e-9);
                Assert.Equal(f * Table.ToMatrix(posterior.Mean).Row(user), means[user, item], 1e-12);
            }
        }
    }

    [Fact]
    public void DrawsSpreadAsThePosteriorDoes()
    {
        // 20 000 draws: a variance v is met within 4·v·√(2/20 000) = .04·v, a mean within 4·√(v/20 000).
        using var scope = NewDisposeScope();
        const int draws = 20_000;
        var features = _draws.Normal(2, CPU, 4, 3).to_type(ScalarType.Float64);
        var factor = RidgeRows.Factor(_draws.Uniform(0, CPU, 1, 4).to_type(ScalarType.Float64), RidgeRows.Squares(features), ones([3], ScalarType.Float64));
        var mean = _draws.Normal(5, CPU, 1, 3).to_type(ScalarType.Float64);
        var one = new UserPosterior(mean, factor, features);
        var many = new UserPosterior(mean.expand(draws, 3), factor.expand(draws, 3, 3), features);
        var drawn = many.Draw(_draws.Normal(6, CPU, draws, 3).to_type(ScalarType.Float64), 2);
        var variances = one.Variances().mul(4).squeeze(0);
        Assert.True((drawn.var(0) - variances).abs().le(variances * .04).all().item<bool>());
        Assert.True((drawn.mean([0]) - one.Means().squeeze(0)).abs().le((variances / draws).sqrt() * 4).all().item<bool>());
        Assert.True(many.Draw(_draws.Normal(6, CPU, draws, 3).to_type(ScalarType.Float64), 0).allclose(many.Means()));
    }
}
