using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of discounted UCB.</summary>
public sealed record DiscountedUcbOptions : IndexOptions
{
    /// <summary>γ, how much everything remembered still counts after a round. In (0, 1]; 1 forgets nothing. Default 0.7.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.7;

    /// <summary>c, the factor of the exploration bonus √(c·ln n / nᵢ). At least 0; the paper's own is 2 or more. Default 0.25.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 0.25;
}

/// <summary>Upper confidence bounds in which the past fades: showings and responses count γ times as much after each round, so that the bound of an
/// item not shown rises.</summary>
/// <remarks>index = sᵢ/nᵢ + √(c·ln n / nᵢ), all of them discounted. Garivier and Moulines 2011, D-UCB, where the factor is written 4·B²·ξ.
/// Deviates: the discount is per round, not per showing.</remarks>
internal sealed class DiscountedUcbAgent(AgentContext context, DiscountedUcbOptions options)
    : IndexAgent(context, "discounted-ucb", options, new DiscountedStatistics(context.Spec, options.Discount))
{
    protected internal override Tensor Index(ItemFigures figures) => UcbIndex.Of(figures, options.Exploration);
}
