using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

public sealed class RandomAgentTests
{
    private const int Users = 20_000;
    private const int Items = 10;

    [Fact]
    public void EveryItemIsEquallyLikelyInEverySlot()
    {
        using var scope = NewDisposeScope();
        var slates = Recommend(Toy.Observe(Users));
        for (var slot = 0; slot < 3; slot++)
            Chance.AssertUniform(slates.select(1, slot).bincount(null, Items).data<long>().ToArray());
    }

    [Fact]
    public void EveryPairOfItemsIsEquallyLikely()
    {
        using var scope = NewDisposeScope();
        var slates = Recommend(Toy.Observe(Users));
        var pairs = slates.select(1, 0).mul(Items).add(slates.select(1, 1)).bincount(null, Items * Items).data<long>().ToArray();
        for (var item = 0; item < Items; item++)
            Assert.Equal(0, pairs[(item * Items) + item]);
        Chance.AssertUniform([.. pairs.Where((_, index) => index / Items != index % Items)]);
    }

    [Fact]
    public void UsersAndRoundsGetSlatesOfTheirOwn()
    {
        // Two users agree in the first slot with probability 1/10, as do two rounds of one user: n = 20 000, 4σ = 4·√(.09/20 000) = .0085.
        using var scope = NewDisposeScope();
        var first = Recommend(Toy.Observe(Users)).select(1, 0);
        var nextRound = Recommend(Toy.Observe(Users, drawKey: 1)).select(1, 0);
        Assert.InRange(Share(first.eq(nextRound)), .1 - .0085, .1 + .0085);
        Assert.InRange(Share(first.eq(first.roll(1, 0))), .1 - .0085, .1 + .0085);
        Assert.InRange(Share(first.eq(Recommend(Toy.Observe(Users), seed: 2).select(1, 0))), .1 - .0085, .1 + .0085);
    }

    private static double Share(Tensor condition) => condition.to_type(ScalarType.Float64).mean().item<double>();

    private static Tensor Recommend(Observation observation, long seed = 1)
    {
        using var agent = new RandomAgent(Toy.Context(Toy.Spec(Users, Items, 3), seed));
        return agent.Recommend(observation, RecommendationMode.Explore);
    }
}
