using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
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
internal sealed class GreedyAgent(AgentContext context, GreedyOptions options) : ItemAgent(context, "greedy", new ItemStatistics(context.Spec))
{
    public override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        return Best(Scores(mode), observation).MoveToOuterDisposeScope();
    }

    public override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = Scores(mode);
        return Explain(observation, slates, scores, scores);
    }

    private Tensor Scores(RecommendationMode mode) => mode == RecommendationMode.Explore ? Estimates() : Statistics.Means();

    private Tensor Estimates()
    {
        var weight = Statistics.Shown + options.PriorStrength;
        var estimates = (Statistics.Responses + (options.PriorMean * options.PriorStrength)) / weight;
        return estimates.masked_fill(Statistics.Shown.eq(0), options.PriorMean);
    }
}
