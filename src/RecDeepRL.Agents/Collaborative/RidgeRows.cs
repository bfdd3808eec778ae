using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Many weighted ridge regressions on the same features at once, one for each row: Aᵣ = λI + Σ_c w_rc·f_c·f_cᵀ, bᵣ = Σ_c m_rc·f_c.
/// R rows, C columns, D features.</summary>
internal static class RidgeRows
{
    /// <summary>Share of the mean diagonal added before factoring: above what float32 sums can take from the ridge, far below what shows.</summary>
    private const double Safeguard = 1e-7;

    /// <summary>The same for rows that cannot be factored with it.</summary>
    private const double LargeSafeguard = 1e-4;

    /// <summary>Solves for every row, some rows at a time.</summary>
    /// <param name="weights">[R, C] float, at least 0; any strides.</param>
    /// <param name="moments">[R, C] float, weight times target.</param>
    /// <param name="features">[C, D] of the same type.</param>
    /// <param name="ridge">[D] float64, above 0.</param>
    /// <returns>[R, D] float64.</returns>
    public static Tensor Solve(Tensor weights, Tensor moments, Tensor features, Tensor ridge)
    {
        using var scope = NewDisposeScope();
        var squares = Squares(features);
        var solution = empty([weights.size(0), features.size(1)], ScalarType.Float64, weights.device);
        UserSlices.ForEach(weights.size(0), squares.size(1), weights.device, (start, count) =>
        {
            using var noGradient = no_grad();
            var factor = Factor(weights.narrow(0, start, count), squares, ridge);
            solution.narrow(0, start, count).copy_(Mean(factor, moments.narrow(0, start, count), features));
        });
        return solution.MoveToOuterDisposeScope();
    }

    /// <returns>[C, D·D], the outer product of each feature vector with itself.</returns>
    public static Tensor Squares(Tensor features)
    {
        using var scope = NewDisposeScope();
        var width = features.size(1);
        return (features.unsqueeze(2) * features.unsqueeze(1)).reshape(-1, width * width).MoveToOuterDisposeScope();
    }

    /// <returns>[R, D, D] float64, the lower Cholesky factor of each Aᵣ.</returns>
    public static Tensor Factor(Tensor weights, Tensor squares, Tensor ridge)
    {
        using var scope = NewDisposeScope();
        var width = ridge.size(0);
        var precision = weights.matmul(squares).to_type(ScalarType.Float64).reshape(-1, width, width);
        var mean = precision.diagonal(0, 1, 2).mean([1], keepdim: true);
        var (factor, info) = linalg.cholesky_ex(precision + diag_embed(mean.mul(Safeguard) + ridge));
        var broken = info.ne(0);
        if (broken.any().item<bool>())
        {
            // Weights so far apart that float32 sums are off by more than the safeguard: those rows get one that is above it.
            var above = mean.mul(LargeSafeguard) * broken.unsqueeze(1);
            factor = linalg.cholesky(precision + diag_embed(mean.mul(Safeguard) + above + ridge));
        }
        return factor.MoveToOuterDisposeScope();
    }

    /// <returns>[R, D] float64, Aᵣ⁻¹bᵣ.</returns>
    public static Tensor Mean(Tensor factor, Tensor moments, Tensor features)
    {
        using var scope = NewDisposeScope();
        return moments.matmul(features).to_type(ScalarType.Float64).unsqueeze(2).cholesky_solve(factor).squeeze(2).MoveToOuterDisposeScope();
    }
}
