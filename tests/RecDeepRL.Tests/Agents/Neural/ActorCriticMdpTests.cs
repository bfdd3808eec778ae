using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>The actor-critics against a decision process of known optimal values.</summary>
public sealed class ActorCriticMdpTests
{
    [Theory]
    [Trait("Category", "Learning")]
    [InlineData("ddpg")]
    [InlineData("ddpg", "returnSteps=3")]
    [InlineData("ddpg", "priorityExponent=0.6", "importanceUpdates=1500")]
    [InlineData("td3")]
    [InlineData("sac", "temperature=0.0005")]
    public void ValuesAndPolicyAreTheOptimalOnes(string name, params string[] settings)
    {
        var seeds = settings.Any(setting => setting.StartsWith("returnSteps", StringComparison.Ordinal) || setting.StartsWith("priority", StringComparison.Ordinal)) ? 1 : 2;
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var scope = NewDisposeScope();
            using var mdp = new KnownMdp(48, seed);
            using var agent = KnownNetworks.Create(
                name, mdp.ContextFor(seed), ["hiddenSize=32", "embeddingSize=4", "factors=4", "discount=0.8", "replayRounds=none", "tau=0.05", "criticLearningRate=0.003", "randomShare=0.4",
                "batchSize=64", "updatesPerIteration=25", "slatesPerUpdate=1", .. settings]);
            mdp.Train(agent, 70);
            Assert.True(KnownMdp.IsOptimal(agent), $"seed {seed}: not the best item in every state");
            var items = agent.Target.Encoder.Items();
            var states = agent.Target.Encoder.States(KnownMdp.EveryState(), items);
            // The best item leads the second by .218 at least, in state 0: estimates within less than half of that give the best policy.
            // Returns of three steps hold the exploring policy's choices beside the best ones, and weights below 1 slow the learning of what is often
            // drawn: there a third of the mean value is allowed, .5.
            var error = KnownMdp.WorstError(agent.Target.Values(states, items, null, least: false).detach());
            Assert.True(error < (seeds == 1 ? 0.5 : 0.1), $"seed {seed}: a value is wrong by {error}");
        }
    }

    [Fact]
    [Trait("Category", "Learning")]
    public void LookingOneStepAheadIsNotEnough()
    {
        using var mdp = new KnownMdp(48, 1);
        using var agent = KnownNetworks.Create("ddpg", mdp.ContextFor(1), "hiddenSize=32", "embeddingSize=4", "discount=0", "batchSize=64", "updatesPerIteration=25", "slatesPerUpdate=1", "randomShare=0.4", "criticLearningRate=0.003", "tau=0.05");
        mdp.Train(agent, 30);
        using var observation = KnownMdp.EveryState();
        using var slates = agent.Recommend(observation, RecDeepRL.Core.RecommendationMode.Exploit);
        Assert.Equal([0L, 0L, 0L, 2L], slates.data<long>().ToArray());
    }
}
