using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

/// <summary>Each classical agent finds the optimum of a toy that it can represent, for five seeds out of five.</summary>
public sealed class LearningTests
{
    [Theory]
    [InlineData("epsilon-greedy")]
    [InlineData("greedy", "priorMean=1", "priorStrength=20")]
    [InlineData("epsilon-greedy", "decay=reciprocal")]
    [InlineData("epsilon-greedy", "decay=exponential", "epsilon=1", "decayRate=0.2")]
    [InlineData("softmax")]
    [InlineData("exp3")]
    [InlineData("exp3s")]
    [InlineData("ucb")]
    [InlineData("ucb", "selection=highest")]
    [InlineData("ucb-tuned")]
    [InlineData("ucb-v")]
    [InlineData("moss")]
    [InlineData("kl-ucb")]
    [InlineData("bayes-ucb")]
    [InlineData("thompson")]
    [InlineData("gaussian-thompson")]
    [InlineData("discounted-ucb", "discount=0.95")]
    [InlineData("sliding-window-ucb", "window=20")]
    [InlineData("discounted-thompson", "discount=0.95")]
    [InlineData("sliding-window-thompson", "window=20")]
    [InlineData("kalman-thompson")]
    [InlineData("change-detection-ucb")]
    [InlineData("change-detection-ucb", "detector=cusum")]
    [InlineData("linucb")]
    [InlineData("hybrid-linucb")]
    [InlineData("linear-thompson")]
    [InlineData("logistic-ucb")]
    [InlineData("logistic-thompson")]
    [InlineData("knn")]
    [InlineData("tree-bootstrap", "members=20")]
    public void TheBestItemOfAllIsFound(string agent, params string[] settings)
    {
        // 60 users, 40 rounds. Of 2400 showings the best item gets hundreds at least: its mean then lies within .08 (4σ at n = 500) of .7,
        // clear of the second best, .5. Random slates are worth .42.
        using var scope = NewDisposeScope();
        var probabilities = tensor(new[] { .2f, .3f, .5f, .7f, .4f }).expand(60, 5);
        for (var seed = 1; seed <= 5; seed++)
            Assert.Equal(.7, Train(agent, settings, probabilities, null, 40, seed), 1e-5);
    }

    [Fact]
    public void SampledUcbExploitsNoMoreThanItExplores()
    {
        // In proportion to the indices, which tend to the means: Σp²/Σp = 1.03/2.1 = .49, far from .7. The bonus only flattens it, towards .42.
        using var scope = NewDisposeScope();
        var probabilities = tensor(new[] { .2f, .3f, .5f, .7f, .4f }).expand(600, 5);
        for (var seed = 1; seed <= 5; seed++)
            Assert.InRange(Train("ucb", ["selection=sampled", "exploration=0.1"], probabilities, null, 20, seed), .44, .53);
    }

    [Theory]
    [InlineData("discounted-ucb")]
    [InlineData("sliding-window-ucb")]
    [InlineData("discounted-thompson")]
    [InlineData("sliding-window-thompson")]
    [InlineData("kalman-thompson")]
    [InlineData("exp3s", "share=0.01", "exploration=0.2")]
    [InlineData("change-detection-ucb")]
    [InlineData("change-detection-ucb", "detector=cusum")]
    public void WhatForgetsFindsTheBestItemAgainAfterAChange(string agent, params string[] settings)
    {
        // 200 users. After 15 rounds the best item, .8, falls to .1 and another rises from .1 to .8; 15 rounds later it is found.
        using var scope = NewDisposeScope();
        var before = tensor(new[] { .1f, .5f, .8f, .4f }).expand(200, 4);
        var after = tensor(new[] { .8f, .5f, .1f, .4f }).expand(200, 4);
        for (var seed = 1; seed <= 5; seed++)
        {
            using var one = Create(agent, settings, Toy.Spec(200, 4, 1), seed);
            Assert.Equal(.8, Toy.Train(one, before, null, 15, seed), 1e-5);
            Assert.Equal(.8, Toy.Train(one, after, null, 15, seed), 1e-5);
        }
    }

    [Fact]
    public void WhatForgetsNothingIsLeftBehindByAChange()
    {
        using var scope = NewDisposeScope();
        using var agent = Create("thompson", [], Toy.Spec(200, 4, 1), 1);
        Toy.Train(agent, tensor(new[] { .1f, .5f, .8f, .4f }).expand(200, 4), null, 15, 1);
        Assert.InRange(Toy.Train(agent, tensor(new[] { .8f, .5f, .1f, .4f }).expand(200, 4), null, 15, 1), 0, .5 + 1e-5);
    }

    [Fact]
    public void LinUcbLearnsWhoLikesWhatWhereThompsonCannot()
    {
        // Two groups of opposite taste: the optimum is .8, any single item is worth .5, and so are random slates on average.
        using var scope = NewDisposeScope();
        var features = cat([ones(40, 1), ones(40, 1).neg()]);
        var probabilities = cat([tensor(new[] { .8f, .2f }).expand(40, 2), tensor(new[] { .2f, .8f }).expand(40, 2)]);
        for (var seed = 1; seed <= 5; seed++)
        {
            Assert.Equal(.8, Train("linucb", [], probabilities, features, 20, seed), 1e-5);
            Assert.Equal(.5, Train("thompson", [], probabilities, features, 20, seed), 1e-5);
        }
    }

    [Theory]
    [InlineData("hybrid-linucb")]
    [InlineData("hlinucb")]
    [InlineData("linear-thompson")]
    [InlineData("logistic-ucb")]
    [InlineData("logistic-thompson")]
    [InlineData("knn")]
    [InlineData("tree-bootstrap", "members=4", "growth=1")]
    public void ContextualAgentsLearnWhoLikesWhat(string agent, params string[] settings)
    {
        using var scope = NewDisposeScope();
        var features = cat([ones(40, 1), ones(40, 1).neg()]);
        var probabilities = cat([tensor(new[] { .8f, .2f }).expand(40, 2), tensor(new[] { .2f, .8f }).expand(40, 2)]);
        for (var seed = 1; seed <= 5; seed++)
            Assert.Equal(.8, Train(agent, settings, probabilities, features, 20, seed), 1e-5);
    }

    private static double Train(string name, string[] settings, Tensor probabilities, Tensor? features, int rounds, int seed)
    {
        var spec = Toy.Spec((int)probabilities.shape[0], (int)probabilities.shape[1], 1, (int)(features?.shape[1] ?? 0), rounds);
        using var agent = Create(name, settings, spec, seed);
        return Toy.Train(agent, probabilities, features, rounds, seed);
    }

    private static IAgent Create(string name, string[] settings, EnvironmentSpec spec, int seed)
    {
        var registration = AgentRegistry.Find(name);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        return registration.Create(Toy.Context(spec, seed), options);
    }
}
