using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class GreedyAgentTests
{
    private static readonly EnvironmentSpec s_spec = Toy.Spec(users: 4, items: 4, slateSize: 4);

    [Fact]
    public void ItemsRankByTheirMeanResponse()
    {
        // Means 1/4, 2/2, none, 3/4; an item never shown counts as priorMean, 0, while exploring.
        using var scope = NewDisposeScope();
        using var agent = new GreedyAgent(Toy.Context(s_spec), new GreedyOptions());
        Toy.Teach(agent, (4, 1), (2, 2), (0, 0), (4, 3));
        Assert.All(Toy.Slates(agent, Toy.Observe(4), Explore), slate => Assert.Equal([1, 3, 0, 2], slate));
    }

    [Fact]
    public void AnOptimisticStartShowsNewItemsUntilTheyDisappoint()
    {
        // Prior mean 2 of strength 1: (2 + 1)/(1 + 4) = .6, (2 + 2)/(1 + 2) = 1.33, 2, (2 + 3)/(1 + 4) = 1.
        using var scope = NewDisposeScope();
        using var agent = new GreedyAgent(Toy.Context(s_spec), new GreedyOptions { PriorMean = 2, PriorStrength = 1 });
        Toy.Teach(agent, (4, 1), (2, 2), (0, 0), (4, 3));
        Assert.All(Toy.Slates(agent, Toy.Observe(4), Explore), slate => Assert.Equal([2, 1, 3, 0], slate));
        // Exploit mode knows no optimism: means 1, .75, .25, and the item never shown last.
        Assert.All(Toy.Slates(agent, Toy.Observe(4), Exploit), slate => Assert.Equal([1, 3, 0, 2], slate));
    }

    [Fact]
    public void ItemsNeverShownComeLastInExploitModeEvenBehindItemsWithoutAnyResponse()
    {
        using var scope = NewDisposeScope();
        using var agent = new GreedyAgent(Toy.Context(s_spec), new GreedyOptions());
        Toy.Teach(agent, (0, 0), (3, 0), (3, 1), (0, 0));
        Assert.All(Toy.Slates(agent, Toy.Observe(4), Exploit), slate => Assert.Equal([2, 1], slate.Take(2)));
    }

    [Fact]
    public void FiguresToLogAreTheItemsShownAndTheBestMean()
    {
        using var agent = new GreedyAgent(Toy.Context(s_spec), new GreedyOptions());
        Assert.Equal(0, agent.Diagnose()["items_shown"]);
        Toy.Teach(agent, (4, 1), (2, 1), (0, 0), (4, 3));
        Assert.Equal((3, .75), (agent.Diagnose()["items_shown"], agent.Diagnose()["best_mean"]));
    }

    [Fact]
    public void BatchesAddUp()
    {
        using var scope = NewDisposeScope();
        using var agent = new GreedyAgent(Toy.Context(s_spec), new GreedyOptions());
        Toy.Teach(agent, (1, 0), (1, 1), (1, 1), (1, 0)); // 0/1, 1/1, 1/1, 0/1
        Toy.Teach(agent, (2, 2), (3, 0), (1, 1), (3, 1)); // 2/3, 1/4, 2/2, 1/4 → then:
        Toy.Teach(agent, (0, 0), (0, 0), (0, 0), (1, 1)); // 2/3, 1/4, 2/2, 2/5
        Assert.All(Toy.Slates(agent, Toy.Observe(4), Exploit), slate => Assert.Equal([2, 0, 3, 1], slate));
    }
}
