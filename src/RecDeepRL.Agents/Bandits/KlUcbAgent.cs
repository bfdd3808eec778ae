using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of KL-UCB.</summary>
public sealed record KlUcbOptions : IndexOptions
{
    /// <summary>The factor of ln n in what an index may diverge. At least 0; the paper's own is 1. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;

    /// <summary>c, the factor of ln ln n beside it. At least 0; 3 in the paper's theorem, 0 in its experiments. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double DoubleLogarithm { get; init; }
}

/// <summary>Upper confidence bounds as tight as coins allow: the highest mean that the responses do not speak against too clearly.</summary>
/// <remarks>index = max{q : nᵢ·kl(μᵢ, q) ≤ a·ln n + c·ln ln n}. Garivier and Cappé 2011, KL-UCB, where a = 1. Responses have to lie in [0, 1].</remarks>
internal sealed class KlUcbAgent(AgentContext context, KlUcbOptions options) : IndexAgent(context, "kl-ucb", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures) =>
        KlIndex.Of(figures, options.Exploration, options.DoubleLogarithm);
}
