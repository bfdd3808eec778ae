using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class SlateChoicesTests
{
    [Fact]
    public void ASlateIsWorthTheMeanOfItsValuesAndThatOfNoneByTheirWeights()
    {
        using var scope = NewDisposeScope();
        // Items 0 and 2: (1 · 4 + 3 · 2 + 1) / (1 + 3 + 1) = 2.2. Items 1 and 2: (2 · 1 + 6 + 1) / 6 = 1.5.
        var worth = SlateChoices.Worth(tensor(new[,] { { 1f, 2f, 3f }, { 1f, 2f, 3f } }), tensor(new[,] { { 4f, 1f, 2f }, { 4f, 1f, 2f } }), tensor(new[] { 1f, 1f }), tensor(new[,] { { 0L, 2L }, { 1L, 2L } }));
        Assert.Equal([2.2f, 1.5f], worth.data<float>().ToArray(), KnownValues.Near);
    }

    [Fact]
    public void WeightTimesValueMissesThatAnItemTakesChoicesFromABetterOne()
    {
        using var scope = NewDisposeScope();
        var (weights, values, none) = (tensor(new[,] { { 1f, 0.1f, 10f } }), tensor(new[,] { { 10f, 5f, 1f } }), tensor(new[] { 0f }));
        // v·Q = 10, .5, 10: top two are 0 and 2, worth (10 + 10)/12 = 1.67. Items 0 and 1 are worth (10 + .5)/2.1 = 5.
        Assert.Equal([0L, 2L], Slate(SlateSearch.TopK, weights, values, none, 2));
        Assert.Equal([0L, 1L], Slate(SlateSearch.Exact, weights, values, none, 2));
        Assert.Equal([0L, 1L], Slate(SlateSearch.Greedy, weights, values, none, 2));
    }

    [Fact]
    public void TheExactSearchFindsTheBestOfAllSlatesAndGreedyIsNeverBetter()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(3, "slates");
        const int Users = 200;
        const int Items = 7;
        var weights = stream.Normal(0, CPU, Users, Items).mul_(1.5).exp_();
        var values = stream.Normal(1, CPU, Users, Items).mul_(2);
        var none = stream.Normal(2, CPU, Users);
        var eligible = stream.Uniform(3, CPU, Users, Items).gt(0.2f);
        eligible.narrow(1, 0, 3).fill_(true);
        // Every slate of three, tried one after the other.
        var best = full([Users], float.NegativeInfinity);
        for (var first = 0L; first < Items; first++)
            for (var second = first + 1; second < Items; second++)
                for (var third = second + 1; third < Items; third++)
                {
                    var slates = tensor(new[] { first, second, third }).expand(Users, 3);
                    var open = eligible.gather(1, slates).all(1);
                    best = maximum(best, SlateChoices.Worth(weights, values, none, slates).masked_fill(open.logical_not(), float.NegativeInfinity));
                }
        var exact = Worth(SlateSearch.Exact);
        Assert.True(exact.allclose(best, 1e-4, 1e-5));
        foreach (var search in new[] { SlateSearch.Greedy, SlateSearch.TopK })
            Assert.True(Worth(search).le(best.add(1e-4f)).all().item<bool>());
        Assert.True(Worth(SlateSearch.TopK).mean().item<float>() < best.mean().item<float>() - 0.05f);

        Tensor Worth(SlateSearch search)
        {
            var slates = SlateChoices.Best(SlateChoices.Scores(weights, values, none, 3, eligible, search), 3, eligible);
            Assert.True(eligible.gather(1, slates).all().item<bool>());
            return SlateChoices.Worth(weights, values, none, slates);
        }
    }

    private static long[] Slate(SlateSearch search, Tensor weights, Tensor values, Tensor none, int slateSize) =>
        [.. SlateChoices.Best(SlateChoices.Scores(weights, values, none, slateSize, null, search), slateSize, null)[0].data<long>().Order()];
}
