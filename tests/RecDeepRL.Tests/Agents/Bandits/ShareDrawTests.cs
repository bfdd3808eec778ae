using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class ShareDrawTests
{
    private const int Users = 40_000;

    public static TheoryData<double[], int> Cases => new()
    {
        { [.5, .3, .2], 1 },
        { [.5, .5, .5, .5], 2 },
        { [.9, .6, .3, .2], 2 }, // Item 1 lies across 1.
        { [1, .7, .7, .6], 3 }, // Items lie across 2 and end at 3; the first is certain.
        { [.4, .8, .8, .8, .2], 3 }, // Across 1 and across 2.
        { [0, .4, 0, .9, .7, 0], 2 }, // Items that are never shown.
        { [1, 1, 1], 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EverySlotShowsEachItemAsOftenAsItsShareCoversIt(double[] shares, int slateSize)
    {
        using var scope = NewDisposeScope();
        var items = shares.Length;
        var order = arange(items, ScalarType.Int64).flip(0); // Any order will do: here the last item comes first.
        var draw = new ShareDraw(tensor(shares).unsqueeze(0), order, slateSize);
        var slates = draw.Slates(Toy.Observe(Users), new RandomStream(5, "draw"));
        Assert.All(slates.data<long>().ToArray().Chunk(slateSize), slate => Assert.Equal(slateSize, slate.Distinct().Count()));

        var start = 0.0;
        var covered = new double[items, slateSize];
        for (var item = items - 1; item >= 0; item--)
        {
            for (var slot = 0; slot < slateSize; slot++)
                covered[item, slot] = Math.Max(0, Math.Min(start + shares[item], slot + 1) - Math.Max(start, slot));
            start += shares[item];
        }
        var propensity = draw.Propensity(arange(items, ScalarType.Int64).unsqueeze(1).expand(items, slateSize)).data<float>().ToArray();
        for (var slot = 0; slot < slateSize; slot++)
        {
            var counts = slates.select(1, slot).bincount(null, items).data<long>().ToArray();
            for (var item = 0; item < items; item++)
                Assert.Equal(covered[item, slot], propensity[(item * slateSize) + slot], 1e-6);
            var possible = Enumerable.Range(0, items).Where(item => covered[item, slot] > 1e-9).ToList();
            Assert.Equal(Users, possible.Sum(item => counts[item]));
            if (possible.Count > 1)
                Chance.AssertFrequencies([.. possible.Select(item => counts[item])], [.. possible.Select(item => covered[item, slot])]);
        }
    }

    [Fact]
    public void SlotsDrawApart()
    {
        // Four items of share ½: items 0 and 1 in the first slot, 2 and 3 in the second, every pair as often.
        using var scope = NewDisposeScope();
        var draw = new ShareDraw(full([1, 4], .5, ScalarType.Float64), arange(4, ScalarType.Int64), 2);
        var slates = draw.Slates(Toy.Observe(Users), new RandomStream(6, "draw"));
        var pairs = slates.select(1, 0).mul(2).add(slates.select(1, 1)).sub(2).bincount(null, 4).data<long>().ToArray();
        Chance.AssertUniform(pairs);
    }

    [Fact]
    public void UsersOfSharesOfTheirOwnDrawFromThem()
    {
        using var scope = NewDisposeScope();
        var shares = cat([tensor(new[] { .2, .8, 1, 0 }).expand(Users / 2, 4), tensor(new[] { 0, .5, .5, 1 }).expand(Users / 2, 4)]);
        var slates = new ShareDraw(shares, arange(4, ScalarType.Int64), 2).Slates(Toy.Observe(Users), new RandomStream(7, "draw"));
        var first = slates.narrow(0, 0, Users / 2).reshape(-1).bincount(null, 4).data<long>().ToArray();
        var second = slates.narrow(0, Users / 2, Users / 2).reshape(-1).bincount(null, 4).data<long>().ToArray();
        Assert.Equal([Users / 2, 0L], [first[2], first[3]]);
        Chance.AssertFrequencies(first[..2], [.2, .8]);
        Assert.Equal([0L, Users / 2], [second[0], second[3]]);
        Chance.AssertUniform(second[1..3]);
    }
}
