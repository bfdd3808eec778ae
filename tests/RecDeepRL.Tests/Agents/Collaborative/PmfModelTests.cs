using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class PmfModelTests
{
    [Fact]
    public void PosteriorsAreThoseOfADirectSolveOverPairs()
    {
        // The twin never forms factors: p is normal with the covariance QQᵀ + ψI, responses add noise of σ²/n.
        using var scope = NewDisposeScope();
        using var pairs = Planted(50, 6, 3, 1, out _);
        using var model = new PmfModel(Toy.Spec(50, 6, 2), new PmfOptions { Factors = 2, PairVariance = .02 }, new RandomStream(1, "model"));
        for (var step = 0; step < 3; step++)
            model.Improve(pairs);
        var posterior = model.Posterior(arange(50, ScalarType.Int64), pairs, model.Common(pairs));
        var (means, variances) = (posterior.Means(), posterior.Variances());
        Assert.True(variances.equal(model.Posterior(arange(50, ScalarType.Int64), pairs, model.Common(pairs, hasVariances: true)).Variances()).all().item<bool>());
        for (var user = 0; user < 5; user++)
        {
            var (mean, variance) = Direct(model, pairs, user);
            for (var item = 0; item < 6; item++)
            {
                Assert.Equal(mean[item], means[user, item].item<double>(), 1e-5);
                Assert.Equal(variance[item], variances[user, item].item<double>(), 1e-5);
            }
        }
    }

    [Fact]
    public void DrawsHaveThePosteriorsMeanAndVariance()
    {
        // 4000 users without any response: each has the prior. Means within 4·√(v/4000), variances within 4·v·√(2/4000).
        using var scope = NewDisposeScope();
        using var pairs = new PairStatistics(Toy.Spec(4000, 3, 1));
        using var model = new PmfModel(Toy.Spec(4000, 3, 1), new PmfOptions { Factors = 2, PairVariance = .01 }, new RandomStream(1, "model"));
        model.Items.copy_(tensor(new[,] { { .1, 0 }, { 0, .2 }, { .1, -.1 } }));
        var state = new MemoryCheckpoint();
        model.Save(state);
        model.Load(state);
        state.Dispose();
        var noise = new RandomStream(2, "noise");
        var draws = model.Posterior(arange(4000, ScalarType.Int64), pairs, model.Common(pairs)).Draw(
            noise.Normal(0, CPU, 4000, 2).to_type(ScalarType.Float64), noise.Normal(1, CPU, 4000, 3).to_type(ScalarType.Float64), 1);
        var expected = new[] { .02, .05, .03 }; // |q|² + ψ.
        for (var item = 0; item < 3; item++)
        {
            Assert.Equal(.5, draws.select(1, item).mean().item<double>(), 4 * Math.Sqrt(expected[item] / 4000));
            Assert.Equal(expected[item], draws.select(1, item).var().item<double>(), 4 * expected[item] * Math.Sqrt(2.0 / 4000));
        }
    }

    [Fact]
    public void StepsRaiseThePosteriorDensityOfADenseTwin()
    {
        using var scope = NewDisposeScope();
        var options = new PmfOptions { Factors = 2, ItemVariance = 1e6 };
        using var pairs = Planted(120, 6, 3, 2, out _);
        using var model = new PmfModel(Toy.Spec(120, 6, 2), options, new RandomStream(1, "model"));
        model.Improve(pairs); // The first one finds the means.
        for (var step = 0; step < 5; step++)
        {
            var before = LogLikelihood(model, pairs);
            model.Improve(pairs);
            Assert.True(LogLikelihood(model, pairs) > before - 1e-3, "a step of expectation–maximisation made the responses less likely");
        }
    }

    [Fact]
    public void APlantedDirectionIsRecovered()
    {
        // One factor of standard deviation .2, opposite for the two halves of 10 items, 2000 users, each item shown four times: the correlation of true and estimated probabilities of a user
        // without any noise of the items' factors is √(s/(s + n)), with signal s = 10·.04 and noise n = .21/4 for a mean over ten items: √(.4/.4525) = .94. Half of what is missing is allowed for the items'.
        using var scope = NewDisposeScope();
        using var pairs = Planted(2000, 10, 4, 3, out var probabilities);
        using var model = new PmfModel(Toy.Spec(2000, 10, 2), new PmfOptions { Factors = 2 }, new RandomStream(1, "model"));
        for (var step = 0; step < 20; step++)
            model.Improve(pairs);
        var means = model.Posterior(arange(2000, ScalarType.Int64), pairs, model.Common(pairs)).Means().to_type(ScalarType.Float32);
        var (a, b) = (means - means.mean(), probabilities - probabilities.mean());
        Assert.InRange(((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt()).item<float>(), .91, 1);
    }

    /// <summary>Users on one line of taste, every item shown so many times to everybody but the first five, who see fewer.</summary>
    private static PairStatistics Planted(int users, int items, int times, long seed, out Tensor probabilities)
    {
        var luck = new RandomStream(seed, "planted");
        var sides = cat([ones(1, items / 2), ones(1, items - (items / 2)).neg()], 1);
        probabilities = (luck.Normal(0, CPU, users, 1) * sides * .2 + .5).clamp(.02, .98);
        var pairs = new PairStatistics(Toy.Spec(users, items, items));
        var slates = arange(items, ScalarType.Int64).expand(users, items);
        for (var round = 1; round <= times; round++)
        {
            using var responses = luck.Uniform(round, CPU, users, items).lt(probabilities).to_type(ScalarType.Float32);
            pairs.Add(Toy.Feedback(Toy.Observe(users), slates, responses));
        }
        var kept = luck.Uniform(99, CPU, users, items).lt(.6).logical_or(arange(users).ge(5).unsqueeze(1));
        pairs.Shown.mul_(kept);
        pairs.Responses.mul_(kept);
        return pairs;
    }

    private static Tensor Noise(PairStatistics pairs)
    {
        var mean = pairs.ItemMeans(10);
        return (mean * (1 - mean)).clamp_min(.05);
    }

    private static (Tensor Residual, Tensor System, Tensor Covariance, Tensor Items) System(PmfModel model, PairStatistics pairs, int user)
    {
        var items = pairs.Shown[user].nonzero().squeeze(1);
        var counts = pairs.Shown[user].index_select(0, items).to_type(ScalarType.Float64);
        var covariance = model.Items.matmul(model.Items.t()) + diag(model.PairVariance.expand(model.Items.shape[0]));
        var system = covariance.index_select(0, items).index_select(1, items) + diag(Noise(pairs).index_select(0, items) / counts);
        var residual = pairs.Responses[user].index_select(0, items) / counts - model.Means.index_select(0, items);
        return (residual, system, covariance, items);
    }

    private static (double[] Mean, double[] Variance) Direct(PmfModel model, PairStatistics pairs, int user)
    {
        var (residual, system, covariance, items) = System(model, pairs, user);
        var rows = covariance.index_select(1, items);
        var mean = model.Means + rows.matmul(system.inverse().matmul(residual));
        var variance = (covariance - rows.matmul(system.inverse()).matmul(rows.t())).diagonal().contiguous();
        return (mean.data<double>().ToArray(), variance.data<double>().ToArray());
    }

    private static double LogLikelihood(PmfModel model, PairStatistics pairs)
    {
        var total = 0.0;
        for (var user = 0; user < pairs.Shown.shape[0]; user++)
        {
            using var scope = NewDisposeScope();
            var (residual, system, _, _) = System(model, pairs, user);
            total -= .5 * (residual.dot(system.inverse().matmul(residual)) + system.logdet()).item<double>();
        }
        return total;
    }
}
