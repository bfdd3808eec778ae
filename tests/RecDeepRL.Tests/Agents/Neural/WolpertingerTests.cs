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

    private static Observation Observe(long users, Tensor? eligible = null) => new()
    {
        UserIds = arange(users, ScalarType.Int64),
        RecentItems = full([users, 1], -1L, ScalarType.Int64),
        RecentResponses = zeros(users, 1),
        EligibleItems = eligible,
        Iteration = 0,
        DrawKey = 0,
    };
}
