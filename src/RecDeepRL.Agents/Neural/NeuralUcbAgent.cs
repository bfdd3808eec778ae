using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-ucb</c>.</summary>
public sealed record NeuralUcbOptions : GradientBanditOptions
{
    /// <summary>Standard deviations that are added to an output when exploring, γ. Default 0.3.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.3;
}

/// <summary>NeuralUCB: upper confidence bounds on a network's outputs by the network's own gradients (Zhou, Li, Gu 2020).</summary>
/// <remarks>score = f(x; w) + γ·√(gᵀZ⁻¹g), g = ∂f/∂w, Z diagonal. What this deviates in from the paper stands in docs/agents/neural-ucb.md.</remarks>
internal sealed class NeuralUcbAgent(AgentContext context, NeuralUcbOptions options) : GradientBandit(context, "neural-ucb", options)
{
    protected override Tensor Explore(Tensor outputs, Tensor deviations, Observation observation) => outputs.add(deviations, alpha: options.Alpha);
}
