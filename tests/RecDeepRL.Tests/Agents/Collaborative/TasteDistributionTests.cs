using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class TasteDistributionTests
{
    [Fact]
    public void OneResponseMovesItsItemByHand()
    {
        // μ = .5, Σᵢᵢ = .05, so σ² = .25 − .05 = .2. After 2 showings with 2 clicks: R = .1, A = .15, mean = .5 + .05 · .5/.15 = .66667, variance = .05 − .05²/.15 = .03333.
        // The other item shares nothing with it and stays.
        using var scope = NewDisposeScope();
        using var tastes = new TasteDistribution(full(2, .5), .05);
        var (means, variances) = tastes.Posterior(tensor(new[,] { { 2f, 0f } }), tensor(new[,] { { 2f, 0f } }), 1);
        Assert.Equal([.66667, .5], Round(means));
        Assert.Equal([.03333, .05], Round(variances));
    }

    [Fact]
    public void NobodyKnowsMoreThanTheDistributionBeforeAnyResponse()
    {
        using var scope = NewDisposeScope();
        using var tastes = new TasteDistribution(tensor(new[] { .2f, .7f }), .04);
        foreach (var most in new long[] { 0, 2 })
        {
            var (means, variances) = tastes.Posterior(zeros(3, 2), zeros(3, 2), most);
            Assert.Equal([.2, .7, .2, .7, .2, .7], Round(means));
            Assert.Equal([.04, .04, .04, .04, .04, .04], Round(variances));
        }
    }

    [Theory]
    [InlineData(0)] // Padded to the most items that any of these users has seen, or beyond.
    [InlineData(2)]
    public void PosteriorsAreThoseOfADirectSolve(int padding)
    {
        using var scope = NewDisposeScope();
        using var tastes = Learned();
        var (shown, responses) = Sample(6, 5, 1);
        var (means, variances) = tastes.Posterior(shown, responses, Math.Min(5, shown.gt(0).sum(1).max().item<long>() + padding));
        var noise = tastes.Noise().data<float>().ToArray();
        for (var user = 0; user < 6; user++)
        {
            var (mean, covariance) = Direct(tastes, noise, Row(shown, user), Row(responses, user));
            for (var item = 0; item < 5; item++)
            {
                Assert.Equal(mean[item], means[user, item].item<float>(), 1e-5);
                Assert.Equal(covariance[item, item], variances[user, item].item<float>(), 1e-5);
            }
        }
    }

    [Fact]
    public void AStepWithoutPriorLeavesAStationaryPointOfExpectationMaximisationWhereItIs()
    {
        // One item, users with one response each: the likelihood of the mean is greatest at the share of clicks, and the variance of users cannot be told from the noise:
        // the gradient G = mean(g²) − 1/a vanishes where a = σ² + Σ = μ(1 − μ) is the variance of a click, which holds for every Σ.
        using var scope = NewDisposeScope();
        using var tastes = new TasteDistribution(full(1, .4), .06);
        var responses = arange(100).lt(40).to_type(ScalarType.Float32).unsqueeze(1);
        for (var step = 0; step < 5; step++)
            tastes.Improve(ones(100, 1), responses, Enumerable.Repeat(1L, 100).ToArray(), 1e-9, 1);
        Assert.Equal(.4, tastes.Mean.item<float>(), 1e-5);
        Assert.Equal(.06, tastes.Covariance.item<float>(), 1e-4);
    }

    [Fact]
    public void StepsRaiseTheLikelihoodOfAScalarTwin()
    {
        // The twin: log N(y; μ_S, A) of every user, summed up, by a dense solve in double precision, with the noise that the step counted on.
        using var scope = NewDisposeScope();
        using var tastes = new TasteDistribution(full(5, .5), .03);
        var (shown, responses, seen) = Ordered(Sample(400, 5, 3));
        for (var step = 0; step < 4; step++)
        {
            var noise = tastes.Noise().to_type(ScalarType.Float64);
            var before = LogLikelihood(tastes, noise, shown, responses);
            tastes.Improve(shown, responses, seen, 1e-6, .5);
            var after = LogLikelihood(tastes, noise, shown, responses);
            Assert.True(after > before, $"step {step}: {after} after {before}");
        }
    }

    [Fact]
    public void APlantedDistributionIsRecovered()
    {
        // 4000 users, 6 items, each shown 4 times. Items 0 to 2 rise and fall together (variance .04, covariance .03), the others do not vary. A user's mean response has a variance of
        // .04 + .21/4 = .0925; the covariance of two such means over 4000 users has a standard error of .0925·√2/√4000 = .0021, its mean √(.0925/4000) = .0048: 4σ are .0083 and .0192,
        // and normal noise with σ² from μ stands for clicks, whose variance depends on each user's p: by Σᵢᵢ on average, which is taken off. Cutting
        // probabilities off at 0 and 1, 2.5 deviations away, takes some .001 from variances.
        using var scope = NewDisposeScope();
        var noise = new RandomStream(3, "planted");
        var common = noise.Normal(0, CPU, 4000, 1).mul(Math.Sqrt(.03));
        var own = noise.Normal(1, CPU, 4000, 3).mul(.1);
        var probabilities = cat([(common + own + .5).clamp(0, 1), full([4000, 3], .3)], 1);
        var responses = zeros(4000, 6);
        for (var round = 2; round < 6; round++)
            responses.add_(noise.Uniform(round, CPU, 4000, 6).lt(probabilities).to_type(ScalarType.Float32));
        using var tastes = new TasteDistribution(full(6, .4), .03);
        for (var step = 0; step < 20; step++)
            tastes.Improve(full(4000, 6, 4f), responses, Enumerable.Repeat(6L, 4000).ToArray(), 1, .5);
        for (var item = 0; item < 6; item++)
            Assert.Equal(item < 3 ? .5 : .3, tastes.Mean[item].item<float>(), .0192);
        Assert.InRange(tastes.Covariance[0, 1].item<float>(), .03 - .0083, .03 + .0083);
        Assert.InRange(tastes.Covariance[1, 1].item<float>(), .04 - .0083, .04 + .0083);
        Assert.InRange(tastes.Covariance[0, 4].item<float>(), -.0083, .0083);
        Assert.InRange(tastes.Covariance[4, 4].item<float>(), .0049, .005 + .0083); // The least that a variance may be, .005.
    }

    [Fact]
    public void ASavedDistributionComesBack()
    {
        using var scope = NewDisposeScope();
        using var tastes = Learned();
        using var state = new MemoryCheckpoint();
        tastes.Save(state);
        using var loaded = TasteDistribution.Load(state, 5, CPU);
        Assert.Equal(tastes.Mean.data<float>().ToArray(), loaded.Mean.data<float>().ToArray());
        Assert.Equal(tastes.Covariance.data<float>().ToArray(), loaded.Covariance.data<float>().ToArray());
    }

    private static double[] Round(Tensor tensor) => [.. tensor.contiguous().data<float>().ToArray().Select(value => Math.Round(value, 5))];

    private static double[] Row(Tensor table, int user) => [.. table[user].contiguous().data<float>().ToArray().Select(value => (double)value)];

    private static TasteDistribution Learned()
    {
        var tastes = new TasteDistribution(tensor(new[] { .3f, .4f, .5f, .6f, .2f }), .04);
        var (shown, responses, seen) = Ordered(Sample(300, 5, 2));
        tastes.Improve(shown, responses, seen, 5, .5);
        return tastes;
    }

    /// <summary>Users who saw each item up to three times, with tastes that share a direction.</summary>
    private static (Tensor Shown, Tensor Responses) Sample(int users, int items, long seed)
    {
        var luck = new RandomStream(seed, "sample");
        var probabilities = (luck.Normal(0, CPU, users, 1) * linspace(-.2, .2, items) + .5).clamp(.05, .95);
        var shown = luck.Integers(1, 4, CPU, users, items).to_type(ScalarType.Float32);
        shown.select(1, 0).clamp_min_(1); // Everybody has seen something.
        var responses = zeros(users, items);
        for (var showing = 0; showing < 3; showing++)
            responses.add_(luck.Uniform(2 + showing, CPU, users, items).lt(probabilities).logical_and(shown.gt(showing)).to_type(ScalarType.Float32));
        return (shown, responses);
    }

    private static (Tensor Shown, Tensor Responses, long[] Seen) Ordered((Tensor Shown, Tensor Responses) sample)
    {
        var seen = sample.Shown.gt(0).sum(1);
        var order = seen.argsort();
        return (sample.Shown.index_select(0, order), sample.Responses.index_select(0, order), seen.index_select(0, order).data<long>().ToArray());
    }

    /// <summary>(Σ⁻¹ + diag(n/σ²))⁻¹ and the mean that goes with it: the precision form, in double precision.</summary>
    private static (double[] Mean, double[,] Covariance) Direct(TasteDistribution tastes, float[] noise, double[] shown, double[] responses)
    {
        var size = shown.Length;
        var prior = tastes.Covariance.to_type(ScalarType.Float64).inverse();
        var weights = tensor(shown.Select((count, item) => count / noise[item]).ToArray());
        var covariance = (prior + diag(weights)).inverse();
        var mean = tastes.Mean.to_type(ScalarType.Float64);
        var residual = tensor(responses.Select((sum, item) => (sum - shown[item] * tastes.Mean[item].item<float>()) / noise[item]).ToArray());
        var posterior = mean + covariance.matmul(residual);
        var table = new double[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
                table[row, column] = covariance[row, column].item<double>();
        return (posterior.data<double>().ToArray(), table);
    }

    private static double LogLikelihood(TasteDistribution tastes, Tensor noise, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var (mean, covariance) = (tastes.Mean.to_type(ScalarType.Float64), tastes.Covariance.to_type(ScalarType.Float64));
        var total = 0.0;
        for (var user = 0; user < shown.shape[0]; user++)
        {
            using var userScope = NewDisposeScope();
            var items = shown[user].nonzero().squeeze(1);
            var counts = shown[user].index_select(0, items).to_type(ScalarType.Float64);
            var system = covariance.index_select(0, items).index_select(1, items) + diag(noise.index_select(0, items) / counts);
            var residual = responses[user].index_select(0, items) / counts - mean.index_select(0, items);
            total -= .5 * (residual.dot(system.inverse().matmul(residual)) + system.logdet()).item<double>();
        }
        return total;
    }
}
