using RecDeepRL.Agents.Neural;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What is <c>td3</c>'s own; what it shares is held by <see cref="ActorCriticAgentTests"/>.</summary>
public sealed class Td3AgentTests
{
    [Fact]
    public void AnItemHasTheLeastOfTheTwinsValuesInTargetsAndTheirMeanInTheRanking()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = KnownNetworks.WithTarget("td3", toy);
        using (no_grad())
        {
            // The second twin says 1.1 − e: .9, .6, .3. The least are .2, .5, .3, the best of which is .5: .9 · .5 = .45.
            agent.Target.CriticParameters["critic2.output.weight"][0].fill_(-1);
            agent.Target.CriticParameters["critic2.output.bias"][0] = 1.1f;
        }
        using var feedback = KnownNetworks.Round(toy, new float[3, 1]);
        agent.Replay.Add(feedback);
        Assert.All(agent.Futures(KnownNetworks.Rows(agent)).data<float>().ToArray(), future => Assert.Equal(0.45f, future, 5));
        var items = agent.Target.Encoder.Items();
        var states = agent.Target.Encoder.States(feedback.Observation, items);
        Assert.All(agent.Target.Values(states, items, null, least: false).data<float>().ToArray(), value => Assert.Equal(0.55f, value, 5));
    }

    [Fact]
    public void SmoothingNoiseIsClippedEachRowsOwnAndKeepsPointsInTheCube()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = (Td3Agent)KnownNetworks.WithTarget("td3", toy, settings: ["targetNoise=0.4", "targetNoiseClip=0.5"]);
        const int Rows = 4000;
        var moves = agent.Smoothed(zeros(Rows, 2));
        // |ε| > .5 means |z| > 1.25 at deviation .4, of probability .2113: that share of 8000 lies at the clip, ± 4 · √(.2113 · .7887/8000) = .0183.
        Assert.Equal(0.5f, moves.abs().max().item<float>(), 6);
        Assert.InRange(moves.abs().ge(0.5f - 1e-6f).to_type(ScalarType.Float32).mean().item<float>(), 0.2113f - 0.0183f, 0.2113f + 0.0183f);
        Assert.InRange(moves.lt(0).to_type(ScalarType.Float32).mean().item<float>(), 0.5f - 0.0224f, 0.5f + 0.0224f);
        Assert.True(moves.select(1, 0).unique().output.shape[0] > Rows / 2, "rows share their noise");
        Assert.Equal(1f, agent.Smoothed(ones(Rows, 1)).max().item<float>(), 6);
    }

    [Fact]
    public void TheFutureIsOfTheSlateNearTheSmoothedPoint()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[200, 3], 1);
        using var agent = KnownNetworks.WithTarget("td3", toy, 0.5f, "bootstrapCandidates=1", "targetNoise=10", "targetNoiseClip=0.3");
        using var feedback = KnownNetworks.Round(toy, new float[200, 1]);
        agent.Replay.Add(feedback);
        // Noise of deviation 10 lies at its clip, but for one draw in 42: the point is .2 or .8, where items 0 and 2 stand, worth .18 and .72.
        var futures = agent.Futures(KnownNetworks.Rows(agent)).data<float>().ToArray();
        Assert.InRange(futures.Count(future => Math.Abs(future - 0.18f) < 1e-4), 60, 140);
        Assert.InRange(futures.Count(future => Math.Abs(future - 0.72f) < 1e-4), 60, 140);
    }

    [Fact]
    public void ActorAndTargetsWaitForEverySecondUpdate()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 2, 1);
        using var agent = KnownNetworks.Create("td3", toy.ContextFor(1), "hiddenSize=8", "embeddingSize=3", "batchSize=16", "updatesPerIteration=1", "actorDelay=2");
        var moved = new List<(bool Critic, bool Actor, bool Target)>();
        for (var round = 0; round < 4; round++)
        {
            var (critic, actor, target) = (agent.Online.CriticParameters.Values.clone(), agent.Online.ActorParameters.Values.clone(), agent.Target.CriticParameters.Values.clone());
            toy.Train(agent, 1);
            moved.Add((!TensorComparison.SameAs(critic, agent.Online.CriticParameters.Values), !TensorComparison.SameAs(actor, agent.Online.ActorParameters.Values), !TensorComparison.SameAs(target, agent.Target.CriticParameters.Values)));
        }
        Assert.Equal([(true, true, true), (true, false, false), (true, true, true), (true, false, false)], moved);
    }
}
