using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>How UCB turns its indices into a slate.</summary>
public enum UcbSelection
{
    /// <summary>The K highest indices: UCB1.</summary>
    Highest,

    /// <summary>K items drawn without replacement, each with probability proportional to its index: the original's baseline.</summary>
    Sampled,
}

/// <summary>Options of the UCB agent.</summary>
public sealed record UcbOptions
{
    /// <summary>c, the factor of the exploration bonus √(c·ln n / nᵢ). At least 0; UCB1's own is 2. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 2;

    /// <summary>Whether a slate holds the highest indices, or is sampled in proportion to them in both modes, as the original's baseline does. Default highest.</summary>
    public UcbSelection Selection { get; init; } = UcbSelection.Highest;
}

/// <summary>Upper confidence bound on the mean response, one for each item.</summary>
/// <remarks>index = sᵢ/nᵢ + √(c·ln n / nᵢ), with nᵢ responses of sum sᵢ and n = Σ nᵢ. Auer, Cesa-Bianchi and Fischer 2002, UCB1.
/// Deviates: responses arrive in batches, within which nothing is learned; n counts shown items, K for each user.
/// Sampled: an item never shown has index 1 + √(c·ln n); before any response all are alike.</remarks>
internal sealed class UcbAgent(AgentContext context, UcbOptions options) : IAgent, IExplainsSlates
{
    private readonly RandomStream _ties = new(context.Seed, "ucb:ties");
    private readonly RandomStream _draws = new(context.Seed, "ucb:draws");
    private readonly ItemStatistics _statistics = new(context.Spec);

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = options.Selection == UcbSelection.Sampled ? Sample(observation)
            : Highest(mode).unsqueeze(0);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the mean response, without the bonus. Propensity is told for the highest indices only.</summary>
    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var isKnown = options.Selection == UcbSelection.Highest && observation.EligibleItems is null;
        return new SlateExplanation(
            ItemExplanation.Relevance(_statistics.Means(), slates).MoveToOuterDisposeScope(),
            isKnown ? ItemExplanation.Propensity(Highest(mode), slates, epsilon: 0).MoveToOuterDisposeScope() : null);
    }

    public void Learn(Feedback feedback) => _statistics.Add(feedback);

    public IReadOnlyDictionary<string, double> Diagnose() => _statistics.Diagnose();

    public void Save(IStateWriter writer) => _statistics.Save(writer);

    public void Load(IStateReader reader) => _statistics.Load(reader);

    public void Dispose() => _statistics.Dispose();

    private Tensor Highest(RecommendationMode mode) => mode == RecommendationMode.Exploit ? _statistics.Means()
        : Indices(_statistics.Shown).masked_fill(_statistics.Shown.eq(0), double.PositiveInfinity);

    private Tensor Indices(Tensor shown)
    {
        var logarithm = _statistics.Shown.sum().clamp_min(1.0).log();
        return (_statistics.Responses / shown) + (logarithm * options.Exploration / shown).sqrt();
    }

    /// <summary>The K highest of ln(weight) + Gumbel noise are K draws without replacement in proportion to the weights.</summary>
    private Tensor Sample(Observation observation)
    {
        var unseen = _statistics.Shown.eq(0);
        var weights = Indices(_statistics.Shown.clamp_min(1.0)) + unseen.to_type(ScalarType.Float64);
        return weights.clamp_min(0.0).log() + GumbelNoise.Draw(_draws, observation.DrawKey, Ranking.Lanes(observation.UserIds, context.Spec.ItemCount));
    }
}
