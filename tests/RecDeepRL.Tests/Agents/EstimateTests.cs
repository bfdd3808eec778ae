using RecDeepRL.Agents.Bandits;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

/// <summary>Estimates and weights as they are worked out by hand.</summary>
public sealed class EstimateTests
{
    [Fact]
    public void BanditsEstimateByTheirMeansAndSayWhereTheyHaveNone()
    {
        using var scope = NewDisposeScope();
        using var greedy = new GreedyAgent(Toy.Context(Toy.Spec(3, 3, 1)), new GreedyOptions());
        using var thompson = new ThompsonAgent(Toy.Context(Toy.Spec(3, 3, 1)), new ThompsonOptions());
        Toy.Teach(greedy, (4, 3), (0, 0), (2, 0));
        Toy.Teach(thompson, (4, 3), (0, 0), (2, 0));

        Assert.Equal([.75f, float.NaN, 0f], greedy.EstimateItems(Toy.Observe(1)).data<float>());
        // (1 + s)/(2 + n): 4/6, 1/2, 1/4, the same for both users.
        Assert.Equal([4 / 6f, .5f, .25f, 4 / 6f, .5f, .25f], thompson.EstimateItems(Toy.Observe(2)).data<float>());
    }

    [Fact]
    public void WeightsOfARidgeRegressionAreThoseOfItsNormalEquations()
    {
        using var scope = NewDisposeScope();
        using var agent = new LinUcbAgent(Toy.Context(Toy.Spec(2, 2, 1, features: 1)), new LinUcbOptions());
        // Item 1 shown to x = (1, 1) and (1, −1) with responses 1 and 0: A = I + 2I, b = (1, 1), θ = (⅓, ⅓).
        agent.Learn(Toy.Feedback(Toy.Observe(2, features: tensor(new float[] { 1, -1 }, [2, 1])), ones([2, 1], ScalarType.Int64), tensor(new float[] { 1, 0 }, [2, 1])));

        using var weights = agent.ItemWeights();
        Assert.Equal(["bias", "feature 0"], weights.Features);
        Assert.Equal("response", weights.Scale);
        Assert.Equal([0, 0, 1 / 3f, 1 / 3f], weights.Values.data<float>());
        // For x = (1, 2): ⅓ + 2·⅓ = 1.
        Assert.Equal([0f, 1f], agent.EstimateItems(Toy.Observe(1, features: full([1, 1], 2f))).data<float>());
    }

    [Fact]
    public void LogisticAgentsEstimateProbabilitiesAndWeighLogOdds()
    {
        using var scope = NewDisposeScope();
        using var agent = new LogisticUcbAgent(Toy.Context(Toy.Spec(2, 2, 1)), new LogisticUcbOptions());
        Toy.Teach(agent, (20, 19), (20, 1));

        using var weights = agent.ItemWeights();
        Assert.Equal("log-odds", weights.Scale);
        var odds = weights.Values.data<float>().ToArray();
        Assert.True(odds[0] > 0 && odds[1] < 0);
        var estimates = agent.EstimateItems(Toy.Observe(1)).data<float>().ToArray();
        Assert.Equal(1 / (1 + Math.Exp(-odds[0])), estimates[0], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-odds[1])), estimates[1], 1e-6);
    }

    [Fact]
    public void ProductsOfFeaturesAreNamedAfterThem()
    {
        var spec = Toy.Spec(1, 1, 1, features: 2);
        using var population = new Population([0], [0]) { UserFeatureNames = ["age", "income"] };
        Assert.Equal(["bias", "age", "income", "age²", "age·income", "income²"], new ContextInputs(spec, new LinUcbOptions { Degree = 2 }).Names(population));
    }
}
