using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of UCB-V.</summary>
public sealed record UcbVOptions : IndexOptions
{
    /// <summary>ζ, how fast exploration grows with the logarithm of all showings. At least 0; the paper's theorems ask for more than 1. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 0.5;

    /// <summary>c, the weight of the bonus for the range of the responses, 3·b·ζ·ln n / nᵢ. At least 0; the paper's own is 1. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double RangeWeight { get; init; } = 0.1;

    /// <summary>b, the largest response possible. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double LargestResponse { get; init; } = 1;
}

/// <summary>Upper confidence bounds from the empirical Bernstein inequality: narrower for items of little variance.</summary>
/// <remarks>index = μᵢ + √(2·σᵢ²·ζ·ln n / nᵢ) + c·3·b·ζ·ln n / nᵢ. Audibert, Munos and Szepesvári 2009, UCB-V.</remarks>
internal sealed class UcbVAgent(AgentContext context, UcbVOptions options) : IndexAgent(context, "ucb-v", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures)
    {
        var ratio = figures.Total.log() * options.Exploration / figures.Shown;
        return figures.Mean + (figures.Variance * ratio * 2.0).sqrt_() + (ratio * (3 * options.RangeWeight * options.LargestResponse));
    }
}
