using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class PairEvidenceTests
{
    [Fact]
    public void TheEstimateIsWorthAsManyResponsesAsSaid()
    {
        // α = 4: (4·.5 + 3)/(4 + 6) = .5, (4·.25 + 1)/(4 + 1) = .4, and the estimate itself where nothing was shown.
        using var scope = NewDisposeScope();
        using var evidence = new PairEvidence(4, CPU);
        var means = evidence.Means(tensor(new[] { .5, .25, .9 }), tensor(new[] { 6.0, 1, 0 }), tensor(new[] { 3.0, 1, 0 }));
        means.AssertNear(.5, .4, .9);
    }

    [Fact]
    public void VariancesAreThoseOfTheBetaPosterior()
    {
        // Beta(5, 5) after α + n = 10: .25/11; of the model's own variance (4/10)² is left. Beta(2, 3): .4·.6/6, and (4/5)².
        using var scope = NewDisposeScope();
        using var evidence = new PairEvidence(4, CPU);
        var (variances, shares) = evidence.Spread(tensor(new[] { .5, .4 }), tensor(new[] { 6.0, 1 }));
        variances.AssertNear(.25 / 11, .04);
        shares.AssertNear(.16, .64);
    }

    [Theory]
    [InlineData(0, 48, 1e7)] // Every pair is as the model says: nothing is to be learned from it.
    [InlineData(8, 4, 16)] // Probabilities drawn from Beta(8·.4, 8·.6): α = 8 predicts best.
    [InlineData(1, 1, 2)]
    public void TheStrengthThatPredictsBestIsLearned(double truth, double low, double high)
    {
        // 3000 pairs seen up to ten times. Where the model is right, α errs by a variance of n·pq/(α + n)², which costs n/(2(α + n)²) each of 27 000
        // responses: 49 in all at n = 5 and α = 32, with a standard deviation of √(2·49) = 9.9, so 32 loses by 5σ; 256 costs 1 ± 1.4 and may win.
        // Elsewhere neighbours of the grid are close, and a factor of two is asked for.
        using var scope = NewDisposeScope();
        using var evidence = new PairEvidence(null, CPU);
        var draws = new RandomStream(7, "pairs");
        var estimates = full([300, 10], .4, ScalarType.Float64);
        var lanes = arange(3000, ScalarType.Int64).reshape(300, 10);
        var probabilities = truth == 0 ? estimates : draws.Beta(0, lanes, tensor(.4 * truth), tensor(.6 * truth)).to_type(ScalarType.Float64);
        var (shown, responses) = (zeros([300, 10], ScalarType.Float64), zeros([300, 10], ScalarType.Float64));
        for (var round = 1; round <= 10; round++)
        {
            var outcomes = draws.Uniform(round, lanes).lt(probabilities).to_type(ScalarType.Float32);
            evidence.Judge(estimates, shown, responses, outcomes);
            shown.add_(1);
            responses.add_(outcomes);
        }
        Assert.InRange(evidence.Strength.item<double>(), low, high);
    }

    [Fact]
    public void ThatNoPairWasSeenTwiceSpeaksForTheModelAlone()
    {
        using var scope = NewDisposeScope();
        using var evidence = new PairEvidence(null, CPU);
        evidence.Judge(full([5, 2], .4, ScalarType.Float64), zeros([5, 2], ScalarType.Float64), zeros([5, 2], ScalarType.Float64), ones(5, 2));
        Assert.Equal(1e6, evidence.Strength.item<double>());
    }

    [Fact]
    public void AGivenStrengthIsKept()
    {
        using var scope = NewDisposeScope();
        using var evidence = new PairEvidence(3, CPU);
        evidence.Judge(full([5, 2], .4, ScalarType.Float64), ones([5, 2], ScalarType.Float64), ones([5, 2], ScalarType.Float64), zeros(5, 2));
        Assert.Equal(3, evidence.Strength.item<double>());
    }
}
