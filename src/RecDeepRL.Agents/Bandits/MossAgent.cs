using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of MOSS.</summary>
public sealed record MossOptions : IndexOptions
{
    /// <summary>T, how many showings there will be in all, where that is known; none counts those so far. At least 1. Default none.</summary>
    [Range(1.0, double.MaxValue)]
    public double? Horizon { get; init; }

    /// <summary>c, a factor within the square root of the bonus. At least 0; the paper's own is 1. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;
}

/// <summary>Upper confidence bounds that stop exploring an item once it had its share of the showings: optimal in the worst case.</summary>
/// <remarks>index = μᵢ + √(c·max(0, ln(T/(N·nᵢ))) / nᵢ). Audibert and Bubeck 2009, MOSS; without a horizon T is the showings so far,
/// Degenne and Perchet 2016, MOSS-anytime, whose factor is (1 + α)/2 for an α above 0.</remarks>
internal sealed class MossAgent(AgentContext context, MossOptions options) : IndexAgent(context, "moss", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures)
    {
        var horizon = options.Horizon is { } known ? full_like(figures.Total, known) : figures.Total;
        var excess = (horizon / (figures.Shown * Context.Spec.ItemCount)).log_().clamp_min_(0.0);
        return figures.Mean + (excess * options.Exploration / figures.Shown).sqrt_();
    }
}
