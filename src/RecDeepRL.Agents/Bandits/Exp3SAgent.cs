using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of EXP3.S.</summary>
public sealed record Exp3SOptions
{
    /// <summary>γ, the part of the showings that goes to all items alike; also the pace of learning. In (0, 1). Default 0.05.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Exploration { get; init; } = 0.05;

    /// <summary>α, the part of all weight that is shared out among the items after each user, times e. In [0, 1]. Default 0.0001.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.0001;
}

/// <summary>EXP3 whose items all keep a part of the weight, so that another item can take the lead.</summary>
/// <remarks>Auer, Cesa-Bianchi, Freund and Schapire 2002, Exp3.S: wᵢ ← wᵢ·exp(γ·x̂ᵢ/N) + (e·α/N)·Σ wⱼ. What slates and batches make of it is told at
/// <see cref="ExponentialWeightsAgent"/>.</remarks>
internal sealed class Exp3SAgent(AgentContext context, Exp3SOptions options) : ExponentialWeightsAgent(context, "exp3s", options.Exploration, options.Share);
