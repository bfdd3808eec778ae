using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of <c>ease</c>.</summary>
public sealed record EaseOptions : ItemModelOptions
{
    /// <summary>Ridge penalty λ on the weights between items, above 0. Default 200.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Ridge { get; init; } = 200;
}

/// <summary>Linear regression of each item's column on all others, solved in closed form (EASE, Steck 2019).</summary>
/// <remarks>W minimises ‖X − XW‖² + λ‖W‖² with a diagonal of zeros: with P = (XᵀX + λI)⁻¹, W_ij = −P_ij/P_jj. What this deviates in from the
/// paper stands in docs/agents/ease.md.</remarks>
internal sealed class EaseAgent(AgentContext context, EaseOptions options) : ItemModelAgent(context, "ease", options)
{
    private readonly EaseOptions _options = options;

    protected override void Fit(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var gram = rows.t().matmul(rows).to_type(ScalarType.Float64);
        gram.diagonal().add_(_options.Ridge);
        var inverse = linalg.cholesky(gram).cholesky_inverse();
        Weights.copy_(inverse / inverse.diagonal().neg());
        Weights.diagonal().zero_();
    }
}
