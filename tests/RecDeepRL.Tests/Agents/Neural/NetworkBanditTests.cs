using RecDeepRL.Agents;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What the bandits with networks share.</summary>
public sealed class NetworkBanditTests
{
    public static TheoryData<string> Agents => ["neural-linucb", "neural-linear", "neural-ucb", "neural-ts", "bootstrapped", "two-tower", "neural-cf"];

    [Theory]
    [Trait("Category", "Learning")]
    [MemberData(nameof(Agents))]
    public void WhatIsNotLinearInTheFeaturesIsLearnedWhereALinearAgentLearnsNothing(string name)
    {
        // Users are (±1, ±1); one item is liked by those whose signs agree (.8, others .2), the other by the rest: the best slates are worth .8. A difference of
        // scores that is linear in the features has the right sign for three of the four kinds of users at most: (3 · .8 + .2)/4 = .65.
        for (var seed = 1; seed <= 5; seed++)
        {
            using var toy = SignsAgree(120, seed);
            using var linear = AgentRegistry.Find("linucb").Create(toy.ContextFor(seed));
            using var network = Create(name, toy, seed, "hiddenSize=16", "embeddingSize=8", "learningRate=0.02", "penalty=0.1");
            toy.Train(network, 15);
            Assert.True(toy.Score(network) > 0.7, $"seed {seed}: {toy.Score(network)}");
            using var again = SignsAgree(120, seed);
            again.Train(linear, 15);
            Assert.True(again.Score(linear) < 0.65001, $"seed {seed}: {again.Score(linear)}");
        }
    }

    [Theory]
    [InlineData("neural-linear", false)]
    [InlineData("neural-ucb", true)]
    public void TheWholePenaltyDrawsWeightsToZeroOrToWhereTheyStarted(string name, bool anchored)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = (NetworkBandit)Create(name, toy, 3, "penalty=1000000000", "stepsPerTraining=400", "learningRate=0.01", "hiddenSize=4", "embeddingSize=2", "batchSize=8");
        var start = agent.Parameters.Values.clone();
        toy.Train(agent, 1);
        // Where the penalty is all, Adam walks there at .01 a step and faster than any weight (below 1) is away; the falling rate lets it rest.
        var expected = anchored ? start : zeros_like(start);
        Assert.True(agent.Parameters.Values.sub(expected).abs().max().item<float>() < 0.02, $"{agent.Parameters.Values.sub(expected).abs().max().item<float>()} away");
    }

    [Theory]
    [InlineData("neural-ucb")]
    [InlineData("neural-linucb")]
    public void CrossEntropyOfKnownOutputsIsTheLoss(string name)
    {
        // Without steps to take the outputs are those of the start; with one tiny step its loss is theirs: −ln σ(f) for a response, −ln(1 − σ(f)) for none.
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(1, 3, 1, 1);
        using var agent = (NetworkBandit)Create(name, toy, 3, "stepsPerTraining=1", "batchSize=1", "learningRate=0.000000001", "penalty=0");
        toy.Train(agent, 1);
        var batch = agent.Replay.Take(zeros([1], ScalarType.Int64));
        var output = agent.Outputs(batch)[0, 0].item<float>();
        var sign = batch.Responses[0, 0].item<float>() > 0 ? 1 : -1;
        var figures = agent.Diagnose();
        Assert.Equal(Math.Log(1 + Math.Exp(-sign * output)), figures["loss"], 5);
        Assert.Equal(1 / (1 + Math.Exp(-output)), figures["mean_prediction"], 5);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void ItemsNeverShownComeLastWhenItCounts(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = Create(name, toy, 3, "hiddenSize=4", "embeddingSize=2", "batchSize=8");
        using var observation = toy.Observe();
        using var feedback = toy.Step(arange(20, ScalarType.Int64).remainder(2).add(3).unsqueeze(1));
        feedback.Responses.zero_();
        agent.Learn(feedback);
        // Only items 3 and 4 were ever shown, and nobody liked them: they are still all that is known.
        using var next = toy.Observe();
        var shown = agent.Recommend(next, RecommendationMode.Exploit);
        Assert.True(shown.eq(3).logical_or(shown.eq(4)).all().item<bool>());
    }

    private static ToyBandit SignsAgree(int users, long seed)
    {
        var probabilities = new float[users, 2];
        var features = new float[users, 2];
        for (var user = 0; user < users; user++)
        {
            features[user, 0] = user % 2 == 0 ? 1 : -1;
            features[user, 1] = user / 2 % 2 == 0 ? 1 : -1;
            for (var item = 0; item < 2; item++)
                probabilities[user, item] = (item == 0) == (features[user, 0] == features[user, 1]) ? .8f : .2f;
        }
        return new ToyBandit(probabilities, 1, features, seed);
    }

    private static IAgent Create(string name, ToyBandit toy, long seed, params string[] options)
    {
        var registration = AgentRegistry.Find(name);
        return registration.Create(toy.ContextFor(seed), OptionsBinder.Bind(registration.OptionsType, options.Select(option => KeyValuePair.Create(option.Split('=')[0], option.Split('=')[1]))));
    }
}
