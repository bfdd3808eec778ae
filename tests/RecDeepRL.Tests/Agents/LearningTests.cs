using RecDeepRL.Agents;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

/// <summary>Each classical agent finds the optimum of a toy that it can represent, for five seeds out of five.</summary>
public sealed class LearningTests
{
    [Theory]
    [InlineData("epsilon-greedy")]
    [InlineData("greedy", "priorMean=1", "priorStrength=20")]
    [InlineData("ucb")]
    [InlineData("thompson")]
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
        var registration = AgentRegistry.Find(name);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        using var agent = registration.Create(Toy.Context(spec, seed), options);
        return Toy.Train(agent, probabilities, features, rounds, seed);
    }
}
