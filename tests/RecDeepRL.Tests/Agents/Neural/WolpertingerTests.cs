using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class WolpertingerTests
{
    private const int Users = 7;
    private const int Items = 23;

    [Theory]
    [InlineData(10, 1, 10)]
    [InlineData(1000, 10, 1000)]
    [InlineData(50_000, 10, 5000)]
    [InlineData(3000, 200, 2000)]
    [InlineData(4000, 10, 1000)]
    [InlineData(5000, 5000, 5000)]
    public void TheNumberOfCandidatesFollowsItemsAndSlots(int items, int slots, int expected) =>
        Assert.Equal(expected, Wolpertinger.DefaultCandidates(items, slots));

    [Fact]
    public void CandidatesAreTheNearestEligibleItems()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(4, "test");
        var points = stream.Normal(0, CPU, Users, 3);
        var items = stream.Normal(1, CPU, Items, 3);
        var eligible = stream.Uniform(2, CPU, Users, Items).gt(0.4f);
        var candidates = Wolpertinger.Candidates(Wolpertinger.Nearness(points, items), eligible, 5);
        for (var user = 0; user < Users; user++)
        {
            // The scalar reference: sort the eligible items by Euclidean distance.
            var expected = Enumerable.Range(0, Items).Where(item => eligible[user, item].item<bool>())
                .OrderBy(item => Enumerable.Range(0, 3).Sum(axis => Math.Pow(points[user, axis].item<float>() - items[item, axis].item<float>(), 2)))
                .Take(5).Select(item => (long)item);
            Assert.Equal(expected, candidates[user].data<long>().ToArray());
        }
    }

    [Fact]
    public void ValuesStandAtTheirItemsAndNoMaskedZeroBeatsANegativeOne()
    {
        using var scope = NewDisposeScope();
        // Candidates 4 and 1 with values −2 and −1: the slate is 1 then 4, although every other item could have been a 0.
        var scores = Wolpertinger.Spread(tensor(new[,] { { -2f, -1f } }), tensor(new[,] { { 4L, 1L } }), 6);
        using var observation = Observe(1);
        var slate = RecDeepRL.Agents.Ranking.Best(scores, observation, 2, new RandomStream(1, "ties"));
        Assert.Equal([1L, 4L], slate.data<long>().ToArray());
    }

    [Fact]
    public void RandomSlotsComeAtTheirRateAreUniformAndKeepSlatesDistinct()
    {
        using var scope = NewDisposeScope();
        const int Count = 20_000;
        using var observation = Observe(Count);
        var slates = tensor(new[,] { { 3L, 0L, 5L } }).expand(Count, 3).contiguous();
        var shown = Random(slates, observation, 8, 0.25);
        var changed = shown.ne(slates);
        // 60000 coins of .25: deviation √(.25 · .75 / 60000) = .00177; four of them .0071.
        Assert.InRange(changed.to_type(ScalarType.Float32).mean().item<float>(), 0.25f - 0.0071f, 0.25f + 0.0071f);
        var sorted = shown.sort(1).Values;
        Assert.False(sorted.narrow(1, 1, 2).eq(sorted.narrow(1, 0, 2)).any().item<bool>());
        // About 15000 replacements over the five other items: χ² with 4 degrees of freedom, mean 4, deviation √8; four of them give 15.3.
        var counts = shown.masked_select(changed).bincount(null, 8).data<long>().ToArray();
        var mean = counts.Sum() / 5.0;
        Assert.Equal(0, counts[3] + counts[0] + counts[5]);
        int[] others = [1, 2, 4, 6, 7];
        Assert.InRange(others.Sum(item => Math.Pow(counts[item] - mean, 2) / mean), 0, 15.3);
    }

    [Fact]
    public void RandomSlotsShowOnlyEligibleItemsAndKeepTheSlateWhereThereIsNoOther()
    {
        using var scope = NewDisposeScope();
        // Eligible for user 0: items 0, 1, 2, of which 0 and 1 are in the slate; for user 1 nothing beyond the slate.
        var eligible = tensor(new[,] { { true, true, true, false, false }, { true, true, false, false, false } });
        using var observation = Observe(2, eligible);
        var shown = Random(tensor(new[,] { { 0L, 1L }, { 0L, 1L } }), observation, 5, 1);
        Assert.Equal([2L, 1L], shown[0].data<long>().ToArray());
        Assert.Equal([0L, 1L], shown[1].data<long>().ToArray());
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    public void ASlateOfNearlyAllItemsStaysDistinct(int items, int slots)
    {
        using var scope = NewDisposeScope();
        using var observation = Observe(50);
        var slates = arange(slots, ScalarType.Int64).unsqueeze(0).expand(50, slots).contiguous();
        Guard.Slates(Random(slates, observation, items, 0.7), 50, Spec(items, slots));
    }

    private static Tensor Random(Tensor slates, Observation observation, int items, double probability) =>
        Wolpertinger.WithRandomSlots(slates, observation, items, probability, new RandomStream(1, "coins"), new RandomStream(1, "draws"));

    private static Observation Observe(long users, Tensor? eligible = null) => new()
    {
        UserIds = arange(users, ScalarType.Int64),
        RecentItems = full([users, 1], -1L, ScalarType.Int64),
        RecentResponses = zeros(users, 1),
        EligibleItems = eligible,
        Iteration = 0,
        DrawKey = 0,
    };

    private static EnvironmentSpec Spec(int items, int slots) => new()
    {
        Name = "toy",
        UserCount = 50,
        ItemCount = items,
        SlateSize = slots,
        HistoryLength = 1,
        UserFeatureCount = 0,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 1,
        PopulationFingerprint = "",
    };
}
