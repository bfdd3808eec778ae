using RecDeepRL.Agents.Contextual;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class LinUcbAgentTests
{
    [Theory]
    // Without features x = 1, so θ = s/(1 + n) and the deviation is 1/√(1 + n): (.5, .5), (0, 1), (.444, .333).
    [InlineData(.5, 0, 2, 1)] // .75, .5, .611
    [InlineData(2.0, 1, 0, 2)] // 1.5, 2, 1.111
    [InlineData(0.0, 0, 2, 1)] // .5, 0, .444
    public void WithoutFeaturesTheBiasAloneIsLearned(double alpha, long first, long second, long third)
    {
        using var scope = NewDisposeScope();
        using var agent = new LinUcbAgent(Toy.Context(Toy.Spec(3, 3, 3)), new LinUcbOptions { Alpha = alpha, Bias = false });
        Toy.Teach(agent, (3, 2), (0, 0), (8, 4));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Explore), slate => Assert.Equal([first, second, third], slate));
        Assert.All(Toy.Slates(agent, Toy.Observe(3), Exploit), slate => Assert.Equal([0, 2, 1], slate));
    }

    [Fact]
    public void ItemsNeverShownComeLastInExploitModeEvenBehindNegativeEstimates()
    {
        // One input of x = 1 with response 1 makes θ = ½; for a user with x = −1 the estimate is −½, below the 0 of an item never shown.
        using var scope = NewDisposeScope();
        using var agent = new LinUcbAgent(Toy.Context(Toy.Spec(1, 2, 2, features: 1)), new LinUcbOptions { Bias = false });
        agent.Learn(Toy.Feedback(Toy.Observe(1, features: ones(1, 1)), zeros([1, 1], ScalarType.Int64), ones(1, 1)));
        Assert.Equal([0, 1], Toy.Slates(agent, Toy.Observe(1, features: ones(1, 1).neg()), Exploit)[0]);
    }

    [Theory]
    [InlineData(true, 2, 3)]
    [InlineData(false, 2, 2)]
    [InlineData(true, 0, 1)]
    [InlineData(false, 0, 1)]
    public void TheBiasIsOneMoreInput(bool bias, int features, int width)
    {
        using var agent = new LinUcbAgent(Toy.Context(Toy.Spec(4, 6, 2, features)), new LinUcbOptions { Bias = bias });
        using var state = MemoryCheckpoint.Of(agent);
        Assert.Equal([6, width], state.Tensors["moment"].shape);
    }

    [Fact]
    public void UsersOfDifferentTasteGetDifferentItems()
    {
        // Item 0 is liked where the feature is 1, item 1 where it is −1; each user was shown both.
        using var scope = NewDisposeScope();
        using var agent = new LinUcbAgent(Toy.Context(Toy.Spec(20, 2, 1, features: 1)), new LinUcbOptions());
        var features = cat([ones(10, 1), ones(10, 1).neg()]);
        foreach (var item in new long[] { 0, 1 })
            agent.Learn(Toy.Feedback(Toy.Observe(20, features), full([20, 1], item, ScalarType.Int64), features.mul(item == 0 ? 1 : -1).clamp_min(0)));
        var slates = Toy.Slates(agent, Toy.Observe(20, features), Exploit).Select(slate => slate[0]);
        Assert.Equal(Enumerable.Repeat(0L, 10).Concat(Enumerable.Repeat(1L, 10)), slates);
    }
}
