using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class VirtualCountsTests
{
    [Theory]
    [InlineData(10, 1, 20)]
    [InlineData(10, 3, 20)]
    [InlineData(10, 1, 500)]
    [InlineData(40, 5, 500)]
    [InlineData(3, 3, 50)]
    public void SharesAreThoseOfABatchFilledOneByOne(int items, int slateSize, int users)
    {
        // The twin gives showing after showing to the highest index that not every user was shown yet, and counts it at once. Its whole counts lie less than 1 above those at its own level, of
        // the same sum, so that the two differ by less than 2·N in all; straight lines between points 1.2 times apart may add 2 %.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 5; seed++)
        {
            var (shown, means) = World(items, seed);
            var expected = OneByOne(shown, means, slateSize, users);
            var shares = Shares(shown, means, slateSize, users, null);
            Assert.Equal(slateSize, shares.Sum(), 1e-9);
            var apart = shares.Zip(expected, (share, count) => Math.Abs((share * users) - count)).Sum();
            Assert.InRange(apart, 0, (2 * items) + (.02 * users * slateSize));
        }
    }

    [Fact]
    public void ItemsThatAreAlikeGetAlikeShares()
    {
        using var scope = NewDisposeScope();
        foreach (var slateSize in new[] { 1, 2, 5 })
            Assert.All(Shares([.. Enumerable.Repeat(7.0, 5)], [.. Enumerable.Repeat(.5, 5)], slateSize, 100, null), share => Assert.Equal(slateSize / 5.0, share, 1e-9));
    }

    [Fact]
    public void AnItemNeverShownIsTriedFirstButDoesNotTakeTheWholeBatch()
    {
        using var scope = NewDisposeScope();
        // Of two users each item that was never shown gets one; of 1000 it gets its turn and no more than its index earns.
        var few = Shares([50, 50, 0, 0], [.9, .2, .5, .5], 1, 2, null, unseen: [false, false, true, true]);
        Assert.Equal([0, 0, .5, .5], few.Select(share => Math.Round(share, 6)));
        var many = Shares([50, 50, 0, 0], [.9, .2, .5, .5], 1, 1000, null, unseen: [false, false, true, true]);
        Assert.InRange(many[2] * 1000, 1, 50);
        Assert.InRange(many[0], .9, 1);
    }

    [Fact]
    public void MaskedUsersGetTheSharesOfABatchOfSuchUsers()
    {
        using var scope = NewDisposeScope();
        var (shown, means) = World(8, 4);
        bool[] open = [true, false, true, true, false, true, true, false];
        var left = Enumerable.Range(0, 8).Where(item => open[item]).ToArray();
        var expected = OneByOne([.. left.Select(item => shown[item])], [.. left.Select(item => means[item])], 2, 200);
        var mask = tensor(open).unsqueeze(0);
        var shares = Shares(shown, means, 2, 200, cat([mask, ones([1, 8], ScalarType.Bool)]));
        Assert.Equal(2, shares.Take(8).Sum(), 1e-9);
        Assert.All(Enumerable.Range(0, 8).Where(item => !open[item]), item => Assert.Equal(0, shares[item]));
        // Without refinement of the levels: within 3 % of the batch.
        foreach (var (item, count) in left.Zip(expected))
            Assert.InRange(shares[item] * 200, count - 6, count + 6);
        // The other row is not masked, and neither row knows of the other.
        Assert.All(shares.Skip(8).Zip(Shares(shown, means, 2, 200, null)), pair => Assert.Equal(pair.Second, pair.First, .03));
    }

    [Fact]
    public void AMaskOfExactlyKItemsShowsThemAll()
    {
        using var scope = NewDisposeScope();
        var (shown, means) = World(6, 2);
        var mask = tensor([false, true, false, false, true, false]).unsqueeze(0);
        Assert.Equal([0, 1, 0, 0, 1, 0], Shares(shown, means, 2, 30, mask).Select(share => Math.Round(share, 9)));
    }

    [Fact]
    public void AnIndexWithoutBonusGivesTheBatchToTheHighestMeans()
    {
        using var scope = NewDisposeScope();
        var points = VirtualCounts.Points(100, CPU);
        var means = tensor(new[] { .1, .9, .5, .7 });
        var shares = VirtualCounts.Shares(points, means.expand(points.shape[0], 4), zeros(4, ScalarType.Bool), 2, null);
        shares.AssertNear(0, 1, 0, 1);
    }

    private static (double[] Shown, double[] Means) World(int items, int seed)
    {
        var luck = new RandomStream(seed, "world");
        return ([.. luck.Uniform(0, CPU, items).data<float>().Select(u => 1 + Math.Floor(60 * u * u))], [.. luck.Uniform(1, CPU, items).data<float>().Select(u => (double)u)]);
    }

    /// <summary>UCB1 with c = ½ and ln n = 6.</summary>
    private static double[] Shares(double[] shown, double[] means, int slateSize, double users, Tensor? eligible, bool[]? unseen = null)
    {
        var points = VirtualCounts.Points(users, CPU);
        var indices = tensor(means) + (3.0 / (tensor(shown) + points)).sqrt();
        return VirtualCounts.Shares(points, indices, unseen is null ? zeros(means.Length, ScalarType.Bool) : tensor(unseen), slateSize, eligible).data<double>().ToArray();
    }

    private static int[] OneByOne(double[] shown, double[] means, int slateSize, int users)
    {
        var counts = new int[means.Length];
        for (var showing = 0; showing < users * slateSize; showing++)
            counts[Enumerable.Range(0, means.Length).Where(item => counts[item] < users).MaxBy(item => means[item] + Math.Sqrt(3 / (shown[item] + counts[item])))]++;
        return counts;
    }
}
