using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Ridge regressions of all items that share a part: the response is βᵀz + θᵢᵀx, with z = gᵢ ⊗ x for the item's vector gᵢ = (1, item features).
/// Li et al. 2010, algorithm 2.</summary>
/// <remarks>Since z is an outer product, βᵀz = (Ggᵢ)ᵀx with a matrix G, so an item's weights are wᵢ = θᵢ + Ggᵢ, and everything follows from each item's
/// own Aᵢ = λI + Σ xxᵀ and bᵢ = Σ r·x. With Bᵢ = Σ xzᵀ = gᵢᵀ ⊗ (Aᵢ − λI), the paper's sums become
/// A₀ = μI + Σᵢ gᵢgᵢᵀ ⊗ (λI − λ²Aᵢ⁻¹) and b₀ = Σᵢ gᵢ ⊗ λAᵢ⁻¹bᵢ, in which nothing cancels; then
/// wᵢ = Aᵢ⁻¹bᵢ + λAᵢ⁻¹Ggᵢ, and the paper's s is xᵀΣᵢx with Σᵢ = Aᵢ⁻¹ + λ²Aᵢ⁻¹ (gᵢ ⊗ I)ᵀA₀⁻¹(gᵢ ⊗ I) Aᵢ⁻¹.</remarks>
internal sealed class HybridLinearPosterior : DisjointLinearPosterior
{
    private readonly double _ridge;
    private readonly double _sharedRidge;
    private readonly Tensor _items;

    /// <param name="items">[N, P] float64, gᵢ. Ownership passes to the posterior.</param>
    /// <param name="width">W, width of an input.</param>
    /// <param name="ridge">λ of each item's own part, above 0.</param>
    /// <param name="sharedRidge">μ of the shared part, above 0.</param>
    public HybridLinearPosterior(Tensor items, int width, double ridge, double sharedRidge)
        : base((int)items.size(0), width, ridge, items.device)
    {
        _ridge = ridge;
        _sharedRidge = sharedRidge;
        _items = items.DetachFromDisposeScope();
        Shared = zeros([items.size(1), width], ScalarType.Float64, items.device).DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        // Nothing seen: β ~ N(0, I/μ) adds |gᵢ|²/μ to the variance of every weight.
        Covariance.add_(eye(width, dtype: ScalarType.Float64, device: items.device).reshape(1, -1) * (_items.square().sum(1, keepdim: true) / sharedRidge));
    }

    /// <summary>[P, W] float64, β as the transpose of G. Borrowed by whoever reads it.</summary>
    public Tensor Shared { get; }

    protected override void DisposeOwn()
    {
        base.DisposeOwn();
        _items.Dispose();
        Shared.Dispose();
    }

    protected override void Tie(Tensor own, Tensor inverse)
    {
        using var scope = NewDisposeScope();
        var (itemCount, vector, width) = (_items.size(0), _items.size(1), (long)Width);
        var shrinkage = inverse * _ridge; // λAᵢ⁻¹, [N, W·W]: what an item's own regression leaves to the shared part.
        var left = (eye(width, dtype: ScalarType.Float64, device: _items.device).reshape(1, -1) - shrinkage) * _ridge;
        var pairs = Squares(_items); // [N, P·P]

        // [P, P, W, W] with rows (p, w): reordered to the Kronecker order [P·W, P·W].
        var precision = pairs.t().matmul(left).reshape(vector, vector, width, width).permute(0, 2, 1, 3).reshape(vector * width, vector * width);
        precision.diagonal().add_(_sharedRidge);
        var factor = linalg.cholesky(precision);
        var moment = _items.t().matmul(own * _ridge).reshape(-1, 1);
        Shared.copy_(moment.cholesky_solve(factor).reshape(vector, width));

        var between = factor.cholesky_inverse().reshape(vector, width, vector, width).permute(0, 2, 1, 3).reshape(vector * vector, width * width);
        var tied = pairs.matmul(between).reshape(itemCount, width, width);
        var shrink = shrinkage.reshape(itemCount, width, width);
        own.add_(shrink.matmul(_items.matmul(Shared).unsqueeze(2)).squeeze(2));
        inverse.add_(shrink.matmul(tied).matmul(shrink).reshape(itemCount, -1));
    }
}
