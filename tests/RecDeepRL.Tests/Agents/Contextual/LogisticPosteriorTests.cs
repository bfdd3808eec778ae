using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class LogisticPosteriorTests
{
    private const int Items = 4;
    private const int Width = 3;
    private const double Ridge = .5;

    [Fact]
    public void WithRoomForAllRowsEveryItemIsFittedAsAScalarSolverFitsIt()
    {
        using var scope = NewDisposeScope();
        using var posterior = new LogisticPosterior(Items, Width, Ridge, memory: 1000, mostSteps: 50, CPU);
        var rows = new List<(Vector<double> X, double Response)>[Items];
        for (var item = 0; item < Items; item++)
            rows[item] = [];
        for (var batch = 0; batch < 4; batch++)
        {
            var (inputs, slates, responses) = Batch(batch);
            posterior.Add(inputs, slates, responses);
            Record(rows, inputs, slates, responses);
        }
        for (var item = 0; item < Items; item++)
        {
            var prior = Matrix<double>.Build.DenseIdentity(Width) * Ridge;
            var (weights, precision) = Solve(rows[item], prior, Vector<double>.Build.Dense(Width));
            AssertSame(weights, precision.Inverse(), posterior, item);
        }
        Assert.Equal(4 * 30 * 2, posterior.Shown.sum().item<double>());
    }

    [Fact]
    public void WithRoomForNoRowEachBatchIsFittedToTheGaussianOfTheOnesBefore()
    {
        using var scope = NewDisposeScope();
        using var posterior = new LogisticPosterior(Items, Width, Ridge, memory: 0, mostSteps: 50, CPU);
        var precisions = Enumerable.Range(0, Items).Select(_ => Matrix<double>.Build.DenseIdentity(Width) * Ridge).ToArray();
        var weights = Enumerable.Range(0, Items).Select(_ => Vector<double>.Build.Dense(Width)).ToArray();
        for (var batch = 0; batch < 4; batch++)
        {
            var (inputs, slates, responses) = Batch(batch);
            posterior.Add(inputs, slates, responses);
            var rows = new List<(Vector<double> X, double Response)>[Items];
            for (var item = 0; item < Items; item++)
                rows[item] = [];
            Record(rows, inputs, slates, responses);
            for (var item = 0; item < Items; item++)
            {
                // Chapelle and Li, algorithm 3: the prior of a batch is N(m, Q⁻¹) of the last, and Q grows by Σ p(1 − p)xx' at the new m.
                (weights[item], precisions[item]) = Solve(rows[item], precisions[item], precisions[item] * weights[item]);
                AssertSame(weights[item], precisions[item].Inverse(), posterior, item);
            }
        }
    }

    [Fact]
    public void RowsThatLeaveMoveNeitherTheFitNorItsCovariance()
    {
        using var scope = NewDisposeScope();
        using var all = new LogisticPosterior(Items, Width, Ridge, memory: 1000, mostSteps: 50, CPU);
        using var few = new LogisticPosterior(Items, Width, Ridge, memory: 7, mostSteps: 50, CPU);
        var (inputs, slates, responses) = Batch(0);
        all.Add(inputs, slates, responses);
        few.Add(inputs, slates, responses);
        Assert.True(all.Weights.allclose(few.Weights, 1e-10, 1e-10));
        // A batch of one more row, on which all but the prior depends: weights 60 rows away are still near, and the fit to all rows is not far.
        var (more, slatesOfMore, responsesToMore) = Batch(1);
        all.Add(more, slatesOfMore, responsesToMore);
        few.Add(more, slatesOfMore, responsesToMore);
        Assert.False(all.Weights.allclose(few.Weights, 1e-10, 1e-10));
        Assert.True(all.Weights.sub(few.Weights).abs().max().item<double>() < .1);
    }

    [Fact]
    public void ResponsesThatAreAllAlikeEndAtAFiniteFit()
    {
        // 100 000 responses to x = 1 without a miss: θ solves n(1 − σ(θ)) = λθ. At 9.3: 100000/(1 + e^9.3) = 9.14 < 9.3·1, at 9.25: 9.61 > 9.25.
        using var scope = NewDisposeScope();
        using var posterior = new LogisticPosterior(2, 1, 1, memory: 200_000, mostSteps: 100, CPU);
        posterior.Add(ones(100_000, 1, ScalarType.Float64), zeros(100_000, 1, ScalarType.Int64), ones(100_000, 1));
        Assert.InRange(posterior.Weights[0, 0].item<double>(), 9.25, 9.3);
        Assert.Equal(0, posterior.Weights[1, 0].item<double>());
    }

    [Fact]
    public void TheBoundFallsAsAnItemIsShown()
    {
        // Without features x = 1. With half the responses positive θ = 0 and H = 1 + n/4: deviations √(1/1.5) = .816, 1, √(1/3) = .577.
        using var scope = NewDisposeScope();
        using var agent = new LogisticUcbAgent(Toy.Context(Toy.Spec(3, 3, 3)), new LogisticUcbOptions());
        Toy.Teach(agent, (2, 1), (0, 0), (8, 4));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Explore), slate => Assert.Equal([1, 0, 2], slate));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Exploit), slate => Assert.Equal(1, slate[2]));
    }

    private static (Tensor Inputs, Tensor Slates, Tensor Responses) Batch(int batch)
    {
        var draws = new RandomStream(4, "logistic");
        var inputs = draws.Normal(batch, CPU, 30, Width).to_type(ScalarType.Float64);
        var slates = draws.Uniform(100 + batch, CPU, 30, Items - 1).argsort(1).narrow(1, 0, 2); // The last item is never shown.
        return (inputs, slates, draws.Uniform(200 + batch, CPU, 30, 2).lt(.6).to_type(ScalarType.Float32));
    }

    private static void Record(List<(Vector<double> X, double Response)>[] rows, Tensor inputs, Tensor slates, Tensor responses)
    {
        for (var user = 0; user < inputs.shape[0]; user++)
            for (var slot = 0; slot < slates.shape[1]; slot++)
                rows[slates[user, slot].item<long>()].Add((Vector<double>.Build.DenseOfArray(inputs[user].data<double>().ToArray()), responses[user, slot].item<float>()));
    }

    /// <summary>The most probable weights and the precision there, by Newton's method with its step halved until it helps.</summary>
    private static (Vector<double> Weights, Matrix<double> Precision) Solve(List<(Vector<double> X, double Response)> rows, Matrix<double> prior, Vector<double> moment)
    {
        var weights = prior.Solve(moment);
        var precision = prior;
        for (var step = 0; step < 100; step++)
        {
            var gradient = moment - (prior * weights);
            precision = prior.Clone();
            foreach (var (x, response) in rows)
            {
                var p = 1 / (1 + Math.Exp(-(x * weights)));
                gradient += (response - p) * x;
                precision += p * (1 - p) * x.OuterProduct(x);
            }
            var move = precision.Solve(gradient);
            while (Value(weights + move) < Value(weights) - 1e-12)
                move /= 2;
            weights += move;
        }
        return (weights, precision);

        double Value(Vector<double> at) =>
            (moment * at) - (.5 * (at * prior * at)) + rows.Sum(row => (row.Response * (row.X * at)) - Math.Log(1 + Math.Exp(row.X * at)));
    }

    private static void AssertSame(Vector<double> weights, Matrix<double> covariance, LogisticPosterior posterior, int item)
    {
        for (var row = 0; row < Width; row++)
        {
            Assert.Equal(weights[row], posterior.Weights[item, row].item<double>(), 1e-9);
            for (var column = 0; column < Width; column++)
                Assert.Equal(covariance[row, column], posterior.Covariance[item, (row * Width) + column].item<double>(), 1e-9);
        }
    }
}
