using RecDeepRL.Agents.Neural;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What is <c>ddpg</c>'s own; what it shares is held by <see cref="ActorCriticAgentTests"/>.</summary>
public sealed class DdpgAgentTests
{
    [Theory]
    [InlineData(0.3f, "none", 1.17f)] // all three are candidates: .9 · (.8 + .5)
    [InlineData(0.3f, "2", 0.63f)] // the two nearest to .3: .9 · (.2 + .5)
    [InlineData(0.9f, "2", 1.17f)]
    [InlineData(0.3f, "1", 0.63f)] // never fewer than slots
    public void TheFutureIsTheDiscountedValueOfTheBestSlateNearTheTargetActorsPoint(float point, string candidates, float expected)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = KnownNetworks.WithTarget("ddpg", toy, point, "bootstrapCandidates=" + candidates);
        using var feedback = KnownNetworks.Round(toy, new[,] { { 1f, 0f }, { 0f, 0f }, { 1f, 1f } });
        agent.Replay.Add(feedback);
        var futures = agent.Futures(KnownNetworks.Rows(agent));
        Assert.Equal([3], futures.shape);
        Assert.All(futures.data<float>().ToArray(), future => Assert.Equal(expected, future, 5));
    }

    [Fact]
    public void WithOneItemInASlateTheTargetIsTheResponseAndTheDiscountedValueOfTheBestItem()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 1);
        using var agent = KnownNetworks.WithTarget("ddpg", toy);
        using var feedback = KnownNetworks.Round(toy, new[,] { { 1f }, { 0f } });
        agent.Replay.Add(feedback);
        agent.Update(KnownNetworks.Rows(agent));
        // y = r + .9 · .8: 1.72 and .72, on average 1.22.
        Assert.Equal(1.22, agent.Diagnose()["mean_target"], 5);
    }

    [Fact]
    public void NoiseDecaysWithTheRounds()
    {
        using var toy = ToyBandit.TwoGroups(10, 6, 1, 1);
        using var agent = new DdpgAgent(toy.ContextFor(1), new DdpgOptions { HiddenSize = 8, EmbeddingSize = 3, BatchSize = 16, UpdatesPerIteration = 1, Noise = 0.4, NoiseDecay = 0.5 });
        Assert.Equal(0.4, agent.Diagnose()["noise"], 10);
        toy.Train(agent, 3);
        Assert.Equal(0.05, agent.Diagnose()["noise"], 10);
    }

    [Fact]
    public void TheCriticsValueBetweenItemsIsHeldToThatOfTheItemThePointLeadsTo()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = KnownNetworks.WithOnline("ddpg", toy, settings: "discount=0.5");
        using var feedback = KnownNetworks.Round(toy, new float[3, 2]);
        agent.Replay.Add(feedback);
        agent.Update(KnownNetworks.Rows(agent));
        // Q(s, e) = e: the point .6 leads to the item at .5, so (.6 − .5)² = .01.
        Assert.Equal(0.01, agent.Diagnose()["grounding_loss"], 6);
    }
}
