using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of <c>slim</c>.</summary>
public sealed record SlimOptions : ItemModelOptions
{
    /// <summary>Ridge penalty β on the weights between items, above 0. Default 50.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Ridge { get; init; } = 50;

    /// <summary>Penalty λ on the weights' absolute values, which makes them sparse. At least 0. Default 5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Lasso { get; init; } = 5;

    /// <summary>Whether weights have to be at least 0, as in the paper; residuals need negative ones too. Default false.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Passes of proximal gradient descent in each fit, going on from the last fit's weights. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int Passes { get; init; } = 20;
}

/// <summary>Sparse linear regression of each item's column on all others (SLIM, Ning and Karypis 2011).</summary>
/// <remarks>W minimises ½‖X − XW‖² + ½β‖W‖² + λ‖W‖₁ with a diagonal of zeros, all columns at once by accelerated proximal gradient descent
/// (FISTA, Beck and Teboulle 2009, restarted where the step turns against the momentum: O'Donoghue and Candès 2015). What this deviates in from the
/// paper stands in docs/agents/slim.md.</remarks>
internal sealed class SlimAgent(AgentContext context, SlimOptions options) : ItemModelAgent(context, "slim", options)
{
    private readonly SlimOptions _options = options;

    protected override void Fit(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var gram = rows.t().matmul(rows).to_type(ScalarType.Float32);
        // The gradient's steepest change: the greatest eigenvalue of XᵀX, and β.
        var step = linalg.eigvalsh(gram.to_type(ScalarType.Float64))[-1].mul_(1.0001).add_(_options.Ridge).reciprocal_().to_type(ScalarType.Float32);
        var threshold = step * _options.Lasso;
        var weights = Weights.to_type(ScalarType.Float32);
        var ahead = weights.clone();
        var momentum = ones([], ScalarType.Float32, rows.device);
        for (var pass = 0; pass < _options.Passes; pass++)
        {
            using var passScope = NewDisposeScope();
            var gradient = gram.matmul(ahead).sub_(gram).add_(ahead, alpha: _options.Ridge);
            var next = Shrunk(ahead - (gradient * step), threshold);
            next.diagonal().zero_();
            var change = next - weights;
            // A step that turns against the momentum starts it anew.
            var keeps = (ahead - next).mul_(change).sum().le(0).to_type(ScalarType.Float32);
            var grown = (momentum * keeps).pow_(2).mul_(4).add_(1).sqrt_().add_(1).div_(2);
            ahead.copy_(next + change.mul_((momentum - 1).mul_(keeps).div_(grown).clamp_min_(0)));
            momentum.copy_(grown);
            weights.copy_(next);
        }
        Weights.copy_(weights);
    }

    private Tensor Shrunk(Tensor weights, Tensor threshold) => _options.NonNegative
        ? (weights - threshold).clamp_min_(0)
        : weights.sign().mul_((weights.abs() - threshold).clamp_min_(0));
}
