using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the greedy agent.</summary>
public sealed record GreedyOptions
{
    /// <summary>What an item is thought to be worth before it is shown; above the best response it makes an optimistic start. At least 0. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double PriorMean { get; init; }

    /// <summary>How many responses priorMean counts for while exploring; with 0 it holds only until the item is shown once. At least 0. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double PriorStrength { get; init; }
}

/// <summary>The items of highest mean response: no exploration beyond an optimistic start.</summary>
/// <remarks>score = (m·k + s)/(m + n), with n responses of sum s and a prior k of strength m. Sutton and Barto 2018, sections 2.2 and 2.6.
/// Exploit mode leaves the prior out and puts items never shown last.</remarks>
internal sealed class GreedyAgent(AgentContext context, GreedyOptions options) : IAgent, IExplainsSlates
{
    private readonly RandomStream _ties = new(context.Seed, "greedy:ties");
    private readonly ItemStatistics _statistics = new(context.Spec);

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        return Ranking.Best(Scores(mode).unsqueeze(0), observation, context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = Scores(mode);
        return new SlateExplanation(
            ItemExplanation.Relevance(scores, slates).MoveToOuterDisposeScope(),
            observation.EligibleItems is null ? ItemExplanation.Propensity(scores, slates, epsilon: 0).MoveToOuterDisposeScope() : null);
    }

    public void Learn(Feedback feedback) => _statistics.Add(feedback);

    public IReadOnlyDictionary<string, double> Diagnose() => _statistics.Diagnose();

    public void Save(IStateWriter writer) => _statistics.Save(writer);

    public void Load(IStateReader reader) => _statistics.Load(reader);

    public void Dispose() => _statistics.Dispose();

    private Tensor Scores(RecommendationMode mode) => mode == RecommendationMode.Explore ? Estimates() : _statistics.Means();

    private Tensor Estimates()
    {
        var weight = _statistics.Shown + options.PriorStrength;
        var estimates = (_statistics.Responses + (options.PriorMean * options.PriorStrength)) / weight;
        return estimates.masked_fill(_statistics.Shown.eq(0), options.PriorMean);
    }
}
