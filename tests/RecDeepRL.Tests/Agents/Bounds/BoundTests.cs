using RecDeepRL.Agents.Bounds;
using RecDeepRL.Core;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bounds;

public sealed class BoundTests
{
    [Fact]
    public void TheOracleGivesEveryUserTheBestItemsOfTheMoment()
    {
        using var scope = NewDisposeScope();
        using var agent = new OracleAgent(Toy.Context(Toy.Spec(2, 3, 2)));
        agent.Reveal(new Truth(
            tensor(new[,] { { .1f, .5f, .9f }, { .6f, .5f, .4f } }),
            tensor(new[,] { { .9f, .5f, .6f }, { .1f, .2f, .3f } })));
        Assert.Equal([[2, 1], [0, 1]], Toy.Slates(agent, Toy.Observe(2), Exploit));
        Assert.Equal([[0, 2], [2, 1]], Toy.Slates(agent, Toy.Observe(2, iteration: 1), Explore));
        Assert.Equal([[2, 1]], Toy.Slates(agent, Toy.Observe(1, iteration: 1, ids: tensor([1L])), Explore));
    }

    [Fact]
    public void TheBestFixedListIsTheBestOnAverageOverUsersAndIterations()
    {
        // Means of the four rows: item 0 (.1 + .6 + .9 + .1)/4 = .425, item 1 (.5 + .5 + .5 + .2)/4 = .425 …, item 2 (.9 + .4 + .6 + .4)/4 = .575,
        // item 3 (.2 + .4 + .6 + .8)/4 = .5. The first iteration alone would prefer item 1 (.5) to item 3 (.3).
        using var scope = NewDisposeScope();
        var truth = new Truth(
            tensor(new[,] { { .1f, .5f, .9f, .2f }, { .6f, .5f, .4f, .4f } }),
            tensor(new[,] { { .9f, .5f, .6f, .6f }, { .1f, .2f, .4f, .8f } }));
        using var agent = new BestFixedAgent(Toy.Context(Toy.Spec(2, 4, 2, iterations: 2)));
        agent.Reveal(truth);
        Assert.All(Toy.Slates(agent, Toy.Observe(2), Exploit), slate => Assert.Equal([2, 3], slate));
        using var stationary = new BestFixedAgent(Toy.Context(Toy.Spec(2, 4, 2, iterations: 2)));
        stationary.Reveal(new Truth(truth.Tables[0]));
        Assert.All(Toy.Slates(stationary, Toy.Observe(2), Exploit), slate => Assert.Equal([2, 1], slate));
    }

    [Fact]
    public void TheBestFixedListIsOneListEvenAmongTies()
    {
        using var scope = NewDisposeScope();
        var counts = new long[6];
        for (var seed = 0; seed < 600; seed++)
        {
            using var agent = new BestFixedAgent(Toy.Context(Toy.Spec(20, 6, 2), seed));
            agent.Reveal(new Truth(full([20, 6], .5f)));
            var slates = Toy.Slates(agent, Toy.Observe(20, drawKey: seed), Explore);
            Assert.All(slates, slate => Assert.Equal(slates[0], slate));
            counts[slates[0][0]]++;
        }
        Chance.AssertUniform(counts);
    }

    [Fact]
    public void MorePairsThanAreAskedAboutAtOnceAreAveragedInParts()
    {
        // 3000 users × 500 items are 1.5 million pairs. Item i is worth i/1000 to the first 1500 users and (499 − i)/500 to the others:
        // the sum falls with i, so the first item wins although the first half prefers the last.
        using var scope = NewDisposeScope();
        var rising = arange(500, ScalarType.Float32).div(1000).expand(1500, 500);
        var falling = arange(499, -1, -1, ScalarType.Float32).div(500).expand(1500, 500);
        using var agent = new BestFixedAgent(Toy.Context(Toy.Spec(3000, 500, 3)));
        agent.Reveal(new Truth(cat([rising, falling])));
        Assert.Equal([0, 1, 2], Toy.Slates(agent, Toy.Observe(1), Exploit)[0]);
    }

    [Fact]
    public void BoundsRefuseToGuessWithoutTheTruth()
    {
        using var scope = NewDisposeScope();
        using var oracle = new OracleAgent(Toy.Context(Toy.Spec(2, 3, 2)));
        using var bestFixed = new BestFixedAgent(Toy.Context(Toy.Spec(2, 3, 2)));
        Assert.Throws<InvalidOperationException>(() => oracle.Recommend(Toy.Observe(2), Exploit));
        Assert.Throws<InvalidOperationException>(() => bestFixed.Recommend(Toy.Observe(2), Exploit));
    }

    /// <param name="tables">[U, N] for each iteration; one table for a stationary truth.</param>
    private sealed class Truth(params Tensor[] tables) : ITruth
    {
        public Tensor[] Tables => tables;

        public bool IsStationary => tables.Length == 1;

        public Tensor ExpectedResponses(Tensor userIds, long iteration) => tables[IsStationary ? 0 : iteration].index_select(0, userIds);

        public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => ExpectedResponses(userIds, iteration).gather(1, slates);
    }
}
