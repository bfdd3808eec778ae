using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the softmax agent.</summary>
public sealed record SoftmaxOptions
{
    /// <summary>τ, the temperature at the start: the difference of means at which an item is shown e times as often. Above 0. Default 0.03.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.03;

    /// <summary>How the temperature falls from round to round: not at all, like 1/t, or exponentially. Default constant.</summary>
    public Decay Decay { get; init; } = Decay.Constant;

    /// <summary>How fast it falls: after t rounds to 1/(1 + rate·t) or exp(−rate·t) of its start. At least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double DecayRate { get; init; } = 0.1;
}

/// <summary>Shows items with probabilities that rise with their means: Boltzmann exploration.</summary>
/// <remarks>pᵢ ∝ exp(μᵢ/τ). Sutton and Barto 2018, section 2.8 (softmax), with means for preferences. Slates are K draws without replacement.
/// An item never shown counts as good as the best so far while exploring. Exploit mode ranks by the means and puts it last.</remarks>
internal sealed class SoftmaxAgent : ItemAgent
{
    /// <summary>The temperature does not fall below it, where differences of means in the last bits would be told apart.</summary>
    private const double Coldest = 1e-9;

    private readonly SoftmaxOptions _options;
    private readonly RandomStream _draws;

    public SoftmaxAgent(AgentContext context, SoftmaxOptions options) : base(context, "softmax", new ItemStatistics(context.Spec)) =>
        (_options, _draws) = (options, Stream("draws"));

    public override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = mode == RecommendationMode.Explore ? Logits() + Noise(observation) : Statistics.Means();
        return Best(scores, observation).MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the mean response. The probability of an item is told for slates of one; larger ones have no closed form.</summary>
    public override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var means = Statistics.Means();
        if (mode == RecommendationMode.Exploit || Context.Spec.SlateSize > 1)
            return Explain(observation, slates, means, mode == RecommendationMode.Exploit ? means : null);
        var logits = Logits().unsqueeze(0);
        if (observation.EligibleItems is { } eligible)
            logits = logits.masked_fill(eligible.logical_not(), double.NegativeInfinity);
        var probabilities = logits.softmax(1).expand(slates.size(0), -1).gather(1, slates).to_type(ScalarType.Float32);
        return new SlateExplanation(ItemExplanation.Relevance(means, slates).MoveToOuterDisposeScope(), probabilities.MoveToOuterDisposeScope());
    }

    private Tensor Noise(Observation observation) =>
        GumbelNoise.Draw(_draws, observation.DrawKey, Ranking.Lanes(observation.UserIds, Context.Spec.ItemCount));

    private Tensor Logits()
    {
        var means = Statistics.Means();
        // Before the first response all are 0 and alike.
        var optimistic = where(Statistics.Shown.eq(0), means.max().clamp_min(0.0), means);
        return optimistic / Math.Max(Coldest, _options.Decay.At(_options.Temperature, _options.DecayRate, Statistics.Rounds));
    }
}
