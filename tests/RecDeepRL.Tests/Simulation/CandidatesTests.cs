using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class CandidatesTests
{
    [Fact]
    public void EveryMaskHoldsExactlyTheCandidatesAskedFor()
    {
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(300, 10, 2), 4, false, 1, null, 3);
        Assert.All(Counts(candidates.EligibleTo(Everyone(300), 0)), count => Assert.Equal(4, count));
    }

    [Fact]
    public void EverySetOfCandidatesIsEquallyLikely()
    {
        // 2 of 5 items: 10 sets, 2000 users in 5 rounds, so 1000 of each are expected.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(2000, 5, 1), 2, false, 1, null, 3);
        var counts = new Dictionary<long, long>();
        for (var round = 0; round < 5; round++)
            foreach (var set in Sets(candidates.EligibleTo(Everyone(2000), round)))
                counts[set] = counts.GetValueOrDefault(set) + 1;
        Assert.Equal(10, counts.Count);
        Chance.AssertUniform(counts.Values);
    }

    [Fact]
    public void CandidatesOfAUserDependOnUserRoundAndSeedOnly()
    {
        // 70 000 pairs are more than one block on the CPU holds.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(7000, 10, 2), 4, false, .8, null, 3);
        using var other = new Candidates(Spec(7000, 10, 2), 4, false, .8, null, 4);
        var whole = candidates.EligibleTo(Everyone(7000), 5);
        var some = tensor(new long[] { 6999, 17, 3 });
        Assert.True(whole.index_select(0, some).SameAs(candidates.EligibleTo(some, 5)));
        Assert.False(whole.SameAs(candidates.EligibleTo(Everyone(7000), 6)));
        Assert.False(whole.SameAs(other.EligibleTo(Everyone(7000), 5)));
        other.Reset(3);
        Assert.True(whole.SameAs(other.EligibleTo(Everyone(7000), 5)));
    }

    [Fact]
    public void NothingSeenIsShownAgainUntilTooLittleIsLeft()
    {
        // 7 items, 2 a round: after three rounds one is left, too few for a slate, so everything may be shown again.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(3, 7, 2), null, true, 1, null, 0);
        var user = tensor(new long[] { 1 });
        foreach (var (slate, left) in new[] { (new long[] { 4, 0 }, new[] { 1, 2, 3, 5, 6 }), ([6, 2], [1, 3, 5]), ([1, 5], [0, 1, 2, 3, 4, 5, 6]), ([5, 1], [0, 2, 3, 4, 6]) })
        {
            candidates.Remember(user, tensor(slate).unsqueeze(0));
            Assert.Equal(left, ItemsOf(candidates.EligibleTo(user, 0)[0]));
        }
        Assert.Equal([7, 5, 7], Counts(candidates.EligibleTo(Everyone(3), 0))); // The others were shown nothing.
    }

    [Fact]
    public void AUserStartsOverWhenFewerThanTheCandidatesRemain()
    {
        // 10 items, 4 candidates, slates of 2: after three rounds 4 are left, just enough; after the fourth 2, too few.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(1, 10, 2), 4, true, 1, null, 0);
        var user = Everyone(1);
        var shown = new HashSet<int>();
        for (var round = 0; round < 4; round++)
        {
            var eligible = ItemsOf(candidates.EligibleTo(user, round)[0]);
            Assert.Equal(4, eligible.Length);
            Assert.Empty(eligible.Intersect(shown));
            candidates.Remember(user, tensor(new long[] { eligible[0], eligible[1] }).unsqueeze(0));
            shown.UnionWith(eligible[..2]);
        }
        // Nothing is remembered any more: over twenty draws of 4 in 10 every item comes up (each is missing with probability .6²⁰ = 4·10⁻⁵).
        var later = Enumerable.Range(4, 20).SelectMany(round => ItemsOf(candidates.EligibleTo(user, round)[0])).Distinct();
        Assert.Equal(10, later.Count());
    }

    [Fact]
    public void WhoIsAllowedFewItemsStartsOverWhenTheyAreSeen()
    {
        // User 0 may see 2 items, fewer than the 3 candidates: all of them are candidates, and seen ones come back at once.
        using var scope = NewDisposeScope();
        var allowed = ones([2, 6], ScalarType.Bool);
        allowed[0].copy_(tensor(new[] { true, false, false, true, false, false }));
        using var candidates = new Candidates(Spec(2, 6, 1), 3, true, 1, allowed, 0);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal([2, 3], Counts(candidates.EligibleTo(Everyone(2), round)));
            Assert.Equal([0, 3], ItemsOf(candidates.EligibleTo(Everyone(2), round)[0]));
            candidates.Remember(tensor(new long[] { 0 }), tensor(new long[] { 3 }).unsqueeze(0));
        }
    }

    [Fact]
    public void WhatIsForgottenMayBeShownAgain()
    {
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(3, 5, 1), null, true, 1, null, 0);
        candidates.Remember(Everyone(3), tensor(new long[] { 0, 1, 2 }).unsqueeze(1));
        candidates.Forget(tensor(new long[] { 1 }));
        Assert.Equal([4, 5, 4], Counts(candidates.EligibleTo(Everyone(3), 0)));
        using (var fresh = candidates.Fresh(8))
            Assert.Equal([5, 5, 5], Counts(fresh.EligibleTo(Everyone(3), 0)));
        Assert.Equal([4, 5, 4], Counts(candidates.EligibleTo(Everyone(3), 0)));
        candidates.Reset(0);
        Assert.Equal([5, 5, 5], Counts(candidates.EligibleTo(Everyone(3), 0)));
    }

    [Fact]
    public void AFreshMemorySharesTheAllowedPairsAndLeavesThemAlone()
    {
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(2, 3, 1), null, false, 1, eye(2, 3, ScalarType.Bool), 0);
        candidates.Fresh(1).Dispose();
        using var fresh = candidates.Fresh(1);
        Assert.True(fresh.EligibleTo(Everyone(2), 0).SameAs(eye(2, 3, ScalarType.Bool)));
    }

    [Fact]
    public void TheStockIsTheSameForEverybodyAndEveryStockEquallyLikely()
    {
        // .3 of 5 items are 1.5, rounded to 2: 10 stocks, 4000 rounds.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(3, 5, 1), null, false, .3, null, 2);
        var counts = new Dictionary<long, long>();
        for (var round = 0; round < 4000; round++)
        {
            using var roundScope = NewDisposeScope();
            var stock = Sets(candidates.EligibleTo(Everyone(3), round)).Distinct().Single();
            counts[stock] = counts.GetValueOrDefault(stock) + 1;
        }
        Assert.Equal(10, counts.Count);
        Chance.AssertUniform(counts.Values);
    }

    [Fact]
    public void TheStockFillsASlateAtLeast()
    {
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(2, 50, 3), null, false, .001, null, 2);
        Assert.Equal([3, 3], Counts(candidates.EligibleTo(Everyone(2), 0)));
    }

    [Fact]
    public void WhereTheStockLeavesTooLittleSeenItemsComeBackBeforeThoseOutOfStock()
    {
        // 8 items, 4 in stock; the user has seen items 0 to 5 and needs 2.
        using var scope = NewDisposeScope();
        using var candidates = new Candidates(Spec(1, 8, 2), null, true, .5, null, 2);
        using var stocks = new Candidates(Spec(1, 8, 2), null, false, .5, null, 2);
        candidates.Remember(Everyone(1), arange(2, ScalarType.Int64).unsqueeze(0));
        candidates.Remember(Everyone(1), arange(2, 4, ScalarType.Int64).unsqueeze(0));
        candidates.Remember(Everyone(1), arange(4, 6, ScalarType.Int64).unsqueeze(0));
        var unseenInStock = new HashSet<int>();
        for (var round = 0; round < 60; round++)
        {
            var stock = ItemsOf(stocks.EligibleTo(Everyone(1), round)[0]);
            var eligible = ItemsOf(candidates.EligibleTo(Everyone(1), round)[0]);
            var open = stock.Intersect([6, 7]).ToArray();
            Assert.Equal(2, eligible.Length);
            Assert.Subset(stock.ToHashSet(), eligible.ToHashSet());
            Assert.Subset(eligible.ToHashSet(), open.ToHashSet());
            unseenInStock.Add(open.Length);
        }
        Assert.Equal([0, 1, 2], unseenInStock.Order()); // The rounds were of all three kinds.
    }

    [Fact]
    public void APairThatIsNotAllowedIsNeverShownWhateverIsInStock()
    {
        using var scope = NewDisposeScope();
        var allowed = zeros([1, 8], ScalarType.Bool);
        allowed.narrow(1, 2, 3).fill_(true);
        using var candidates = new Candidates(Spec(1, 8, 3), null, false, .4, allowed, 2);
        for (var round = 0; round < 30; round++)
            Assert.Equal([2, 3, 4], ItemsOf(candidates.EligibleTo(Everyone(1), round)[0]));
    }

    [Fact]
    public void EveryUserAlwaysHasEnoughItemsForASlate()
    {
        var options =
            from items in Gen.Int[1, 12]
            from slots in Gen.Int[1, items]
            from count in Gen.Int[slots, items].Nullable()
            from excludeSeen in Gen.Bool
            from availability in Gen.Double[.01, 1]
            from allowedShare in Gen.Double[0, 1.2]
            from seed in Gen.Long
            select (items, slots, count, excludeSeen, availability, allowedShare, seed);
        options.Sample(one =>
        {
            const int users = 5;
            using var scope = NewDisposeScope();
            var spec = Spec(users, one.items, one.slots);
            var luck = new RandomStream(one.seed, "allowed").Uniform(0, CPU, users, one.items);
            // At least the K lowest draws are allowed; from a share of 1 on there is no restriction.
            var allowed = one.allowedShare >= 1 ? null : luck.lt(one.allowedShare).logical_or(luck.argsort(1).argsort(1).lt(one.slots));
            using var candidates = new Candidates(spec, one.count, one.excludeSeen, one.availability, allowed?.clone(), one.seed);
            for (var round = 0; round < 6; round++)
            {
                var eligible = candidates.EligibleTo(Everyone(users), round);
                Assert.All(Counts(eligible), count => Assert.InRange(count, one.slots, one.count ?? one.items));
                Assert.True(allowed is null || !eligible.logical_and(allowed.logical_not()).any().item<bool>());
                candidates.Remember(Everyone(users), eligible.to_type(ScalarType.Int64).topk(one.slots, 1).indexes);
            }
        }, iter: 200, threads: 1);
    }

    [Theory]
    [InlineData(2, "candidates was 2, must be from the slate size, 3, to the number of items, 10, or none.")]
    [InlineData(11, "candidates was 11, must be from the slate size, 3, to the number of items, 10, or none.")]
    public void ImpossibleCandidatesAreRefused(int count, string message) =>
        Assert.Equal(message, Assert.Throws<UserMistakeException>(
            () => EnvironmentRegistry.Find("popular").Create(new(1, CPU, null), new PopularOptions { SlateSize = 3, Candidates = count })).Message);

    [Fact]
    public void MoreMarksThanAreAllowedAreRefusedBeforeAnythingIsMade() =>
        Assert.Equal(
            "excludeSeen needs a mark for each of 1000000 users and 1000 items, 1000000000 pairs; at most 536870911 are possible. Ask for fewer users or items, or leave excludeSeen out.",
            Assert.Throws<UserMistakeException>(() => EnvironmentRegistry.Find("popular").Create(new(1, CPU, null), new PopularOptions { Users = 1_000_000, Items = 1000, ExcludeSeen = true })).Message);

    [Fact]
    public void WithoutAnyOfTheOptionsThereIsNoMask()
    {
        using var scope = NewDisposeScope();
        Assert.Null(Candidates.Create(new PopularOptions(), Spec(3, 4, 1), null, 0));
        using var environment = EnvironmentRegistry.Find("popular").Create(new(1, CPU, null));
        Assert.IsType<BatchEnvironment>(environment);
        Assert.Null(environment.Observe().EligibleItems);
    }

    [Fact]
    public void NothingIsLeftBehind()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var candidates = new Candidates(Spec(9, 6, 2), 3, true, .7, ones(9, 6, ScalarType.Bool), 0))
        {
            using var everyone = Everyone(9);
            using var slates = zeros(9, 2, ScalarType.Int64);
            var living = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            candidates.EligibleTo(everyone, 0).Dispose();
            candidates.Remember(everyone, slates);
            candidates.Forget(everyone);
            candidates.Fresh(1).Dispose();
            Assert.Equal(living, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Tensor Everyone(int users) => arange(users, ScalarType.Int64);

    private static long[] Counts(Tensor mask) => mask.sum(1).data<long>().ToArray();

    private static int[] ItemsOf(Tensor row) => [.. row.nonzero().squeeze(1).data<long>().ToArray().Select(item => (int)item)];

    /// <summary>Each row as a number, one bit for each item.</summary>
    private static long[] Sets(Tensor mask) => mask.to_type(ScalarType.Int64).mul(tensor(Enumerable.Range(0, (int)mask.shape[1]).Select(item => 1L << item).ToArray())).sum(1).data<long>().ToArray();

    private static EnvironmentSpec Spec(int users, int items, int slots) => new()
    {
        Name = "test",
        UserCount = users,
        ItemCount = items,
        SlateSize = slots,
        HistoryLength = 10,
        UserFeatureCount = 0,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 10,
        PopulationFingerprint = "",
    };
}
