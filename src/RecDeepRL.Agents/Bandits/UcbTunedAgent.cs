using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of UCB-tuned.</summary>
public sealed record UcbTunedOptions : IndexOptions
{
    /// <summary>c, a factor within the square root of the bonus. At least 0; the paper's own is 1. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;
}

/// <summary>Upper confidence bounds that are narrower for items of little variance, without a proof.</summary>
/// <remarks>index = μᵢ + √(c·(ln n / nᵢ)·min(¼, σᵢ² + √(2·ln n / nᵢ))). Auer, Cesa-Bianchi and Fischer 2002, section 4, UCB1-TUNED.
/// Responses have to lie in [0, 1], as ¼ is the largest variance there.</remarks>
internal sealed class UcbTunedAgent(AgentContext context, UcbTunedOptions options) : IndexAgent(context, "ucb-tuned", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures)
    {
        var ratio = figures.Total.log() / figures.Shown;
        var variance = (figures.Variance + (ratio * 2.0).sqrt_()).clamp_max_(0.25);
        return figures.Mean + (ratio * options.Exploration * variance).sqrt_();
    }
}
