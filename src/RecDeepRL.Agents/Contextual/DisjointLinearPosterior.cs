using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>One ridge regression of the response on the input for each item, kept as its sufficient statistics: precision Aᵢ = λI + Σ xxᵀ and
/// moment bᵢ = Σ r·x. θᵢ = Aᵢ⁻¹bᵢ, Σᵢ = Aᵢ⁻¹; the noise has variance 1.</summary>
internal class DisjointLinearPosterior : ItemPosterior
{
    private readonly double _ridge;
    private readonly Tensor _precision;
    private readonly Tensor _moment;

    /// <param name="itemCount">N.</param>
    /// <param name="width">W, width of an input.</param>
    /// <param name="ridge">λ, above 0.</param>
    public DisjointLinearPosterior(int itemCount, int width, double ridge, Device device)
        : base(itemCount, width, ridge, device)
    {
        using var scope = NewDisposeScope();
        _ridge = ridge;
        _precision = eye(width, dtype: ScalarType.Float64, device: device).mul_(ridge).reshape(1, -1).repeat(itemCount, 1).DetachFromDisposeScope();
        _moment = zeros([itemCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>Adds one batch and refactors every Aᵢ once, so that nothing drifts.</summary>
    /// <inheritdoc/>
    public override void Add(Tensor inputs, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        foreach (var (start, count) in Parts(inputs.shape[0], Width))
        {
            using var partScope = NewDisposeScope();
            var part = inputs.narrow(0, start, count);
            var squares = Squares(part);
            for (var slot = 0; slot < slates.shape[1]; slot++)
            {
                var items = slates.select(1, slot).narrow(0, start, count);
                _precision.index_add_(0, items, squares, 1);
                _moment.index_add_(0, items, part * responses.narrow(1, slot, 1).narrow(0, start, count), 1);
            }
        }
        Count(slates);
        Refactor();
    }

    /// <summary>Solves anew for sums that come from elsewhere.</summary>
    /// <param name="squares">[N, W·W] float64, Σ xxᵀ of each item, or its expectation where x is uncertain; without λ.</param>
    /// <param name="moments">[N, W] float64, Σ r·x.</param>
    public void Refit(Tensor squares, Tensor moments)
    {
        using var scope = NewDisposeScope();
        _precision.copy_(squares).add_(eye(Width, dtype: ScalarType.Float64, device: squares.device).mul_(_ridge).reshape(1, -1));
        _moment.copy_(moments);
        Refactor();
    }

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("precision", _precision);
        writer.Write("moment", _moment);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("precision", _precision);
        reader.ReadInto("moment", _moment);
        Refactor();
    }

    protected override void DisposeOwn()
    {
        _precision.Dispose();
        _moment.Dispose();
    }

    /// <summary>Weights and covariances of the regressions by themselves; a class that ties the items together changes them in place.</summary>
    /// <param name="own">[N, W] float64, Aᵢ⁻¹bᵢ.</param>
    /// <param name="inverse">[N, W·W] float64, Aᵢ⁻¹.</param>
    protected virtual void Tie(Tensor own, Tensor inverse)
    {
    }

    /// <summary>Solves all regressions for the sums as they are now: first Aᵢ and bᵢ, then θᵢ of them.</summary>
    private void Refactor()
    {
        using var scope = NewDisposeScope();
        var factor = Factor(_precision);
        Covariance.copy_(factor.cholesky_inverse().reshape(-1, Width * Width));
        Weights.copy_(_moment.unsqueeze(2).cholesky_solve(factor).squeeze(2));
        Tie(Weights, Covariance);
    }
}
