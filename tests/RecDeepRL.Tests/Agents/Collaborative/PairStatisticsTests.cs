using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class PairStatisticsTests
{
    [Fact]
    public void ShowingsAndResponsesAreCountedForEachPair()
    {
        using var scope = NewDisposeScope();
        using var statistics = new PairStatistics(Toy.Spec(3, 4, 2));
        Show(statistics, [2, 0], new[,] { { 1L, 3L }, { 3L, 0L } }, new[,] { { 1f, 0f }, { 1f, 1f } });
        Show(statistics, [2], new[,] { { 3L, 1L } }, new[,] { { 1f, 1f } });
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 2], statistics.Shown.data<float>().ToArray());
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1], statistics.Responses.data<float>().ToArray());
    }

    [Fact]
    public void ItemMeansAreDrawnTowardsTheMeanOfAll()
    {
        // Item 0: 1 of 2; item 1: 3 of 3; item 2: 0 of 3; item 3: never. All: 4 of 8 = .5. With two showings of .5: (1 + 1)/4, (3 + 1)/5, (0 + 1)/5, 1/2.
        using var scope = NewDisposeScope();
        using var statistics = new PairStatistics(Toy.Spec(8, 4, 1));
        Show(statistics, [0, 1, 2, 3, 4, 5, 6, 7], new[,] { { 0L }, { 0L }, { 1L }, { 1L }, { 1L }, { 2L }, { 2L }, { 2L } }, new[,] { { 1f }, { 0f }, { 1f }, { 1f }, { 1f }, { 0f }, { 0f }, { 0f } });
        Assert.Equal([.5, .8, .2, .5], statistics.ItemMeans(2).data<double>().ToArray().Select(mean => Math.Round(mean, 12)));
        Assert.Equal([.5, 1, 0, 0], statistics.ItemMeans(0).data<double>().ToArray().Select(mean => Math.Round(mean, 12)));
    }

    [Fact]
    public void PairsOfResponsesEstimateTheMeanSquare()
    {
        // One item, 4000 users, half of probability .8 and half of .2, shown three times: E[p²] = (.64 + .04)/2 = .34, three pairs for each user.
        // A user's share of two clicks among the three pairs has a variance below .34 · .66, so 4σ < 4 · √(.2244 / 4000) = .03.
        using var scope = NewDisposeScope();
        using var statistics = new PairStatistics(Toy.Spec(4000, 1, 1));
        var ids = arange(4000, ScalarType.Int64);
        var probabilities = where(ids.lt(2000), .8, .2);
        var coins = new RandomStream(1, "coins");
        for (var round = 0; round < 3; round++)
        {
            var responses = coins.Uniform(round, ids).lt(probabilities).to_type(ScalarType.Float32).unsqueeze(1);
            statistics.Add(Toy.Feedback(Toy.Observe(4000), zeros([4000, 1], ScalarType.Int64), responses));
        }
        var (twoClicks, pairs) = statistics.CentredProducts(zeros(1, ScalarType.Float64));
        Assert.Equal(12000, pairs.item<double>());
        Assert.InRange(twoClicks.item<double>() / 12000, .34 - .03, .34 + .03);
    }

    [Fact]
    public void ProductsOfRepeatedResponsesAreSummedByHand()
    {
        // User 0 saw item 0 three times, two clicks: 3 pairs, one of two clicks, two of one. User 1 saw it once: none.
        // Around ½: ½·½ − ½·½ − ½·½ = −¼. User 0 alone the same, user 1 alone nothing.
        using var scope = NewDisposeScope();
        using var statistics = new PairStatistics(Toy.Spec(2, 2, 1));
        Show(statistics, [0], new[,] { { 0L } }, new[,] { { 1f } });
        Show(statistics, [0, 1], new[,] { { 0L }, { 0L } }, new[,] { { 0f }, { 1f } });
        Show(statistics, [0], new[,] { { 0L } }, new[,] { { 1f } });
        Check(statistics.CentredProducts(zeros(2, ScalarType.Float64)), [1, 0], [3, 0]);
        Check(statistics.CentredProducts(full(2, .5, ScalarType.Float64)), [-.25, 0], [3, 0]);
        Check(statistics.CentredProducts(full(2, .5, ScalarType.Float64), tensor(new[] { true, false }).unsqueeze(1)), [-.25, 0], [3, 0]);
        Check(statistics.CentredProducts(full(2, .5, ScalarType.Float64), tensor(new[] { false, true }).unsqueeze(1)), [0, 0], [0, 0]);

        static void Check((Tensor Products, Tensor Count) sums, double[] products, double[] count)
        {
            Assert.Equal(products, sums.Products.data<double>().ToArray());
            Assert.Equal(count, sums.Count.data<double>().ToArray());
        }
    }

    [Fact]
    public void ATableTooLargeIsRefusedWithItsLimit()
    {
        var message = Assert.Throws<UserMistakeException>(() => new PairStatistics(Toy.Spec(1_000_000, 1000, 1))).Message;
        Assert.Equal(
            "This agent keeps a table of all pairs of user and item: 1000000 users and 1000 items make 1000000000 pairs, allowed are at most 134217728. Ask for fewer users or items, or take another agent.",
            message);
    }

    private static void Show(PairStatistics statistics, long[] users, long[,] slates, float[,] responses) =>
        statistics.Add(Toy.Feedback(Toy.Observe(users.Length, ids: tensor(users)), tensor(slates), tensor(responses)));
}
