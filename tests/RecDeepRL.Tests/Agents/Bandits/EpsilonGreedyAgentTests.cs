using RecDeepRL.Agents.Bandits;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class EpsilonGreedyAgentTests
{
    private const int Users = 20_000;

    [Fact]
    public void ASlotThatExploresShowsAnyItemWithEqualProbability()
    {
        // K = 1, ε = .3, five items, item 3 best: it is shown with .7 + .3/5 = .76, each other with .3/5 = .06.
        using var scope = NewDisposeScope();
        using var agent = Make(.3, slateSize: 1);
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 5).data<long>().ToArray();
        Chance.AssertFrequencies(counts, [.06, .06, .06, .76, .06]);
    }

    [Fact]
    public void SlotsExploreApart()
    {
        // K = 2, ε = .3: the greedy slate is (3, 1). Slots keep their item with .7; with two open slots the pair is any of the 20 ordered pairs.
        // Slot 1 explores alone (.21): its item is one of the four that are not item 1, kept in slot 2. Likewise slot 2.
        using var scope = NewDisposeScope();
        using var agent = Make(.3, slateSize: 2);
        var slates = agent.Recommend(Toy.Observe(Users), Explore);
        var pairs = slates.select(1, 0).mul(5).add(slates.select(1, 1)).bincount(null, 25).data<long>().ToArray();
        var expected = new double[25];
        for (var first = 0; first < 5; first++)
            for (var second = 0; second < 5; second++)
                if (first != second)
                    expected[(first * 5) + second] = (first == 3 && second == 1 ? .49 : 0) + (second == 1 ? .21 / 4 : 0) + (first == 3 ? .21 / 4 : 0) + (.09 / 20);
        Assert.All(Enumerable.Range(0, 5), item => Assert.Equal(0, pairs[item * 6]));
        var possible = Enumerable.Range(0, 25).Where(pair => expected[pair] > 0).ToList();
        Chance.AssertFrequencies([.. possible.Select(pair => pairs[pair])], [.. possible.Select(pair => expected[pair])]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void TheExtremesAreGreedyAndRandom(double epsilon)
    {
        using var scope = NewDisposeScope();
        using var agent = Make(epsilon, slateSize: 1);
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 5).data<long>().ToArray();
        if (epsilon == 0)
            Assert.Equal(Users, counts[3]);
        else
            Chance.AssertUniform(counts);
    }

    [Fact]
    public void ExploitModeDoesNotExplore()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(1, slateSize: 2);
        Assert.All(Toy.Slates(agent, Toy.Observe(100), Exploit), slate => Assert.Equal([3, 1], slate));
    }

    [Fact]
    public void AFallingEpsilonGoesByTheRoundsLearnedFrom()
    {
        // Taught once: ε = .8/(1 + 3·1) = .2. Item 3 is shown with .8 + .2/5, the others with .2/5.
        using var scope = NewDisposeScope();
        using var agent = Make(.8, slateSize: 1, Decay.Reciprocal, 3);
        var counts = agent.Recommend(Toy.Observe(Users), Explore).reshape(-1).bincount(null, 5).data<long>().ToArray();
        Chance.AssertFrequencies(counts, [.04, .04, .04, .84, .04]);
        using var told = agent.Explain(Toy.Observe(1), tensor(new long[] { 3 }, [1, 1]), Explore);
        told.Propensity!.AssertNear(.84);
    }

    [Fact]
    public void ExplorationKeepsToEligibleItems()
    {
        using var scope = NewDisposeScope();
        using var agent = Make(1, slateSize: 2);
        var eligible = tensor([true, false, true, false, true]).expand(1000, 5);
        Assert.All(Toy.Slates(agent, Toy.Observe(1000, eligible: eligible), Explore), slate =>
        {
            Assert.Equal(2, slate.Distinct().Count());
            Assert.All(slate, item => Assert.Contains(item, new long[] { 0, 2, 4 }));
        });
    }

    /// <summary>Means 0, 1/2, 1/4, 3/4 and none.</summary>
    private static EpsilonGreedyAgent Make(double epsilon, int slateSize, Decay decay = Decay.Constant, double rate = 1)
    {
        var agent = new EpsilonGreedyAgent(Toy.Context(Toy.Spec(Users, 5, slateSize)), new EpsilonGreedyOptions { Epsilon = epsilon, Decay = decay, DecayRate = rate });
        Toy.Teach(agent, (4, 0), (4, 2), (4, 1), (4, 3), (0, 0));
        return agent;
    }
}
