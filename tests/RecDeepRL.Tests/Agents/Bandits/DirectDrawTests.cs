using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>The random agent where items are many, so that slates are drawn without a pass over them.</summary>
public sealed class DirectDrawTests
{
    private const int Items = RandomAgent.ManyItems;
    private const int Slots = 5;

    [Fact]
    public void SlatesAreThoseOfAShuffleDoneItemByItem()
    {
        using var scope = NewDisposeScope();
        // 64 slots of 4096 places: 64²/2/4096 = one half, so repeats come up in many of the slates.
        const int slots = 64;
        var slates = Recommend(Toy.Observe(40, drawKey: 9), slots).data<long>().ToArray().Chunk(slots).ToArray();
        var stream = new RandomStream(1, "random");
        for (var user = 0; user < 40; user++)
        {
            var places = Enumerable.Range(0, Items).Select(item => (long)item).ToArray();
            for (var step = 0; step < slots; step++)
            {
                var place = step + stream.Integers(9, tensor([(long)((user * slots) + step)]), Items - step).item<long>();
                (places[step], places[place]) = (places[place], places[step]);
            }
            Assert.Equal(places[..slots], slates[user]);
        }
    }

    [Fact]
    public void EveryItemIsEquallyLikelyInEverySlot()
    {
        // n = 100 000 users, 24 showings expected of each of 4096 items.
        using var scope = NewDisposeScope();
        var slates = Recommend(Toy.Observe(100_000));
        for (var slot = 0; slot < Slots; slot++)
            Chance.AssertUniform(slates.select(1, slot).bincount(null, Items).data<long>().ToArray());
    }

    [Fact]
    public void ItemsOfASlateAreDistinctAndKnowNothingOfEachOther()
    {
        // Of two distinct items, the second has the first's remainder modulo 16 with probability 255/4095, each other one with 256/4095.
        using var scope = NewDisposeScope();
        var slates = Recommend(Toy.Observe(100_000));
        Guard.Slates(slates, 100_000, Toy.Spec(100_000, Items, Slots));
        var pairs = slates.select(1, 1).remainder(16).mul(16).add(slates.select(1, 4).remainder(16)).bincount(null, 256).data<long>().ToArray();
        Chance.AssertFrequencies(pairs, [.. Enumerable.Range(0, 256).Select(pair => (pair / 16 == pair % 16 ? 255.0 : 256.0) / 4095 / 16)]);
    }

    [Fact]
    public void AMaskIsRespected()
    {
        using var scope = NewDisposeScope();
        var eligible = arange(Items, ScalarType.Int64).remainder(500).eq(3).expand(200, Items);
        var slates = Recommend(Toy.Observe(200, eligible: eligible));
        Assert.True(slates.remainder(500).eq(3).all().item<bool>());
        // Of the items 3, 503, … 4003 there are nine: each has the probability 1/9 in every slot.
        using var agent = new RandomAgent(Toy.Context(Toy.Spec(200, Items, Slots)));
        using var explanation = agent.Explain(Toy.Observe(200, eligible: eligible), slates, RecommendationMode.Explore);
        Assert.True(explanation.Propensity!.eq(1 / 9f).all().item<bool>());
    }

    [Fact]
    public void APartOfABatchGetsTheSlatesOfTheWhole()
    {
        using var scope = NewDisposeScope();
        var everyone = Toy.Observe(70_000); // More than two slices.
        using var whole = Recommend(everyone);
        Assert.True(whole.narrow(0, 40_000, 7).SameAs(Recommend(everyone.Slice(40_000, 7))));
    }

    private static Tensor Recommend(Observation observation, int slots = Slots)
    {
        using var agent = new RandomAgent(Toy.Context(Toy.Spec(1, Items, slots)));
        return agent.Recommend(observation, RecommendationMode.Explore);
    }
}
