using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Exploration;

public sealed class ExploringSlotsTests
{
    [Fact]
    public void OnlyEligibleItemsThatNoSlotKeepsAreShown()
    {
        using var scope = NewDisposeScope();
        // Eligible for user 0: items 0, 1, 2; for user 1 nothing beyond the slate. With every slot exploring, any order of two of them may come.
        var eligible = tensor(new[,] { { true, true, true, false, false }, { true, true, false, false, false } });
        var slates = tensor(new[,] { { 0L, 1L }, { 0L, 1L } });
        for (var round = 0; round < 20; round++)
        {
            var shown = Fill(slates, Toy.Observe(2, eligible: eligible, drawKey: round), 5, 1);
            Guard.Slates(shown, 2, Toy.Spec(2, 5, 2));
            Assert.True(eligible.gather(1, shown).all().item<bool>());
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    public void ASlateOfNearlyAllItemsStaysDistinct(int items, int slots)
    {
        using var scope = NewDisposeScope();
        var slates = arange(slots, ScalarType.Int64).unsqueeze(0).expand(50, slots).contiguous();
        Guard.Slates(Fill(slates, Toy.Observe(50), items, 0.7), 50, Toy.Spec(50, items, slots));
    }

    [Fact]
    public void SlotsThatDoNotExploreKeepTheirItem()
    {
        using var scope = NewDisposeScope();
        const int Users = 20_000;
        var slates = tensor(new[,] { { 3L, 0L, 5L } }).expand(Users, 3).contiguous();
        var kept = Fill(slates, Toy.Observe(Users), 8, .25).eq(slates).to_type(ScalarType.Float64).mean().item<double>();
        // Kept with .75; an exploring slot draws from 8 items less the others kept, e of 2 exploring: 6 + e with e ~ B(2, .25), and meets its own
        // item with E[1/(6 + e)] = .5625/6 + .375/7 + .0625/8 = .15513 by symmetry of the open items. So .75 + .25 · .15513 = .78878.
        // 60000 coins, at most tied in threes: √(3 · .789 · .211 / 60000) = .00288; four of them .0116.
        Assert.InRange(kept, .78878 - .0116, .78878 + .0116);
    }

    [Fact]
    public void WithoutExplorationTheSlateIsKept()
    {
        using var scope = NewDisposeScope();
        var slates = tensor(new[,] { { 3L, 0L }, { 1L, 2L } });
        Assert.True(Fill(slates, Toy.Observe(2), 5, 0).SameAs(slates));
    }

    private static Tensor Fill(Tensor slates, Observation observation, int items, double probability) =>
        new ExploringSlots(Toy.Context(Toy.Spec((int)observation.UserCount, items, (int)slates.shape[1])), "toy").Fill(slates, observation, probability);
}
