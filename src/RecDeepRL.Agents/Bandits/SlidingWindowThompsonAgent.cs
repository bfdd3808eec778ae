using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of sliding-window Thompson sampling.</summary>
public sealed record SlidingWindowThompsonOptions : BetaPosteriorOptions
{
    /// <summary>W, how many rounds are remembered. In [1, 10000]. Default 4.</summary>
    [Range(1, 10000)]
    public int Window { get; init; } = 4;
}

/// <summary>Thompson sampling on the last rounds only.</summary>
/// <remarks>Trovò, Paladino, Restelli and Gatti 2020, SW-TS. Deviates: the window is in rounds, not in showings.</remarks>
internal sealed class SlidingWindowThompsonAgent(AgentContext context, SlidingWindowThompsonOptions options)
    : BetaPosteriorAgent(context, "sliding-window-thompson", options, new WindowedStatistics(context.Spec, options.Window));
