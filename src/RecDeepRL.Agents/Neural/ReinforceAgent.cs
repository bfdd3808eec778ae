using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>reinforce</c>.</summary>
public sealed record ReinforceOptions : ReplayingOptions
{
    /// <summary>Learning rate of the Adam of the values that returns are compared with, in (0, 1]. Default 0.003.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ValueLearningRate { get; init; } = 0.003;

    /// <summary>Largest weight of a transition, the policy's probability of an item over that when it was shown. Default 10.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double WeightCap { get; init; } = 10;

    /// <summary>Whether the gradient is corrected for slates of several items by the factor K·(1 − π)^(K − 1). Default true.</summary>
    public bool TopKCorrection { get; init; } = true;

    /// <summary>Whether a learned expectation is taken from returns, which lowers their variance and no more. Default true.</summary>
    public bool Baseline { get; init; } = true;

    /// <summary>Weight of the policy's entropy in the objective, in units of a response; it keeps the policy from settling early. Default 0.01.</summary>
    [Range(0.0, double.MaxValue)]
    public double Entropy { get; init; } = 0.01;

    /// <summary>Temperature T of the softmax over items, at least 0.001. Default 1.</summary>
    [Range(0.001, double.MaxValue)]
    public double Temperature { get; init; } = 1;
}

/// <summary>REINFORCE (Williams 1992) with the top-K off-policy correction of Chen et al. 2019, over a softmax policy on items.</summary>
/// <remarks>Slates are drawn without replacement from the softmax, by Gumbel noise. What this deviates in from the paper stands in docs/agents/reinforce.md.</remarks>
internal sealed class ReinforceAgent : ReplayingAgent, IHasItemEmbeddings
{
    private readonly ReinforceOptions _options;
    private readonly RandomStream _ties;
    private readonly RandomStream _draws;
    private readonly Adam _policyOptimizer;
    private readonly Adam _valueOptimizer;

    public ReinforceAgent(AgentContext context, ReinforceOptions options)
        : base(context, "reinforce", options, keepsCompanion: true, "policy_loss", "value_loss", "entropy", "mean_weight", "mean_advantage")
    {
        _options = options;
        _ties = new RandomStream(context.Seed, "reinforce:ties");
        _draws = new RandomStream(context.Seed, "reinforce:draws");
        Policy = new ItemPolicy(Spec, Scale, options, options.Temperature);
        Policy.Parameters.Initialise(new RandomStream(context.Seed, "reinforce:policy"));
        Values = new StateValues(Spec, Scale, options);
        TargetValues = new StateValues(Spec, Scale, options);
        Values.Parameters.Initialise(new RandomStream(context.Seed, "reinforce:values"));
        TargetValues.Parameters.CopyFrom(Values.Parameters);
        _policyOptimizer = new Adam(Policy.Parameters, options.LearningRate) { Shared = Shared };
        _valueOptimizer = new Adam(Values.Parameters, options.ValueLearningRate) { Shared = Shared };
    }

    internal ItemPolicy Policy { get; }

    internal StateValues Values { get; }

    internal StateValues TargetValues { get; }

    /// <summary>v: the points whose products with a user's vector are the policy's logits.</summary>
    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        return Policy.Items();
    }

    internal override Tensor Update(ReplayBatch batch, long update)
    {
        var next = NextValues(batch);
        var (values, baselines) = Values.Of(batch.Observation);
        // The slate's value is what all its slots earn and all that follows; a slot's baseline is what one slot can expect to earn and all that follows.
        var valueErrors = values.sub(batch.Responses.sum(1).add(next));
        var baselineErrors = baselines.sub(batch.Responses.mean([1]).add(next));
        var valueLoss = batch.Mean(valueErrors.square()) + batch.Mean(baselineErrors.square());
        _valueOptimizer.Minimise(valueLoss, Values.Parameters);
        TargetValues.Parameters.Follow(Values.Parameters, _options.Tau);

        var returns = batch.Responses.add(next.unsqueeze(1));
        var advantages = _options.Baseline ? returns.sub(baselines.detach().unsqueeze(1)) : returns;
        var (loss, entropy, weights) = PolicyLoss(batch, advantages);
        _policyOptimizer.Minimise(loss, Policy.Parameters);
        Figures.Add(loss, valueLoss, entropy, weights.mean(), advantages.mean());
        return valueErrors.detach().abs();
    }

    /// <summary>The loss whose gradient is −Σ w·λ·A·∇log π − entropy weight·∇H, in the mean over rows and slots.</summary>
    /// <param name="advantages">[R, K], without gradient.</param>
    /// <returns>The loss, the mean entropy H, and the weights w·λ [R, K].</returns>
    internal (Tensor Loss, Tensor Entropy, Tensor Weights) PolicyLoss(ReplayBatch batch, Tensor advantages)
    {
        var log = Policy.LogProbabilities(batch.Observation);
        var chosen = log.gather(1, batch.Items);
        var weights = Weights(chosen.detach(), batch.Companion!);
        var entropy = log.exp().mul(log).sum(1).neg();
        Guard.Shape(advantages, "advantages", "rows, slots", chosen.shape);
        var loss = batch.Mean(chosen.mul(weights).mul(advantages).neg()) - (batch.Mean(entropy) * _options.Entropy);
        return (loss, entropy.mean(), weights);
    }

    /// <summary>min(π/β, cap) · K(1 − π)^(K − 1): how much more likely the item is now than when it was shown, and how much more likely it is to be in a slate when its probability rises.</summary>
    /// <param name="log">[R, K], ln π.</param>
    /// <param name="behaviour">[R, K], ln β.</param>
    internal Tensor Weights(Tensor log, Tensor behaviour)
    {
        using var scope = NewDisposeScope();
        var weights = log.sub(behaviour).clamp_max(Math.Log(_options.WeightCap)).exp();
        if (_options.TopKCorrection)
            weights = weights.mul(log.exp().neg().add(1).clamp_min(0).pow(Spec.SlateSize - 1).mul(Spec.SlateSize));
        return weights.MoveToOuterDisposeScope();
    }

    /// <summary>What comes after each slate. [R], without gradient.</summary>
    internal Tensor NextValues(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var later = batch.LaterRewards is { } rewards ? rewards : zeros_like(batch.Responses.select(1, 0));
        if (Discount == 0)
            return later.alias().MoveToOuterDisposeScope();
        var next = TargetValues.Of(batch.Next!).Values.masked_fill(batch.Terminated, 0f);
        return later.add(next.mul(batch.Discounts!)).MoveToOuterDisposeScope();
    }

    protected override Tensor Slates(Observation observation, RecommendationMode mode)
    {
        var scores = Policy.LogProbabilities(observation);
        if (mode == RecommendationMode.Explore)
            scores = scores.add(GumbelNoise.Draw(_draws, observation.DrawKey, Ranking.Lanes(observation.UserIds, Spec.ItemCount)));
        return Ranking.Best(scores, observation, Spec.SlateSize, _ties);
    }

    /// <summary>Keeps with each slate how likely the policy was to show its items, which has not changed since it did.</summary>
    protected override void Remember(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Replay.Add(feedback, Policy.LogProbabilities(feedback.Observation).gather(1, feedback.Slates));
    }

    protected override void SaveNetworks(IStateWriter writer) => Policy.Parameters.Save(writer.Under("policy"));

    protected override void LoadNetworks(IStateReader reader) => Policy.Parameters.Load(reader.Under("policy"));

    /// <summary>The values too: returns are compared with them, and slates do not follow from them.</summary>
    protected override void SaveOptimizers(IStateWriter writer)
    {
        Values.Parameters.Save(writer.Under("values"));
        TargetValues.Parameters.Save(writer.Under("targetValues"));
        _policyOptimizer.Save(writer.Under("policyOptimizer"));
        _valueOptimizer.Save(writer.Under("valueOptimizer"));
    }

    protected override void LoadOptimizers(IStateReader reader)
    {
        Values.Parameters.Load(reader.Under("values"));
        TargetValues.Parameters.Load(reader.Under("targetValues"));
        _policyOptimizer.Load(reader.Under("policyOptimizer"));
        _valueOptimizer.Load(reader.Under("valueOptimizer"));
    }

    protected override void Dispose(bool disposing)
    {
        Policy.Dispose();
        Values.Dispose();
        TargetValues.Dispose();
        _policyOptimizer.Dispose();
        _valueOptimizer.Dispose();
        base.Dispose(disposing);
    }
}
