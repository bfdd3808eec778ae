using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class UcbAgentTests
{
    private const int Users = 40_000;

    [Theory]
    // n = 16, ln n = 2.7726. c = 2: .5 + √(5.5452/10) = 1.2447; .75 + √(5.5452/4) = 1.9274; 0 + √(5.5452/2) = 1.6651.
    [InlineData(2.0, 1, 2, 0)]
    // c = .1: .5 + .1665 = .6665; .75 + .2633 = 1.0133; 0 + .3723 = .3723.
    [InlineData(.1, 1, 0, 2)]
    // c = 20: .5 + 2.3548 = 2.8548; .75 + 3.7233 = 4.4733; 0 + 5.2655 = 5.2655.
    [InlineData(20.0, 2, 1, 0)]
    [InlineData(0.0, 1, 0, 2)]
    public void ItemsRankByMeanAndBonus(double exploration, long first, long second, long third)
    {
        using var scope = NewDisposeScope();
        using var agent = Make(3, new UcbOptions { Exploration = exploration, Selection = IndexSelection.Highest });
        Toy.Teach(agent, (10, 5), (4, 3), (2, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Explore), slate => Assert.Equal([first, second, third], slate));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Exploit), slate => Assert.Equal([1, 0, 2], slate)); // Means .75, .5, 0.
    }

    [Fact]
    public void UnseenItemsAreRecommendedBeforeSeenOnes()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(4, new UcbOptions { Selection = IndexSelection.Highest });
        Toy.Teach(agent, (10, 10), (0, 0), (1, 1), (0, 0));
        var slates = Toy.Slates(agent, Toy.Observe(1000), Explore);
        Assert.All(slates, slate => Assert.Equal([1, 3], slate.Take(2).Order()));
        Chance.AssertUniform([slates.Count(slate => slate[0] == 1), slates.Count(slate => slate[0] == 3)]);
        Assert.All(Toy.Slates(agent, Toy.Observe(10), Exploit), slate => Assert.Equal([1, 3], slate.Skip(2).Order()));
    }

    [Fact]
    public void BeforeAnyResponseAllItemsAreAlike()
    {
        using var scope = NewDisposeScope();
        foreach (var selection in Enum.GetValues<IndexSelection>())
        {
            using var agent = Make(4, new UcbOptions { Selection = selection }, slateSize: 1);
            foreach (var mode in Enum.GetValues<RecommendationMode>())
                Chance.AssertUniform(agent.Recommend(Toy.Observe(Users), mode).reshape(-1).bincount(null, 4).data<long>().ToArray());
        }
    }

    [Theory]
    [InlineData(Explore)]
    [InlineData(Exploit)]
    public void SampledSlatesAreDrawnWithoutReplacementInProportionToTheIndex(RecommendationMode mode)
    {
        // As above with c = .1, and item 3 never shown: 1 + √(.1·2.7726) = 1.5266. A pair (i, j) has probability pᵢ·pⱼ/(1 − pᵢ).
        using var scope = NewDisposeScope();
        using var agent = Make(4, new UcbOptions { Exploration = .1, Selection = IndexSelection.Sampled }, slateSize: 2);
        Toy.Teach(agent, (10, 5), (4, 3), (2, 0), (0, 0));
        var indices = new[]
        {
            .5 + Math.Sqrt(.1 * Math.Log(16) / 10), .75 + Math.Sqrt(.1 * Math.Log(16) / 4), Math.Sqrt(.1 * Math.Log(16) / 2), 1 + Math.Sqrt(.1 * Math.Log(16)),
        };
        Assert.Equal([.6665, 1.0133, .3723, 1.5266], indices.Select(index => Math.Round(index, 4)));
        var slates = agent.Recommend(Toy.Observe(Users), mode);
        var pairs = slates.select(1, 0).mul(4).add(slates.select(1, 1)).bincount(null, 16).data<long>().ToArray();
        var possible = Enumerable.Range(0, 16).Where(pair => pair / 4 != pair % 4).ToList();
        var total = indices.Sum();
        Chance.AssertFrequencies(
            [.. possible.Select(pair => pairs[pair])],
            [.. possible.Select(pair => indices[pair / 4] / total * indices[pair % 4] / (total - indices[pair / 4]))]);
        Assert.All(Enumerable.Range(0, 4), item => Assert.Equal(0, pairs[item * 5]));
    }

    private static UcbAgent Make(int items, UcbOptions options, int? slateSize = null) =>
        new(Toy.Context(Toy.Spec(Users, items, slateSize ?? items)), options);
}
