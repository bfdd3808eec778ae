using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class ReinforceAgentTests
{
    /// <summary>π = 1/8, 2/8, 5/8.</summary>
    private static readonly float[] s_odds = [1, 2, 5];
    private static readonly float[] s_policy = [0.125f, 0.25f, 0.625f];

    [Fact]
    public void TheExpectedGradientIsThatOfTheExpectedResponseWhoeverShowedTheItems()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = WithOdds(toy, new ReinforceOptions { Entropy = 0 });
        // A uniform policy showed each item once: π/β = 3π, and the mean over the three rows is Σ πᵢ·rᵢ·∇ln πᵢ, the gradient of Σ πᵢ·rᵢ.
        var paid = new[] { 1f, 0.5f, 0.2f };
        var batch = Shown(toy, [0, 1, 2], paid, 1 / 3.0);
        var gradient = Gradient(agent, batch, batch.Responses);
        // The closed form πⱼ·(rⱼ − Σ π·r), Σ π·r = .125 + .125 + .125 = .375; the loss is the negative.
        Assert.Equal([-0.125f * 0.625f, -0.25f * 0.125f, 0.625f * 0.175f], gradient.data<float>().ToArray(), KnownValues.Near);
        // And by differences of Σ π·r itself.
        const double Step = 1e-4;
        for (var item = 0; item < 3; item++)
        {
            double Expected(double change)
            {
                var odds = s_odds.Select((odd, place) => odd * Math.Exp(place == item ? change : 0)).ToArray();
                return odds.Select((odd, place) => odd / odds.Sum() * paid[place]).Sum();
            }
            Assert.Equal((Expected(Step) - Expected(-Step)) / (2 * Step), -gradient[item].item<float>(), 5);
        }
    }

    [Fact]
    public void AnItemsProbabilityIsWeighedAgainstThatOfItsShowingUpToTheCap()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        var (now, then) = (tensor(new[,] { { 0.4f, 0.4f, 0.1f } }).log(), tensor(new[,] { { 0.2f, 0.01f, 0.2f } }).log());
        // .4/.2 = 2; .4/.01 = 40, capped at 10; .1/.2 = .5. With one slot the factor of slates is 1.
        using var agent = new ReinforceAgent(toy.ContextFor(1), Small(new ReinforceOptions { WeightCap = 10 }));
        Assert.Equal([2f, 10f, 0.5f], agent.Weights(now, then).data<float>().ToArray(), KnownValues.Near);
    }

    [Fact]
    public void TheFactorOfSlatesIsHowFastTheProbabilityOfBeingInTheSlateRises()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 4], 3);
        using var agent = new ReinforceAgent(toy.ContextFor(1), Small(new ReinforceOptions()));
        using var without = new ReinforceAgent(toy.ContextFor(1), Small(new ReinforceOptions { TopKCorrection = false }));
        var log = tensor(new[,] { { 0.4f, 0.1f, 1f } }).log();
        // 3 · (1 − π)²: .4 gives 1.08, .1 gives 2.43, 1 gives 0: an item that is shown for certain has nothing to gain.
        var factors = agent.Weights(log, log).data<float>().ToArray();
        Assert.Equal([1.08f, 2.43f, 0f], factors, KnownValues.Near);
        Assert.Equal([1f, 1f, 1f], without.Weights(log, log).data<float>().ToArray(), KnownValues.Near);
        // The slope of 1 − (1 − π)³, the probability of at least one of three draws.
        const double Step = 1e-5;
        double Slope(double policy) => (Math.Pow(1 - policy + Step, 3) - Math.Pow(1 - policy - Step, 3)) / (2 * Step);
        Assert.Equal(Slope(0.4), factors[0], 4);
        Assert.Equal(Slope(0.1), factors[1], 4);
    }

    [Fact]
    public void EntropyPullsThePolicyTowardsTheUniformOne()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = WithOdds(toy, new ReinforceOptions { Entropy = 2 });
        var batch = Shown(toy, [0], [0f], 1);
        // ∂H/∂bⱼ = −πⱼ·(ln πⱼ + H), H = .125·ln 8 + .25·ln 4 + .625·ln 1.6 = .259930 + .346574 + .293752 = .900256; the loss is −2·H.
        var expected = s_policy.Select(policy => (float)(2 * policy * (Math.Log(policy) + 0.900256)));
        Assert.Equal(expected, Gradient(agent, batch, batch.Responses).data<float>().ToArray(), KnownValues.Near);
        using var observation = toy.Observe();
        Assert.Equal(0.900256, agent.PolicyLoss(batch, batch.Responses).Entropy.item<float>(), 5);
    }

    [Fact]
    public void ReturnsGoOnAfterATruncationEndWithATerminationAndAreComparedWithABaseline()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = new ReinforceAgent(toy.ContextFor(1), Small(new ReinforceOptions { Discount = 0.9, LearningRate = 1e-12, ValueLearningRate = 1e-12 }));
        foreach (var values in new[] { agent.Values, agent.TargetValues })
        {
            using var noGradient = no_grad();
            values.Parameters.Values.zero_();
            values.Parameters["values.2.bias"].copy_(tensor(new[] { 2f, 0.7f }));
        }
        var round = KnownNetworks.Round(toy, new[,] { { 1f, 0f }, { 1f, 0f }, { 1f, 0f } }, [true, false, false], [false, true, false]);
        agent.Replay.Add(round, zeros(3, 2));
        // .9 · 2 = 1.8.
        Assert.Equal([0f, 1.8f, 1.8f], agent.NextValues(KnownValues.Rows(agent)).data<float>().ToArray(), KnownValues.Near);
        agent.Update(agent.Replay.Take(tensor(new[] { 0L }), 1, 0.9), 0);
        var figures = agent.Diagnose();
        // The slate earns 1 + 1.8 = 2.8 and was expected to earn 2: .64. A slot earns .5 + 1.8 = 2.3 on average and was expected to earn .7: 2.56. Together 3.2.
        Assert.Equal(3.2, figures["value_loss"], 4);
        // Advantages 1 + 1.8 − .7 and 0 + 1.8 − .7.
        Assert.Equal(1.6, figures["mean_advantage"], 5);
    }

    [Fact]
    public void SlatesAreDrawnFromThePolicyWithoutReplacement()
    {
        using var scope = NewDisposeScope();
        const int Users = 20_000;
        using var toy = new ToyBandit(new float[Users, 3], 2);
        using var agent = WithOdds(toy, new ReinforceOptions());
        using var observation = toy.Observe();
        var slates = agent.Recommend(observation, RecommendationMode.Explore);
        for (var item = 0; item < 3; item++)
        {
            // First slot: π. Second slot: Σ over the others of π(first)·π(item)/(1 − π(first)). Four deviations of a share p are 4·√(p(1 − p)/20000).
            var second = Enumerable.Range(0, 3).Where(first => first != item).Sum(first => s_policy[first] * s_policy[item] / (1 - s_policy[first]));
            foreach (var (slot, expected) in new[] { (0, s_policy[item]), (1, second) })
            {
                var share = slates[.., slot].eq(item).to_type(ScalarType.Float32).mean().item<float>();
                Assert.Equal(expected, share, 4 * Math.Sqrt(expected * (1 - expected) / Users));
            }
        }
        // Exploiting, the two most probable.
        Assert.Equal([2L, 1L], agent.Recommend(observation, RecommendationMode.Exploit)[0].data<long>().ToArray());
    }

    [Fact]
    public void WhatIsKeptBesideASlateIsHowLikelyItWasWhenItWasShown()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 8, 2, 1);
        using var agent = new ReinforceAgent(toy.ContextFor(1), Small(new ReinforceOptions { HiddenSize = 8, EmbeddingSize = 4, LearningRate = 0.05 }));
        for (var round = 0; round < 3; round++)
        {
            using var observation = toy.Observe();
            var before = agent.Policy.LogProbabilities(observation).detach();
            var slates = agent.Recommend(observation, RecommendationMode.Explore);
            agent.Learn(toy.Step(slates));
            var kept = agent.Replay.Take(arange(19, -1, -1, ScalarType.Int64)).Companion!;
            Assert.True(before.gather(1, slates).allclose(kept));
            Assert.False(agent.Policy.LogProbabilities(observation).gather(1, slates).allclose(kept), "nothing was learned");
        }
    }

    private static ReinforceOptions Small(ReinforceOptions options) =>
        options with { HiddenSize = Math.Min(options.HiddenSize, 8), EmbeddingSize = Math.Min(options.EmbeddingSize, 4), BatchSize = 16, UpdatesPerIteration = 5 };

    /// <summary>An agent whose policy is <see cref="s_policy"/> in every state.</summary>
    private static ReinforceAgent WithOdds(ToyBandit toy, ReinforceOptions options)
    {
        var agent = new ReinforceAgent(toy.ContextFor(1), Small(options));
        using var noGradient = no_grad();
        agent.Policy.Parameters.Values.zero_();
        agent.Policy.Parameters["items.bias"].copy_(tensor(s_odds).log());
        return agent;
    }

    /// <summary>Rows of one slot: the items, what they were paid, and how likely each was.</summary>
    private static ReplayBatch Shown(ToyBandit toy, long[] items, float[] paid, double probability)
    {
        var observation = toy.Observe().Slice(0, items.Length);
        return new ReplayBatch(observation, null, tensor(items).unsqueeze(1), tensor(paid).unsqueeze(1), zeros([items.Length], ScalarType.Bool))
        {
            Places = arange(items.Length, ScalarType.Int64),
            Companion = full([items.Length, 1], Math.Log(probability), ScalarType.Float32),
        };
    }

    /// <summary>How the loss changes with the items' biases.</summary>
    private static Tensor Gradient(ReinforceAgent agent, ReplayBatch batch, Tensor advantages) =>
        autograd.grad([agent.PolicyLoss(batch, advantages).Loss], [agent.Policy.Parameters["items.bias"]])[0];
}
