using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of EXP3.</summary>
public sealed record Exp3Options
{
    /// <summary>γ, the part of the showings that goes to all items alike; also the pace of learning. In (0, 1). Default 0.05.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Exploration { get; init; } = 0.05;
}

/// <summary>Exponential weights on responses divided by the probability of being shown: nothing is assumed of where responses come from.</summary>
/// <remarks>Auer, Cesa-Bianchi, Freund and Schapire 2002, Exp3; slates as Uchiya, Nakamura and Kudo 2010, Exp3.M. What batches make of them is
/// told at <see cref="ExponentialWeightsAgent"/>.</remarks>
internal sealed class Exp3Agent(AgentContext context, Exp3Options options) : ExponentialWeightsAgent(context, "exp3", options.Exploration, share: 0);
