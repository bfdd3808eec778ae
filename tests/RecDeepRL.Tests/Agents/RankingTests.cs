using CsCheck;
using RecDeepRL.Agents;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

public sealed class RankingTests
{
    private static readonly RandomStream s_ties = new(1, "ties");

    // Few distinct values, so that ties abound; infinities, zeros of both signs, neighbours in float32, and numbers at both ends of its range.
    private static readonly float[] s_values =
        [0, -0f, 1, MathF.BitIncrement(1), -1, MathF.BitDecrement(-1), .5f, float.Epsilon, -float.Epsilon, 1e-38f, 1e30f, float.PositiveInfinity, float.NegativeInfinity];

    [Fact]
    public void SlatesAreThoseOfAScalarReferenceUpToTheOrderOfTies()
    {
        var sizes = Gen.Select(Gen.Int[1, 5], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Bool, Gen.Bool);
        Gen.Select(sizes, Gen.Int[0, s_values.Length - 1].Array[45], Gen.Bool.Array[45], Gen.Long).Sample((size, values, mask, drawKey) =>
        {
            using var scope = NewDisposeScope();
            var (users, items, slateSize, broadcast, masked) = size;
            slateSize = Math.Min(slateSize, items);
            var scores = Enumerable.Range(0, users).Select(user => Enumerable.Range(0, items).Select(item => s_values[values[((broadcast ? 0 : user) * items) + item]]).ToArray()).ToArray();
            // At least K are eligible: the first K always are.
            var eligible = Enumerable.Range(0, users).Select(user => Enumerable.Range(0, items).Select(item => !masked || item < slateSize || mask[(user * items) + item]).ToArray()).ToArray();

            var given = tensor(scores.SelectMany(row => row).ToArray()).reshape(users, items);
            var observation = Toy.Observe(users, eligible: masked ? tensor(eligible.SelectMany(row => row).ToArray()).reshape(users, items) : null, drawKey: drawKey);
            var slates = Ranking.Best(broadcast ? given.narrow(0, 0, 1) : given, observation, slateSize, s_ties);

            Assert.Equal([users, slateSize], slates.shape);
            for (var user = 0; user < users; user++)
            {
                var chosen = slates[user].data<long>().ToArray();
                Assert.Equal(slateSize, chosen.Distinct().Count());
                Assert.All(chosen, item => Assert.True(eligible[user][item]));
                var expected = Enumerable.Range(0, items).Where(item => eligible[user][item]).Select(item => scores[user][item]).OrderDescending().Take(slateSize);
                Assert.Equal(expected, chosen.Select(item => scores[user][item]));
            }
        }, iter: 400);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(.7f)]
    [InlineData(-3f)]
    [InlineData(1e-45f)]
    [InlineData(3e38f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void TiedItemsAreEquallyLikelyInEverySlot(float value)
    {
        using var scope = NewDisposeScope();
        var slates = Ranking.Best(full([1, 6], value), Toy.Observe(30_000), 3, s_ties);
        for (var slot = 0; slot < 3; slot++)
            Chance.AssertUniform(Counts(slates.select(1, slot), 6));
    }

    [Fact]
    public void TheTiedItemsOfTheLastPlaceAreEquallyLikely()
    {
        // Item 2 is in for certain; items 0, 1 and 4 contend for the second place; item 3 is out.
        using var scope = NewDisposeScope();
        var slates = Ranking.Best(tensor(new[] { .5f, .5f, .9f, .1f, .5f }).unsqueeze(0), Toy.Observe(30_000), 2, s_ties);
        Assert.Equal([0, 0, 30_000, 0, 0], Counts(slates.select(1, 0), 5));
        var second = Counts(slates.select(1, 1), 5);
        Assert.Equal((0, 0), (second[2], second[3]));
        Chance.AssertUniform([second[0], second[1], second[4]]);
    }

    [Fact]
    public void TiesFallAnewForAnotherDrawKeyAndAnotherUser()
    {
        using var scope = NewDisposeScope();
        var scores = zeros(1, 50);
        var first = Ranking.Best(scores, Toy.Observe(40), 5, s_ties);
        Assert.True(first.SameAs(Ranking.Best(scores, Toy.Observe(40), 5, s_ties)));
        Assert.False(first.SameAs(Ranking.Best(scores, Toy.Observe(40, drawKey: 1), 5, s_ties)));
        Assert.False(first.SameAs(Ranking.Best(scores, Toy.Observe(40, ids: arange(40, 80, ScalarType.Int64)), 5, s_ties)));
        Assert.Equal(40, first.data<long>().ToArray().Chunk(5).Select(slate => string.Join(' ', slate)).Distinct().Count());
    }

    [Fact]
    public void AUsersTiesDoNotDependOnTheOthersInTheBatch()
    {
        using var scope = NewDisposeScope();
        var order = randperm(40, generator: new Generator(3));
        var whole = Ranking.Best(zeros(1, 20), Toy.Observe(40), 4, s_ties);
        Assert.True(whole.index_select(0, order).SameAs(Ranking.Best(zeros(1, 20), Toy.Observe(40, ids: order), 4, s_ties)));
        Assert.True(whole.narrow(0, 7, 1).SameAs(Ranking.Best(zeros(1, 20), Toy.Observe(1, ids: order.sort().Values.narrow(0, 7, 1)), 4, s_ties)));
    }

    [Fact]
    public void MoreUsersThanAreRankedAtOnceGetTheSlatesTheyWouldGetAlone()
    {
        // 300 users × 1000 items are several blocks of 2¹⁶ pairs.
        using var scope = NewDisposeScope();
        var scores = new RandomStream(4, "scores").Uniform(0, CPU, 300, 1000).mul(20).floor();
        var eligible = new RandomStream(4, "eligible").Uniform(0, CPU, 300, 1000).lt(.5);
        var whole = Ranking.Best(scores, Toy.Observe(300, eligible: eligible), 30, s_ties);
        foreach (var user in new long[] { 0, 64, 65, 66, 130, 299 })
            Assert.True(whole.narrow(0, user, 1).SameAs(
                Ranking.Best(scores.narrow(0, user, 1), Toy.Observe(1, eligible: eligible.narrow(0, user, 1), ids: tensor([user])), 30, s_ties)));
    }

    [Fact]
    public void DoubleScoresAreComparedAsFloats()
    {
        // 1 and 1 + 2⁻³⁰ are the same float32: a tie, so both come first about as often. n = 10 000: 4σ = 4·√(¼/10 000) = .02.
        using var scope = NewDisposeScope();
        var slates = Ranking.Best(tensor(new[] { 1.0, 1.0 + Math.ScaleB(1, -30) }).unsqueeze(0), Toy.Observe(10_000), 1, s_ties);
        Assert.InRange(slates.to_type(ScalarType.Float64).mean().item<double>(), .48, .52);
    }

    private static long[] Counts(Tensor items, int count)
    {
        using var counts = items.bincount(null, count);
        return counts.data<long>().ToArray();
    }
}
