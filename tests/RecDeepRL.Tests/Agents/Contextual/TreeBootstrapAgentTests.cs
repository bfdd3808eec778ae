using Microsoft.ML.Data;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class TreeBootstrapAgentTests
{
    [Fact]
    public void TreesAsTensorsAnswerAsMlNetDoes()
    {
        using var scope = NewDisposeScope();
        var options = new TreeBootstrapOptions { Trees = 7, Leaves = 6, MinimumRowsPerLeaf = 5 };
        using var trees = new TreeEnsembles(2, options.Trees, options.Leaves, CPU);
        Assert.True(trees.IsEmpty);
        var draws = new RandomStream(1, "trees");
        var inputs = draws.Uniform(0, CPU, 400, 3);
        var targets = inputs.select(1, 0).gt(.5).to_type(ScalarType.Float32).sub(inputs.select(1, 1)).add(draws.Normal(1, CPU, 400).mul(.1f));
        var weights = draws.Integers(2, 3, CPU, 400).to_type(ScalarType.Float32);
        trees.Train(1, inputs, targets, weights, options, seed: 3);

        var asked = draws.Uniform(3, CPU, 200, 3);
        var model = trees.Fit(inputs, targets, weights, options, seed: 3);
        var expected = model.Transform(trees.View(asked, zeros(200), ones(200))).GetColumn<float>("Score").ToArray();
        var values = trees.Values(asked, ones(200, ScalarType.Int64)).data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var row = 0; row < values.Length; row++)
            Assert.Equal(expected[row], values[row], 1e-5f);
        Assert.True(trees.Values(asked, zeros(200, ScalarType.Int64)).eq(0).all().item<bool>()); // The other member knows nothing yet.
        Assert.True(values.Distinct().Count() > 20);
    }

    [Fact]
    public void WhereNothingIsLeftToSplitTheTreesAnswerTheMean()
    {
        using var scope = NewDisposeScope();
        var options = new TreeBootstrapOptions { Trees = 3, Leaves = 4, MinimumRowsPerLeaf = 50, LearningRate = 1 };
        using var trees = new TreeEnsembles(1, options.Trees, options.Leaves, CPU);
        var inputs = new RandomStream(1, "trees").Uniform(0, CPU, 60, 2); // Sixty rows cannot be split in two leaves of fifty.
        trees.Train(0, inputs, ones(60), ones(60), options, seed: 3);
        var values = trees.Values(inputs, zeros(60, ScalarType.Int64));
        Assert.True(values.sub(values[0]).abs().max().item<float>() == 0);
        Assert.InRange(values[0].item<float>(), -1e-6, 1 + 1e-6);
    }

    [Fact]
    public void BeforeThereAreTreesTheMembersMeansSpreadAsABetaDoes()
    {
        // Means with exponential prior weights and Poisson(1) row weights: for an item with s = 30 of n = 40 near the mean of Beta(31, 11), .738, with
        // a deviation near √(.738 · .262/43) = .067. Over 400 members the mean has the error .0034; the prior weights are the same for all, so 4σ = .0134 and
        // the bias of a ratio, below 1/n² · …, is left room by .005.
        using var scope = NewDisposeScope();
        using var agent = new TreeBootstrapAgent(Toy.Context(Toy.Spec(40, 2, 1)), new TreeBootstrapOptions { Members = 400 });
        Toy.Teach(agent, (40, 30), (0, 0));
        var shown = agent.Means.select(1, 0);
        Assert.InRange(shown.mean().item<float>(), .738 - .019, .738 + .019);
        // A sample deviation of 400 has the relative error 1/√800: 4σ = .14 of it; the bootstrap's own is within 10 % at n = 40.
        Assert.InRange(shown.std().item<float>(), .067 * .76, .067 * 1.24);
        // An item never shown is uniform: e₁/(e₁ + e₂). Mean ½ ± 4·√(1/12/400).
        Assert.InRange(agent.Means.select(1, 1).mean().item<float>(), .5 - .058, .5 + .058);
    }

    [Fact]
    public void AMembersSampleGrowsAndIsNotDrawnAnew()
    {
        // With the log trimmed to nothing new, the same rows give the same means: weights belong to the row.
        using var scope = NewDisposeScope();
        using var first = new TreeBootstrapAgent(Toy.Context(Toy.Spec(40, 2, 1)), new TreeBootstrapOptions { Members = 5 });
        using var second = new TreeBootstrapAgent(Toy.Context(Toy.Spec(40, 2, 1)), new TreeBootstrapOptions { Members = 5, Memory = 20 });
        Toy.Teach(first, (0, 0), (20, 10));
        Toy.Teach(first, (20, 5), (0, 0));
        Toy.Teach(second, (0, 0), (20, 10));
        Toy.Teach(second, (20, 5), (0, 0)); // Only these are kept.
        Assert.True(first.Means.select(1, 0).SameAs(second.Means.select(1, 0)));
        Assert.False(first.Means.select(1, 1).SameAs(second.Means.select(1, 1)));
    }

    [Fact]
    public void TreesAreSavedAsTheyAreAndTrainedOnAlike()
    {
        // The contract tests end before the first training; here trees are saved, loaded, asked, and trained anew in both.
        using var scope = NewDisposeScope();
        var features = new RandomStream(1, "saved").Uniform(0, CPU, 100, 2);
        var options = new TreeBootstrapOptions { Members = 3, FirstTraining = 50, Growth = .5 };
        using var first = new TreeBootstrapAgent(Toy.Context(Toy.Spec(100, 2, 1, features: 2)), options);
        using var second = new TreeBootstrapAgent(Toy.Context(Toy.Spec(100, 2, 1, features: 2)), options);
        Play(first, 0);
        Assert.False(first.Trees.IsEmpty);
        using (var state = MemoryCheckpoint.Of(first))
            second.Load(state);
        for (var round = 1; round < 4; round++)
        {
            Assert.Equal(Play(first, round), Play(second, round));
            using var one = MemoryCheckpoint.Of(first);
            using var other = MemoryCheckpoint.Of(second);
            one.AssertSameAs(other);
        }

        long[] Play(TreeBootstrapAgent agent, int round)
        {
            var observation = Toy.Observe(100, features, drawKey: round);
            var slates = agent.Recommend(observation, Explore);
            agent.Learn(Toy.Feedback(observation, slates, features.select(1, 0).unsqueeze(1).gt(.5).eq(slates.eq(0)).to_type(ScalarType.Float32)));
            return [.. slates.data<long>().ToArray(), .. agent.Recommend(observation, Exploit).data<long>().ToArray()];
        }
    }

    [Fact]
    public void ItemsNeverShownComeLastInExploitMode()
    {
        using var scope = NewDisposeScope();
        using var agent = new TreeBootstrapAgent(Toy.Context(Toy.Spec(30, 3, 3)), new TreeBootstrapOptions());
        Toy.Teach(agent, (10, 1), (0, 0), (20, 18));
        Assert.All(Toy.Slates(agent, Toy.Observe(30), Exploit), slate => Assert.Equal([2, 0, 1], slate));
    }

    [Fact]
    [Trait("Category", "Learning")]
    public void TreesLearnWhatNoLineSeparates()
    {
        // Item 0 is liked (.9, else .1) where both features have the same sign, item 1 where they differ: linear in nothing that LinUCB sees, so worth .5 to it and .9 at best.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 3; seed++)
        {
            var features = new RandomStream(seed, "signs").Uniform(0, CPU, 200, 2).mul(2).sub(1);
            var alike = features.select(1, 0).mul(features.select(1, 1)).gt(0);
            var probabilities = stack([where(alike, .9f, .1f), where(alike, .1f, .9f)], 1);
            using var trees = new TreeBootstrapAgent(Toy.Context(Toy.Spec(200, 2, 1, features: 2), seed), new TreeBootstrapOptions { Members = 4 });
            using var linear = new LinUcbAgent(Toy.Context(Toy.Spec(200, 2, 1, features: 2), seed), new LinUcbOptions());
            Assert.True(Toy.Train(trees, probabilities, features, 25, seed) > .8, $"seed {seed}");
            Assert.InRange(Toy.Train(linear, probabilities, features, 25, seed), .3, .7);
        }
    }
}
