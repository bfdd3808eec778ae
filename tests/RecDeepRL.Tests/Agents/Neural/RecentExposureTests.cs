using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class RecentExposureTests
{
    /// <summary>Two slates of two, older first: items 0 and 1 with a response to 1, then items 2 and 0 with a response to 0; and a user without a history.</summary>
    private static readonly long[,] s_items = { { 0, 1, 2, 0 }, { -1, -1, -1, -1 } };
    private static readonly float[,] s_responses = { { 0, 1, 0, 1 }, { 0, 0, 0, 0 } };

    [Fact]
    public void WithoutFeaturesOnlyTheSameItemCountsAndOlderSlatesFade()
    {
        using var scope = NewDisposeScope();
        using var population = new Population([0, 1], [0, 1, 2]);
        using var scale = new FeatureScale(population, CPU);
        using var exposure = new RecentExposure(Spec(0), scale);
        var pairs = exposure.Pairs(Observation(), null);
        // Rate .5: weights (.5, .5, 1, 1)/3. Item 0 was shown in both slates: (.5 + 1)/3 = .5; item 1: .5/3; item 2: 1/3. Responded: item 0 1/3, item 1 .5/3.
        Assert.Equal([0.5f, 1 / 6f, 1 / 3f], pairs[0, .., 0].data<float>().ToArray(), KnownValues.Near);
        Assert.Equal([1 / 3f, 1 / 6f, 0f], pairs[0, .., 3].data<float>().ToArray(), KnownValues.Near);
        // Rate 1: every place weighs a quarter.
        Assert.Equal([0.5f, 0.25f, 0.25f], pairs[0, .., 2].data<float>().ToArray(), KnownValues.Near);
        Assert.Equal(0f, pairs[1].abs().sum().item<float>());
        // The state: how full the history is at each rate, and the responses in it. Rate .5: 1 and .5; rate 1: 1 and .5.
        var states = exposure.States(Observation());
        Assert.Equal([2, 6], states.shape);
        Assert.Equal([1f, 1f, 1f, 0.5f], new[] { 0, 1, 2, 3 }.Select(place => states[0, place].item<float>()), KnownValues.Near);
        Assert.Equal(0f, states[1].abs().sum().item<float>());
    }

    [Fact]
    public void WithFeaturesAnItemIsExposedByWhatResemblesIt()
    {
        using var scope = NewDisposeScope();
        // Standardised, the features 0, 0, 3 are −.7071, −.7071, 1.4142.
        using var population = new Population([0, 1], [0, 1, 2], null, tensor(new[,] { { 0f }, { 0f }, { 3f } }));
        using var scale = new FeatureScale(population, CPU);
        using var exposure = new RecentExposure(Spec(1), scale);
        var pairs = exposure.Pairs(Observation(), null);
        // Rate 1, shown: the mean feature is (−.7071·3 + 1.4142)/4 = −.1768; times −.7071, −.7071, 1.4142: .125, .125, −.25.
        Assert.Equal([0.125f, 0.125f, -0.25f], pairs[0, .., 2].data<float>().ToArray(), KnownValues.Near);
        // Responded: (−.7071·2)/4 = −.3536: .25, .25, −.5.
        Assert.Equal([0.25f, 0.25f, -0.5f], pairs[0, .., 5].data<float>().ToArray(), KnownValues.Near);
        var states = exposure.States(Observation());
        Assert.Equal(RecentExposure.StateWidth(Spec(1)), states.shape[1]);
        Assert.Equal(-0.1768f, states[0, 2].item<float>(), 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void SomeItemsAndEachUsersOwnItemsHaveThePairsThatAllItemsHave(int features)
    {
        using var scope = NewDisposeScope();
        var own = features == 0 ? null : tensor(new[,] { { 0f, 2f }, { 1f, 0f }, { 3f, 1f } });
        using var population = new Population([0, 1], [0, 1, 2], null, own);
        using var scale = new FeatureScale(population, CPU);
        using var exposure = new RecentExposure(Spec(features), scale);
        var all = exposure.Pairs(Observation(), null);
        Assert.Equal([2, 3, RecentExposure.PairWidth], all.shape);
        var some = tensor(new[] { 2L, 0L });
        Assert.True(all.index_select(1, some).allclose(exposure.Pairs(Observation(), some)));
        var chosen = tensor(new[,] { { 1L, 0L }, { 2L, 2L } });
        var expected = stack([all[0].index_select(0, chosen[0]), all[1].index_select(0, chosen[1])]);
        Assert.True(expected.allclose(exposure.Pairs(Observation(), chosen)));
    }

    private static Observation Observation() => new()
    {
        UserIds = arange(2, ScalarType.Int64),
        RecentItems = tensor(s_items),
        RecentResponses = tensor(s_responses),
        Iteration = 0,
        DrawKey = 0,
    };

    private static EnvironmentSpec Spec(int features) => new()
    {
        Name = "toy",
        UserCount = 2,
        ItemCount = 3,
        SlateSize = 2,
        HistoryLength = 4,
        UserFeatureCount = 0,
        ItemFeatureCount = features,
        Device = CPU,
        DefaultIterations = 1,
        PopulationFingerprint = "",
    };
}
