using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the UCB agent.</summary>
public sealed record UcbOptions : IndexOptions
{
    /// <summary>c, the factor of the exploration bonus √(c·ln n / nᵢ). At least 0; UCB1's own is 2. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 2;
}

/// <summary>Upper confidence bound on the mean response, one for each item.</summary>
/// <remarks>index = sᵢ/nᵢ + √(c·ln n / nᵢ), with nᵢ responses of sum sᵢ and n = Σ nᵢ. Auer, Cesa-Bianchi and Fischer 2002, UCB1.
/// Deviates: responses arrive in batches, within which nothing is learned; n counts shown items, K for each user.</remarks>
internal sealed class UcbAgent(AgentContext context, UcbOptions options) : IndexAgent(context, "ucb", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures) => UcbIndex.Of(figures, options.Exploration);
}
