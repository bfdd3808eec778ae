using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class EvaluatorTests
{
    [Fact]
    public void TheExpectedValueIsTheMeanProbabilityOfWhatWasShown()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("fixed", "popular", users: 4000));
        using var scope = NewDisposeScope();
        var shown = pair.Truth.ExpectedResponses(tensor(new long[] { 0 }), tensor(new long[] { 0, 1 }).reshape(1, 2), 0);
        var expected = shown.sum().to_type(ScalarType.Float64).item<double>();

        var result = Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed: 3);

        Assert.Equal(expected, result.MeanExpected, 6);
        // The mean of 4000 users of two Bernoulli responses each: a variance of at most ½, so σ ≤ √(½ / 4000) = .0112; ± 4 σ.
        Assert.Equal(expected, result.MeanResponses, 4 * .0112);
        Assert.Equal(result.MeanResponses / 2, result.Precision, 12);
        Assert.Equal(result.Bounds.Oracle - expected, result.Regret, 6);
    }

    [Fact]
    public void EvaluationSeedsDrawApartAndOneSeedDrawsTheSame()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "popular", users: 500));

        // Both figures: that two seeds draw the same number of responses is no rarity.
        (double, double) Score(long seed)
        {
            var result = Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed);
            return (result.MeanResponses, result.MeanExpected);
        }

        Assert.Equal(Score(1), Score(1));
        Assert.NotEqual(Score(1), Score(2));
        Assert.NotEqual(Evaluator.SeedOf(1), Evaluator.SeedOf(2));
        Assert.NotEqual(Evaluator.SeedOf(1, 0), Evaluator.SeedOf(1, 1));
    }

    [Fact]
    public void EvaluatingChangesNothing()
    {
        using var pair = SmallRuns.Pair(SmallRuns.Plan("random", "drift"));
        using var before = new SavedState();
        using var after = new SavedState();
        pair.Environment.Save(before);

        Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Explore, seed: 5);

        pair.Environment.Save(after);
        Assert.Equal(before.Counters, after.Counters);
        Assert.All(before.Tensors, pair => Assert.True(pair.Value.SameAs(after.Tensors[pair.Key]), pair.Key));
    }

    [Fact]
    public void BoundsOfTheTenItemsAreThoseWorkedByHand()
    {
        // Three items at .75, four at .4, three at .1: random (2.25 + 1.6 + .3) / 10 = .415; the best item .75 for everybody.
        using var pair = SmallRuns.Pair(SmallRuns.Plan("fixed", "popular", slots: 1) with { EnvironmentOptions = new Dictionary<string, string> { ["users"] = "50" } });

        var bounds = Bounds.Of(pair.Environment, pair.Truth, 0);

        Assert.Equal(.415, bounds.Random, 6);
        Assert.Equal(.75, bounds.BestFixed, 6);
        Assert.Equal(.75, bounds.Oracle, 6);
        Assert.Equal(.5, bounds.GapClosed(.5825), 6);
    }

    [Fact]
    public void TheBestFixedListUnderDriftIsBestOverTheWholeLoop()
    {
        // At the first round a popular item (.75) is best; over the 30 rounds an unpopular one (.51 on average, .1 at first).
        using var pair = SmallRuns.Pair(SmallRuns.Plan("fixed", "drift", slots: 1) with { EnvironmentOptions = new Dictionary<string, string> { ["users"] = "50" } });

        Assert.Equal(.1, Bounds.Of(pair.Environment, pair.Truth, 0).BestFixed, 6);
        Assert.Equal(.7, Bounds.Of(pair.Environment, pair.Truth, 30).BestFixed, 6);
        Assert.Equal(.7, Bounds.Of(pair.Environment, pair.Truth, 30).Oracle, 6);
    }
}
