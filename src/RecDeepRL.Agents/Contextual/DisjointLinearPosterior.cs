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
        AddTo(_precision, _moment, inputs, slates, responses);
        Count(slates, Shown);
        Refactor();
    }

    /// <summary>Writes what a part of a batch adds: <c>precision</c>, Σ xxᵀ of each item, <c>moment</c>, Σ r·x, and <c>shown</c>.</summary>
    /// <param name="inputs">[B, W] float64.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float.</param>
    public void SumUp(Tensor inputs, Tensor slates, Tensor responses, IStateWriter sums)
    {
        using var scope = NewDisposeScope();
        var (precision, moment, shown) = (zeros_like(_precision), zeros_like(_moment), zeros_like(Shown));
        AddTo(precision, moment, inputs, slates, responses);
        Count(slates, shown);
        sums.Write("precision", precision);
        sums.Write("moment", moment);
        sums.Write("shown", shown);
    }

    /// <summary>Adds one batch by its sums; but for rounding, what <see cref="Add(Tensor, Tensor, Tensor)"/> does, which adds row by row.</summary>
    public void Add(IStateReader sums)
    {
        using var scope = NewDisposeScope();
        var (precision, moment, shown) = (zeros_like(_precision), zeros_like(_moment), zeros_like(Shown));
        sums.ReadInto("precision", precision);
        sums.ReadInto("moment", moment);
        sums.ReadInto("shown", shown);
        _precision.add_(precision);
        _moment.add_(moment);
        Shown.add_(shown);
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

    private void AddTo(Tensor precision, Tensor moment, Tensor inputs, Tensor slates, Tensor responses)
    {
        foreach (var (start, count) in Parts(inputs.size(0), Width))
        {
            using var scope = NewDisposeScope();
            var part = inputs.narrow(0, start, count);
            var squares = Squares(part);
            for (var slot = 0; slot < slates.size(1); slot++)
            {
                var items = slates.select(1, slot).narrow(0, start, count);
                precision.index_add_(0, items, squares, 1);
                moment.index_add_(0, items, part * responses.narrow(1, slot, 1).narrow(0, start, count), 1);
            }
        }
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
