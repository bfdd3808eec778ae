using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-ts</c>.</summary>
public sealed record NeuralThompsonOptions : GradientBanditOptions
{
    /// <summary>Factor on the standard deviations of the draws, ν. Default 0.2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Spread { get; init; } = 0.2;
}

/// <summary>NeuralTS: Thompson sampling of a network's outputs by the network's own gradients (Zhang, Zhou, Li, Gu 2021).</summary>
/// <remarks>score ~ N(f(x; w), ν²·gᵀZ⁻¹g), g = ∂f/∂w, Z diagonal; one draw for each user and item. What this deviates in from the paper stands in docs/agents/neural-ts.md.</remarks>
internal sealed class NeuralThompsonAgent(AgentContext context, NeuralThompsonOptions options) : GradientBandit(context, "neural-ts", options)
{
    private readonly RandomStream _draws = new(context.Seed, "neural-ts:draws");

    protected override Tensor Explore(Tensor outputs, Tensor deviations, Observation observation)
    {
        var luck = _draws.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, Spec.ItemCount));
        return outputs.addcmul(deviations, luck, options.Spread);
    }
}
