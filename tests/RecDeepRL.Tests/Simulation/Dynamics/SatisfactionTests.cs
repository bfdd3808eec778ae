using MathNet.Numerics.Distributions;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Dynamics;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

public sealed class SatisfactionTests
{
    [Fact]
    public void LuringLowersTheAppealOfEverythingAndHonestyRaisesIt()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new Satisfaction(Context(population), new SatisfactionOptions { Memory = .5, Sensitivity = 1, Innovation = 0 });
        using var neutral = new MemoryCheckpoint();
        neutral.Write("exposure", zeros(1));
        part.Load(neutral);
        var appeal = tensor([.8f, 5f]).reshape(1, 2);
        part.Adjust(appeal, Ids(0), Ids(0, 5).reshape(1, 2)).AssertNear(.4, 2.5);

        // Items 5 and 0 score 1 and 0, items 5 and 4 score 1 and .8: mean .5 changes nothing, mean .9 gives e = −2 · .4 = −.8 and sigmoid .310026.
        part.Advance(Round(Ids(0), Ids(5, 0).reshape(1, 2), zeros([1, 2])));
        part.Adjust(appeal, Ids(0), Ids(0, 5).reshape(1, 2)).AssertNear(.4, 2.5);
        part.Advance(Round(Ids(0), Ids(5, 4).reshape(1, 2), zeros([1, 2])));
        part.Adjust(appeal, Ids(0), Ids(0, 5).reshape(1, 2)).AssertNear(.8 * .310026, 5 * .310026);

        // Scores 0 and .2, mean .1: e = .5 · −.8 + .8 = .4, sigmoid .598688. A rest: e = .2, sigmoid .549834.
        part.Advance(Round(Ids(0), Ids(0, 1).reshape(1, 2), zeros([1, 2])));
        part.Adjust(appeal, Ids(0), Ids(0, 5).reshape(1, 2)).AssertNear(.8 * .598688, 5 * .598688);
        part.Rest(Ids(0));
        part.Adjust(appeal, Ids(0), Ids(0, 5).reshape(1, 2)).AssertNear(.8 * .549834, 5 * .549834);
    }

    [Fact]
    public void TheChancePartIsNormalWithTheGivenDeviation()
    {
        using var scope = NewDisposeScope();
        const int users = 20_000;
        using var population = People(users);
        using var part = new Satisfaction(Context(population), new SatisfactionOptions { Memory = 0, Innovation = .3 });
        var everyone = arange(users, ScalarType.Int64);
        // Without memory, and with a mean score of .5, the exposure is the chance part alone.
        part.Advance(Round(everyone, Ids(0, 5).expand(users, 2), zeros([users, 2]), coins: new RandomStream(1, "test").Uniform(0, everyone)));
        Chance.AssertDistribution(State(part, "exposure").Select(value => (double)value), value => Normal.CDF(0, .3, value));
    }

    [Fact]
    public void EverybodyBeginsWithinTheReachOfTheMemory()
    {
        using var scope = NewDisposeScope();
        using var population = People(20_000);
        using var part = new Satisfaction(Context(population), new SatisfactionOptions { Memory = .75 });
        // Uniform within ±.5/(1 − .75) = ±2.
        Chance.AssertDistribution(State(part, "exposure").Select(value => (double)value), value => Math.Clamp((value + 2) / 4, 0, 1));
    }

    [Fact]
    public void TheExtremesOfTheCoinStayFinite()
    {
        using var scope = NewDisposeScope();
        using var population = People(2);
        using var part = new Satisfaction(Context(population), new SatisfactionOptions { Memory = 0, Innovation = 1 });
        part.Advance(Round(Ids(0, 1), Ids(0, 5).expand(2, 2), zeros([2, 2]), coins: tensor([0f, 1 - (1f / (1 << 24))])));
        // The quantiles of 2⁻²⁵ and 1 − 2⁻²⁵ are ∓5.4210.
        Assert.Equal(-5.42, State(part, "exposure")[0], .01);
        Assert.Equal(5.42, State(part, "exposure")[1], .01);
    }
}
