using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class NeuralLinUcbAgentTests
{
    private static readonly NeuralLinUcbOptions s_small = new() { HiddenSize = 6, EmbeddingSize = 3, BatchSize = 16, StepsPerTraining = 3 };

    [Theory]
    [InlineData(null, 4)]
    [InlineData(2, 2)]
    public void AfterARefitThePosteriorIsTheRidgeRegressionOnTheCurrentRepresentations(int? replayRounds, int roundsCounted)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var agent = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { ReplayRounds = replayRounds, Ridge = 0.5 });
        toy.Train(agent, 4);

        var rows = roundsCounted * 10;
        var batch = agent.Replay.Take(arange(rows, ScalarType.Int64));
        var features = agent.Represent(batch).detach().reshape(-1, 6);
        var responses = batch.Responses.reshape(-1);
        var x = Matrix<double>.Build.Dense(rows * 2, 7, (row, column) => column < 6 ? features[row, column].item<float>() : 1);
        var r = Vector<double>.Build.Dense(rows * 2, row => responses[row].item<float>());
        var theta = ((Matrix<double>.Build.DenseIdentity(7) * 0.5) + (x.Transpose() * x)).Solve(x.Transpose() * r);
        // float32 representations and weights of order 1.
        Assert.Equal(theta, agent.Posterior.Weights.squeeze(1).data<float>().ToArray().Select(weight => (double)weight), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void KeptSumsEqualRefittedOnesWhileTheRepresentationStandsStill()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var same = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var kept = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { StepsPerTraining = 0, Refit = false });
        using var refitted = new NeuralLinUcbAgent(same.ContextFor(3), s_small with { StepsPerTraining = 0, Refit = true });
        toy.Train(kept, 4);
        same.Train(refitted, 4);
        Assert.True(kept.Posterior.Precision.allclose(refitted.Posterior.Precision));
        Assert.True(kept.Posterior.Moment.allclose(refitted.Posterior.Moment));
    }

    [Fact]
    public void KeptSumsAreOverTheRepresentationsOfTheirTime()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var agent = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { Refit = false, RetrainInterval = 2 });
        toy.Train(agent, 1);
        var first = agent.Posterior.Precision.clone();
        // The second round adds its own 20 pairs as the network is, then trains the network; the first round's sums stay: the last entry counts pairs, λ + 40.
        using var observation = toy.Observe();
        using var feedback = toy.Step(agent.Recommend(observation, RecommendationMode.Explore));
        using var untrained = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { StepsPerTraining = 0 });
        untrained.Learn(feedback);
        var features = untrained.Represent(untrained.Replay.Take(arange(10, ScalarType.Int64))).detach().reshape(-1, 6).to_type(ScalarType.Float64);
        agent.Learn(feedback);
        var wide = cat([features, ones([20, 1], ScalarType.Float64)], 1);
        Assert.True(agent.Posterior.Precision.allclose(first.add(wide.t().matmul(wide))));
        Assert.Equal(41, agent.Posterior.Precision[6, 6].item<double>(), 9);
        Assert.False(agent.Represent(agent.Replay.Take(arange(10, ScalarType.Int64))).detach().reshape(-1, 6).to_type(ScalarType.Float64).allclose(features), "the network did not move");
    }

    [Fact]
    public void AgainstThetaTheHiddenLayersMoveAndTheOutputOfTheNetworkDoesNot()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var agent = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { OwnOutput = false, Loss = ResponseLoss.Squared, Penalty = 0 });
        var before = new[] { "network.output.weight", "network.output.bias", "network.hidden.weight", "network.state.weight", "items.embedding" }.ToDictionary(name => name, name => agent.Parameters[name].clone());
        toy.Train(agent, 2);
        foreach (var (name, value) in before)
            Assert.Equal(name.Contains("output", StringComparison.Ordinal), agent.Parameters[name].SameAs(value));
    }

    [Fact]
    public void ARestartForgetsEarlierTrainings()
    {
        // Ten rounds with a training at the fifth and the tenth; the second begins from the initial weights, and so equals the only training of an agent
        // that trains at the tenth, but for the batches drawn: with no steps at all both are where they started.
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var same = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var restarting = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { Restart = true, StepsPerTraining = 1, LearningRate = 0.001 });
        using var going = new NeuralLinUcbAgent(same.ContextFor(3), s_small with { StepsPerTraining = 1, LearningRate = 0.001 });
        var start = going.Parameters.Values.clone();
        toy.Train(restarting, 6);
        same.Train(going, 6);
        // Adam's first step moves every weight by at most its rate, and six steps move some by more.
        Assert.True(restarting.Parameters.Values.sub(start).abs().max().item<float>() <= 0.001f * 1.001f);
        Assert.True(going.Parameters.Values.sub(start).abs().max().item<float>() > 0.002f);
    }

    [Fact]
    public void TrainingAgainstThetaNeedsTheSquaredLoss() =>
        Assert.Contains("needs the loss squared", Assert.Throws<UserMistakeException>(() => OptionsBinder.Bind(typeof(NeuralLinUcbOptions), [KeyValuePair.Create("ownOutput", "false")])).Message, StringComparison.Ordinal);

    [Fact]
    public void TheNetworkMovesAtItsIntervalsOnly()
    {
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var agent = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { RetrainInterval = 3 });
        List<double> updates = [];
        for (var round = 0; round < 7; round++)
        {
            toy.Train(agent, 1);
            updates.Add(agent.Diagnose()["updates"]);
        }
        Assert.Equal([0, 0, 3, 0, 0, 3, 0], updates);
    }

    [Fact]
    public void ExploringPrefersWhatIsNotKnownAndWithoutAlphaItIsExploiting()
    {
        using var scope = NewDisposeScope();
        // Nobody likes anything, so what was never shown is as good as the rest but less known.
        using var toy = new ToyBandit(new float[40, 30], 1);
        using var curious = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { Alpha = 100, Warmup = 0, StepsPerTraining = 0 });
        using var content = new NeuralLinUcbAgent(toy.ContextFor(3), s_small with { Alpha = 0, Warmup = 0, StepsPerTraining = 0 });
        using var observation = toy.Observe();
        var shown = curious.Recommend(observation, RecommendationMode.Explore);
        using var feedback = toy.Step(shown);
        curious.Learn(feedback);
        // Exploiting puts items never shown last, so this agent is shown all.
        using var everything = toy.Step(arange(40, ScalarType.Int64).remainder(30).unsqueeze(1));
        content.Learn(everything);
        using var next = toy.Observe();
        Assert.False(curious.Recommend(next, RecommendationMode.Explore).eq(shown).any().item<bool>());
        Assert.True(TensorComparison.SameAs(content.Recommend(next, RecommendationMode.Explore), content.Recommend(next, RecommendationMode.Exploit)));
    }

    [Fact]
    public void TheFirstRoundsAreRandomWhenExploringAndTheBestGuessWhenNot()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[500, 10], 1);
        using var agent = new NeuralLinUcbAgent(toy.ContextFor(3), s_small);
        using var observation = toy.Observe();
        // 500 draws of ten items: none is missed but with chance 10 · .9^500 < 10⁻²¹.
        Assert.Equal(10, agent.Recommend(observation, RecommendationMode.Explore).unique().output.shape[0]);
    }
}
