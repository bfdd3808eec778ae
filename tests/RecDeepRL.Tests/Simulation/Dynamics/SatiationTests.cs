using RecDeepRL.Core;
using RecDeepRL.Simulation.Dynamics;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

public sealed class SatiationTests
{
    private static readonly SatiationOptions s_options = new() { Retention = .5, Influence = .4, Exposure = 1, Consumption = .5 };

    [Fact]
    public void ExposureAndConsumptionBuildItUpAndRestTakesItAway()
    {
        using var scope = NewDisposeScope();
        using var population = People(2);
        using var part = new Satiation(Context(population), s_options);
        var items = Ids(0, 1, 3).reshape(1, 3);
        var appeal = tensor([.8f, .8f, .2f]).reshape(1, 3);

        // Items 0 and 3 are of the first topic: s = .5 · (1 + .5 · 1 + 1) = 1.25, and exp(−.4 · 1.25) = .606531.
        part.Advance(Round(Ids(1), Ids(0, 3).reshape(1, 2), tensor([1f, 0f]).reshape(1, 2)));
        part.Adjust(appeal, Ids(1), items).AssertNear(.8 * .606531, .8, .2 * .606531);
        part.Adjust(appeal, Ids(0), items).AssertNear(.8, .8, .2);

        // One round of rest: s = .625, and exp(−.25) = .778801.
        part.Rest(Ids(1));
        part.Adjust(appeal, Ids(1), items).AssertNear(.8 * .778801, .8, .2 * .778801);

        // Another topic is shown: the first recovers to s = .3125, exp(−.125) = .882497; the second has .5 · 2 = 1, exp(−.4) = .670320.
        part.Advance(Round(Ids(1), Ids(1, 4).reshape(1, 2), zeros([1, 2])));
        part.Adjust(appeal, Ids(1), items).AssertNear(.8 * .882497, .8 * .670320, .2 * .882497);

        part.Restart(Ids(1));
        part.Adjust(appeal, Ids(1), items).AssertNear(.8, .8, .2);
    }

    [Fact]
    public void TheBurdenIsTheAppealThatRestWouldGiveBack()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new Satiation(Context(population), s_options);
        part.Burden(Ids(0), tensor([.8f, .4f]).reshape(1, 2), tensor([.5f, .4f]).reshape(1, 2)).AssertNear(.3, 0);
    }

    [Fact]
    public void ATopicIsTheFirstOfTheHighestColumns()
    {
        using var scope = NewDisposeScope();
        using var population = new Population([0], [0, 1, 2], itemFeatures: tensor([.2f, .7f, 9, 0, 0, 9, .5f, .5f, 9]).reshape(3, 3)) { ItemFeatureNames = ["genre_a", "genre_b", "year"] };
        var (topics, count) = ItemColumns.Topics(Context(population), "satiation", "genre_");
        Assert.Equal([1L, 0L, 0L], topics.data<long>().ToArray());
        Assert.Equal(2, count);
    }

    [Fact]
    public void ItemsWithoutTopicsAreRefused()
    {
        using var bare = new Population([0], [0]);
        using var named = People(1);
        Assert.Equal(
            "satiation needs item features whose names begin with 'topic:', but the items have no named features. Name the features so, or set another prefix.",
            Assert.Throws<UserMistakeException>(() => new Satiation(Context(bare), new SatiationOptions())).Message);
        Assert.Contains(
            "begin with 'genre', but the items have only topic:a, topic:b, topic:c, clickbait.",
            Assert.Throws<UserMistakeException>(() => new Satiation(Context(named), new SatiationOptions { Topics = "genre" })).Message, StringComparison.Ordinal);
    }
}
