using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

/// <summary>What options shared by the collaborative agents change, beside what the contract tests hold for the defaults.</summary>
public sealed class CollaborativeAgentTests
{
    private const int Users = 20;
    private const int Items = 8;

    public static TheoryData<string, string[]> Settings => new()
    {
        { "implicit-als", ["posterior=ucb"] },
        { "implicit-als", ["posterior=thompson", "discount=0.9"] },
        { "implicit-als", ["posterior=ucb", "factorUncertainty=false", "biases=false", "pairWeight=0.1"] },
        { "logistic-mf", ["posterior=ucb", "fitInterval=2"] },
        { "logistic-mf", ["posterior=thompson", "batchUsers=7"] },
        { "logistic-mf", ["posterior=ucb", "factorUncertainty=false", "batchUsers=none"] },
        { "item-knn", ["candidates=4", "responsesPerCut=3"] },
        { "item-knn", ["rows=answers", "pairEvidence=false"] },
        { "ease", ["posterior=thompson", "pairStrength=5"] },
        { "slim", ["exploration=softmax", "warmup=3"] },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void AResumedAgentGoesOnAndPartsOfABatchGetTheSlatesOfTheWhole(string name, string[] settings)
    {
        using var scope = NewDisposeScope();
        var probabilities = Table.TwoTastes(Users, Items);
        using var straight = Create(name, settings);
        Table.Teach(straight, probabilities, 2, 5);
        using var state = MemoryCheckpoint.Of(straight);
        using var resumed = Create(name, settings);
        resumed.Load(state);
        foreach (var agent in new[] { straight, resumed })
            Table.Teach(agent, probabilities, 2, 4, seed: 9);
        using var expected = MemoryCheckpoint.Of(straight);
        using var end = MemoryCheckpoint.Of(resumed);
        expected.AssertSameAs(end);
        var everyone = Toy.Observe(Users, drawKey: 77);
        foreach (var mode in Enum.GetValues<RecommendationMode>())
        {
            var whole = straight.Recommend(everyone, mode);
            Assert.True(whole.SameAs(resumed.Recommend(everyone, mode)));
            Assert.True(whole.SameAs(cat([straight.Recommend(everyone.Slice(0, 1), mode), straight.Recommend(everyone.Slice(1, Users - 1), mode)])));
        }
    }

    [Fact]
    public void OnlyTheBestItemsAreCandidates()
    {
        // Items 0 to 2 are always answered and the others never: after 40 responses of 20 users, 2 each, the best 4 of 8 are left, after 80 the best 3.
        using var scope = NewDisposeScope();
        using var agent = Create("ease", ["candidates=3", "responsesPerCut=2", "posterior=ucb"]);
        var probabilities = cat([ones(Users, 3), zeros(Users, Items - 3)], 1);
        Assert.True(Seen(agent).Length > 4);
        Table.Teach(agent, probabilities, 2, 1);
        Assert.Equal(4, Seen(agent).Length);
        Table.Teach(agent, probabilities, 2, 1, seed: 4);
        Assert.Equal([0, 1, 2], Seen(agent));
        Assert.All(Toy.Slates(agent, Toy.Observe(Users), Exploit), slate => Assert.All(slate, item => Assert.InRange(item, 0, 2)));

        static long[] Seen(IAgent agent) => [.. Enumerable.Range(0, 10).SelectMany(key => Toy.Slates(agent, Toy.Observe(Users, drawKey: key), Explore)).SelectMany(slate => slate).Distinct().Order()];
    }

    [Fact]
    public void WarmRoundsShowAnything()
    {
        using var scope = NewDisposeScope();
        using var agent = Create("ease", ["warmup=2", "exploration=none"]);
        var probabilities = cat([ones(Users, 2), zeros(Users, Items - 2)], 1);
        for (var round = 1; round <= 2; round++)
        {
            Assert.Equal(Items, Toy.Slates(agent, Toy.Observe(Users), Explore).SelectMany(slate => slate).Distinct().Count());
            Table.Teach(agent, probabilities, 4, 1, seed: round);
        }
        Assert.All(Toy.Slates(agent, Toy.Observe(Users), Explore), slate => Assert.Equal([0, 1], slate.Order()));
    }

    private static IAgent Create(string name, string[] settings)
    {
        var registration = AgentRegistry.Find(name);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        return registration.Create(Toy.Context(Toy.Spec(Users, Items, 2)), options);
    }
}
