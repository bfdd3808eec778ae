using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class SharedLinearPosteriorTests
{
    [Fact]
    public void OneObservationByHand()
    {
        // λ = 1, x = (2, 1), r = 3: A = ((5, 2), (2, 2)), b = (6, 3), det 6, A⁻¹ = ((1/3, −1/3), (−1/3, 5/6)).
        // θ = (2 − 1, −2 + 2.5) = (1, .5). At φ = 4: mean 4 + .5 = 4.5; width² = 16/3 − 2 · 4/3 + 5/6 = 3.5.
        using var scope = NewDisposeScope();
        using var posterior = new SharedLinearPosterior(1, 1, CPU);
        posterior.Add(tensor(new[,] { { 2f } }), full(1, 3f));
        posterior.Solve();
        Assert.Equal([1f, 0.5f], posterior.Weights.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(4.5, posterior.Scores(tensor(new[,] { { 4f } }), 0).item<float>(), 5);
        Assert.Equal(4.5 + (2 * Math.Sqrt(3.5)), posterior.Scores(tensor(new[,] { { 4f } }), 2).item<float>(), 5);
    }

    [Fact]
    public void ScoresEqualADirectSolve()
    {
        using var scope = NewDisposeScope();
        const int Width = 6;
        var stream = new RandomStream(1, "test");
        var features = stream.Normal(0, CPU, 40, Width);
        var responses = stream.Uniform(1, CPU, 40);
        using var posterior = new SharedLinearPosterior(Width, 0.7, CPU);
        posterior.Add(features.narrow(0, 0, 15), responses.narrow(0, 0, 15));
        posterior.Add(features.narrow(0, 15, 25), responses.narrow(0, 15, 25));
        posterior.Solve();

        var x = Matrix<double>.Build.Dense(40, Width + 1, (row, column) => column < Width ? features[row, column].item<float>() : 1);
        var r = Vector<double>.Build.Dense(40, row => responses[row].item<float>());
        var a = (Matrix<double>.Build.DenseIdentity(Width + 1) * 0.7) + (x.Transpose() * x);
        var theta = a.Solve(x.Transpose() * r);
        var probe = stream.Normal(2, CPU, 2, 3, Width);
        var scores = posterior.Scores(probe, 1.5);
        Assert.Equal([2, 3], scores.shape);
        for (var user = 0; user < 2; user++)
        {
            for (var item = 0; item < 3; item++)
            {
                var point = Vector<double>.Build.Dense(Width + 1, column => column < Width ? probe[user, item, column].item<float>() : 1);
                var expected = (theta * point) + (1.5 * Math.Sqrt(point * a.Solve(point)));
                Assert.Equal(expected, scores[user, item].item<float>(), 4);
            }
        }
    }

    [Fact]
    public void ObservationsCountFromTheNextSolveOnAndAResetForgetsThem()
    {
        using var scope = NewDisposeScope();
        using var posterior = new SharedLinearPosterior(1, 1, CPU);
        var probe = tensor(new[,] { { 4f } });
        posterior.Add(tensor(new[,] { { 2f } }), full(1, 3f));
        Assert.Equal(0, posterior.Scores(probe, 0).item<float>());
        posterior.Solve();
        Assert.NotEqual(0, posterior.Scores(probe, 0).item<float>());
        posterior.Reset();
        // Back at A = I: mean 0 and width √(16 + 1).
        Assert.Equal(Math.Sqrt(17), posterior.Scores(probe, 1).item<float>(), 5);
    }
}
