using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class HybridLinearPosteriorTests
{
    private const int Items = 4;
    private const int Width = 3;
    private const int Vector = 2;
    private const double Ridge = .7;
    private const double SharedRidge = 1.3;

    [Fact]
    public void BatchesGiveWhatThePapersAlgorithmGivesOneByOne()
    {
        using var scope = NewDisposeScope();
        var draws = new RandomStream(2, "hybrid");
        var vectors = draws.Normal(0, CPU, Items, Vector).to_type(ScalarType.Float64);
        using var posterior = new HybridLinearPosterior(vectors.clone(), Width, Ridge, SharedRidge);
        var paper = new Algorithm2(vectors);
        Compare(posterior, paper, draws); // Before anything is seen.
        for (var batch = 1; batch < 5; batch++)
        {
            var inputs = draws.Normal(batch, CPU, 25, Width).to_type(ScalarType.Float64);
            var slates = draws.Uniform(100 + batch, CPU, 25, Items - 1).argsort(1).narrow(1, 0, 2); // The last item is never shown.
            var responses = draws.Uniform(200 + batch, CPU, 25, 2);
            posterior.Add(inputs, slates, responses);
            for (var user = 0; user < 25; user++)
                for (var slot = 0; slot < 2; slot++)
                    paper.Update((int)slates[user, slot].item<long>(), Of(inputs[user]), responses[user, slot].item<float>());
            Compare(posterior, paper, draws);
        }
    }

    [Fact]
    public void AnItemNeverShownIsJudgedByItsFeatures()
    {
        // Two items alike, g = (1, 1), and one unlike, g = (1, −1). One of the pair is liked, the unlike one is not: the other of the pair inherits.
        using var scope = NewDisposeScope();
        using var posterior = new HybridLinearPosterior(tensor(new[,] { { 1.0, 1 }, { 1.0, 1 }, { 1.0, -1 } }), 1, 1, 1);
        posterior.Add(ones(40, 1, ScalarType.Float64), cat([zeros(20, 1, ScalarType.Int64), full([20, 1], 2L, ScalarType.Int64)]), cat([ones(20, 1), zeros(20, 1)]));
        // λA⁻¹ = 1/21 for the two shown. A₀ = I + (1 − 1/21)·Σgg' = I + 20/21·(2, 0; 0, 2) = 61/21·I, b₀ = (1, 1)·20/21, so β = (20/61, 20/61).
        Assert.Equal(40.0 / 61, posterior.Weights[1, 0].item<double>(), 1e-12);
        Assert.Equal(20.0 / 61, posterior.Shared[0, 0].item<double>(), 1e-12);
        // Own part 20/21 of what is left, plus the rest from the shared part: 20/21 + 1/21 · 40/61.
        Assert.Equal((20.0 / 21) + (40.0 / 61 / 21), posterior.Weights[0, 0].item<double>(), 1e-12);
        Assert.Equal(0, posterior.Weights[2, 0].item<double>(), 1e-12);
    }

    [Fact]
    public void TheAgentUsesItemFeatures()
    {
        using var scope = NewDisposeScope();
        var spec = Toy.Spec(30, 3, 3) with { ItemFeatureCount = 1 };
        using var population = new Population(new long[30], new long[3], itemFeatures: tensor(new[,] { { 1f }, { 1f }, { -1f } }));
        using var agent = new HybridLinUcbAgent(new AgentContext(spec, population, 1), new HybridLinUcbOptions { Alpha = 0 });
        Toy.Teach(agent, (5, 5), (0, 0), (5, 0));
        // Without exploration the item that was never shown comes before the one disliked: only the features say so.
        Assert.Equal([0, 1, 2], Toy.Slates(agent, Toy.Observe(1), RecommendationMode.Explore)[0]);
    }

    private static void Compare(HybridLinearPosterior posterior, Algorithm2 paper, RandomStream draws)
    {
        var asked = draws.Normal(300, CPU, 7, Width).to_type(ScalarType.Float64);
        var (means, deviations) = (posterior.Means(asked), posterior.Deviations(asked));
        for (var user = 0; user < 7; user++)
            for (var item = 0; item < Items; item++)
            {
                var (mean, variance) = paper.Ask(item, Of(asked[user]));
                Assert.Equal(mean, means[user, item].item<double>(), 1e-9);
                Assert.Equal(Math.Sqrt(variance), deviations[user, item].item<double>(), 1e-9);
            }
    }

    private static Vector<double> Of(Tensor row) => Vector<double>.Build.DenseOfArray(row.data<double>().ToArray());

    /// <summary>Li et al. 2010, algorithm 2, line by line, with ridge penalties.</summary>
    private sealed class Algorithm2
    {
        private readonly Vector<double>[] _vectors;
        private readonly Matrix<double>[] _a;
        private readonly Matrix<double>[] _mixed;
        private readonly Vector<double>[] _b;
        private Matrix<double> _a0 = Matrix<double>.Build.DenseIdentity(Vector * Width) * SharedRidge;
        private Vector<double> _b0 = Vector<double>.Build.Dense(Vector * Width);

        public Algorithm2(Tensor vectors)
        {
            _vectors = [.. Enumerable.Range(0, Items).Select(item => Of(vectors[item]))];
            _a = [.. Enumerable.Range(0, Items).Select(_ => Matrix<double>.Build.DenseIdentity(Width) * Ridge)];
            _mixed = [.. Enumerable.Range(0, Items).Select(_ => Matrix<double>.Build.Dense(Width, Vector * Width))];
            _b = [.. Enumerable.Range(0, Items).Select(_ => Vector<double>.Build.Dense(Width))];
        }

        public (double Mean, double Variance) Ask(int item, Vector<double> x)
        {
            var (z, shared) = (Outer(item, x), _a0.Solve(_b0));
            var own = _a[item].Solve(_b[item] - (_mixed[item] * shared));
            var (inverse0, inverse) = (_a0.Inverse(), _a[item].Inverse());
            var variance = (z * inverse0 * z) - (2 * (z * inverse0 * _mixed[item].Transpose() * inverse * x)) + (x * inverse * x)
                + (x * inverse * _mixed[item] * inverse0 * _mixed[item].Transpose() * inverse * x);
            return ((z * shared) + (x * own), variance);
        }

        public void Update(int item, Vector<double> x, double response)
        {
            var z = Outer(item, x);
            _a0 += _mixed[item].Transpose() * _a[item].Inverse() * _mixed[item];
            _b0 += _mixed[item].Transpose() * _a[item].Inverse() * _b[item];
            _a[item] += x.OuterProduct(x);
            _mixed[item] += x.OuterProduct(z);
            _b[item] += response * x;
            _a0 += z.OuterProduct(z) - (_mixed[item].Transpose() * _a[item].Inverse() * _mixed[item]);
            _b0 += (response * z) - (_mixed[item].Transpose() * _a[item].Inverse() * _b[item]);
        }

        private Vector<double> Outer(int item, Vector<double> x) =>
            Vector<double>.Build.DenseOfEnumerable(_vectors[item].SelectMany(part => x.Select(value => part * value)));
    }
}
