using RecDeepRL.Agents;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

/// <summary>What a collaborative agent learns of a user from others, for five seeds out of five.</summary>
public sealed class CollaborativeLearningTests
{
    public static TheoryData<string, string[]> Agents => new()
    {
        { "implicit-als", ["factors=2"] },
        { "implicit-als", ["factors=2", "posterior=ucb"] },
        { "implicit-als", ["factors=2", "posterior=thompson"] },
        { "logistic-mf", ["factors=2"] },
        { "logistic-mf", ["factors=2", "posterior=ucb"] },
        { "logistic-mf", ["factors=2", "posterior=thompson"] },
        { "logistic-mf", ["factors=2", "exploration=softmax"] },
        { "item-knn", ["similarityShrinkage=10"] },
        { "ease", ["ridge=5"] },
        { "slim", ["ridge=3", "lasso=0.5"] },
        { "slim", ["ridge=3", "lasso=0.5", "posterior=ucb", "pairEvidence=true"] },
    };

    [Theory]
    [MemberData(nameof(Agents))]
    public void UsersOfTwoTastesGetTheirOwnItems(string agent, string[] settings)
    {
        // Every item is worth .5 to users on average, so the most popular two are worth 1; each user's own are worth 1.6. Half of the way is asked
        // for, without what a user's own responses to an item say of that item.
        using var scope = NewDisposeScope();
        string[] all = settings.Contains("pairEvidence=true") ? settings : [.. settings, "pairEvidence=false"];
        for (var seed = 1; seed <= 5; seed++)
            Assert.InRange(Train(agent, all, Table.TwoTastes(60, 20), 30, seed), 1.3, 1.6001);
    }

    [Theory]
    [InlineData("implicit-als")]
    [InlineData("logistic-mf")]
    [InlineData("item-knn")]
    [InlineData("ease")]
    [InlineData("slim")]
    public void TastesThatNobodySharesAreLearnedFromTheUsersOwnResponses(string agent)
    {
        // Each of 40 users likes two of six items at random, .9 against .1: the most popular items are worth 2·(.1 + .8/3) = .73 on average, the
        // optimum is 1.8. 40 rounds of two items, more to those liked: half of the way is asked for.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 5; seed++)
        {
            var luck = new RandomStream(seed, "own").Uniform(0, CPU, 40, 6);
            var probabilities = luck.argsort(1).argsort(1).lt(2).to_type(ScalarType.Float32).mul_(.8).add_(.1);
            Assert.InRange(Train(agent, ["epsilon=0.2"], probabilities, 40, seed), 1.27, 1.8001);
        }
    }

    [Theory]
    [InlineData("implicit-als")]
    [InlineData("ease")]
    public void WhatIsNoLongerTrueIsForgottenIfAskedFor(string agent)
    {
        // Item 0 is worth .9 for 30 rounds and .1 from then on, item 1 always .5. After 30 further rounds a memory of 1/(1 − .8) = 5 rounds
        // knows item 0 by what it is worth now; all rounds together still tell of (.9 + .1)/2 = .5 or more.
        using var scope = NewDisposeScope();
        var (before, after) = (tensor(new[] { .9f, .5f }).expand(50, 2), tensor(new[] { .1f, .5f }).expand(50, 2));
        using var forgets = Create(agent, ["discount=0.8", "pairEvidence=false"], 50, 2, 1);
        Toy.Train(forgets, before, null, 30, 1);
        Assert.Equal(.5, Toy.Train(forgets, after, null, 30, 2), 1e-5);
    }

    [Theory]
    [InlineData("implicit-als")]
    [InlineData("logistic-mf")]
    [InlineData("item-knn")]
    [InlineData("ease")]
    [InlineData("slim")]
    public void ItemsNeverShownAreExploitedLast(string agent)
    {
        using var scope = NewDisposeScope();
        using var one = Create(agent, [], 4, 5, 5);
        one.Learn(Toy.Feedback(Toy.Observe(4), tensor(new long[] { 3, 1 }).expand(4, 2).contiguous(), zeros(4, 2)));
        foreach (var slate in Toy.Slates(one, Toy.Observe(4), Exploit))
            Assert.Equal([1, 3], slate.Take(2).Order());
    }

    private static double Train(string name, string[] settings, Tensor probabilities, int rounds, int seed)
    {
        using var agent = Create(name, settings, (int)probabilities.shape[0], (int)probabilities.shape[1], 2, seed);
        return Toy.Train(agent, probabilities, null, rounds, seed);
    }

    private static RecDeepRL.Core.IAgent Create(string name, string[] settings, int users, int items, int slateSize, int seed = 1)
    {
        var registration = AgentRegistry.Find(name);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        return registration.Create(Toy.Context(Toy.Spec(users, items, slateSize), seed), options);
    }
}
