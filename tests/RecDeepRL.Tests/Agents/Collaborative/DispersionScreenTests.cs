using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class DispersionScreenTests
{
    [Theory]
    [InlineData(.2, .8)] // Half of the users like a divisive item at .2, half at 0, on average .1; everybody likes a plain one at .8.
    [InlineData(.8, .2)] // Divisive items .4 on average, plain ones .2.
    public void ItemsThatDivideUsersAreFoundByTheirMeans(double liked, double plain)
    {
        // 10 divisive and 10 plain items, 600 users, each item shown three times. The variance of a divisive item is (liked/2)², the means are at least .2 apart, and around the line through
        // them a product of two centred responses deviates by m(1 − m) ≤ .24. Over 36000 pairs the slope has an error of at most .24/(√36000·.1) = .013 where means lie .1 to either side
        // of their centre, and the true slope is .16/.2 = .8 and −.01/.7 = −.014, with an error of .16/(√36000·.35) = .0024 since plain means are .16 deviations: beyond 4σ both.
        using var scope = NewDisposeScope();
        using var pairs = Shown(liked, plain, 3);
        var direction = DispersionScreen.Direction(pairs, ones(20, ScalarType.Bool));
        Assert.True(plain > liked / 2 ? direction < -2 : direction > 2, $"direction was {direction}");
        var scores = DispersionScreen.Scores(pairs, ones(20, ScalarType.Bool), 2);
        Assert.True(scores.narrow(0, 0, 10).min().item<double>() > scores.narrow(0, 10, 10).max().item<double>());
    }

    [Fact]
    public void WithoutRepeatedResponsesNothingIsPreferred()
    {
        using var scope = NewDisposeScope();
        using var pairs = Shown(.8, .2, 1);
        Assert.Equal(0, DispersionScreen.Direction(pairs, ones(20, ScalarType.Bool)));
        Assert.Equal(new double[20], DispersionScreen.Scores(pairs, ones(20, ScalarType.Bool), 1).data<double>().ToArray());
    }

    [Fact]
    public void ItemsLeftOutSayNothing()
    {
        // Among plain items alone there is no slope: of 20 seeds at most two lie beyond 2σ, save with a probability of .08.
        using var scope = NewDisposeScope();
        var members = arange(20, ScalarType.Int64).ge(10);
        Assert.InRange(Enumerable.Range(1, 20).Count(seed =>
        {
            using var pairs = Shown(.8, .2, 3, seed);
            return Math.Abs(DispersionScreen.Direction(pairs, members)) > 2;
        }), 0, 4); // Five or more: .0026.
    }

    private static PairStatistics Shown(double liked, double plain, int times, long seed = 1)
    {
        const int users = 600;
        var coins = new RandomStream(seed, "screen");
        var likes = arange(users, ScalarType.Int64).div(2, RoundingMode.floor).remainder(2).eq(0).unsqueeze(1).to_type(ScalarType.Float32).mul(liked);
        var probabilities = cat([likes.expand(users, 10), full([users, 10], plain)], 1);
        var pairs = new PairStatistics(Toy.Spec(users, 20, 20));
        var slates = arange(20, ScalarType.Int64).expand(users, 20);
        for (var round = 0; round < times; round++)
        {
            using var responses = coins.Uniform(round, CPU, users, 20).lt(probabilities).to_type(ScalarType.Float32);
            pairs.Add(Toy.Feedback(Toy.Observe(users), slates, responses));
        }
        return pairs;
    }
}
