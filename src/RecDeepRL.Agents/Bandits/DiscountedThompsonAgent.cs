using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of discounted Thompson sampling.</summary>
public sealed record DiscountedThompsonOptions : BetaPosteriorOptions
{
    /// <summary>γ, how much everything remembered still counts after a round. In (0, 1]; 1 forgets nothing. Default 0.75.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.75;
}

/// <summary>Thompson sampling in which the past fades: showings and responses count γ times as much after each round, so that the posterior of an
/// item not shown goes back to its prior.</summary>
/// <remarks>Raj and Kalyani 2017. Deviates: the discount is per round, not per showing.</remarks>
internal sealed class DiscountedThompsonAgent(AgentContext context, DiscountedThompsonOptions options)
    : BetaPosteriorAgent(context, "discounted-thompson", options, new DiscountedStatistics(context.Spec, options.Discount));
