using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of sliding-window UCB.</summary>
public sealed record SlidingWindowUcbOptions : IndexOptions
{
    /// <summary>W, how many rounds are remembered. In [1, 10000]. Default 4.</summary>
    [Range(1, 10000)]
    public int Window { get; init; } = 4;

    /// <summary>c, the factor of the exploration bonus √(c·ln n / nᵢ). At least 0; the paper's own is above 0.5. Default 0.25.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 0.25;
}

/// <summary>Upper confidence bounds on the last rounds only.</summary>
/// <remarks>index = sᵢ/nᵢ + √(c·ln n / nᵢ), all of them within the window. Garivier and Moulines 2011, SW-UCB, where the factor is written B²·ξ.
/// Deviates: the window is in rounds, not in showings.</remarks>
internal sealed class SlidingWindowUcbAgent(AgentContext context, SlidingWindowUcbOptions options)
    : IndexAgent(context, "sliding-window-ucb", options, new WindowedStatistics(context.Spec, options.Window))
{
    protected internal override Tensor Index(ItemFigures figures) => UcbIndex.Of(figures, options.Exploration);
}
