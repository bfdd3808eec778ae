using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What is known of the vectors of some users given the items' features: normal with a mean and a precision for each user. B users, N items,
/// D features. Everything is float64 and disposed with the scope it was made in.</summary>
/// <param name="Mean">[B, D].</param>
/// <param name="Factor">[B, D, D], the lower Cholesky factor of each precision.</param>
/// <param name="Features">[N, D].</param>
/// <param name="Squares">[N, D·D], of the features (<see cref="RidgeRows.Squares"/>), where they are at hand; else they are made when variances are asked for.</param>
internal sealed record UserPosterior(Tensor Mean, Tensor Factor, Tensor Features, Tensor? Squares = null)
{
    /// <returns>[B, N], fᵢᵀx at the mean.</returns>
    public Tensor Means()
    {
        using var scope = NewDisposeScope();
        return Mean.matmul(Features.t()).MoveToOuterDisposeScope();
    }

    /// <returns>[B, N], the variance of fᵢᵀx, fᵢᵀA⁻¹fᵢ: one product of all covariances with all squares, which makes nothing of size B × N × D.</returns>
    public Tensor Variances()
    {
        using var scope = NewDisposeScope();
        // Where all but nothing is left open, rounding may leave less than nothing.
        return Factor.cholesky_inverse().reshape(Mean.size(0), -1).matmul((Squares ?? RidgeRows.Squares(Features)).t()).clamp_min_(0).MoveToOuterDisposeScope();
    }

    /// <summary>fᵢᵀx at a draw of each user's vector, the same for all items.</summary>
    /// <param name="noise">[B, D], standard normal.</param>
    /// <param name="scale">What deviations from the mean are multiplied by.</param>
    /// <returns>[B, N].</returns>
    public Tensor Draw(Tensor noise, double scale)
    {
        using var scope = NewDisposeScope();
        var deviations = linalg.solve_triangular(Factor.transpose(1, 2), noise.unsqueeze(2), upper: true).squeeze(2);
        return (Mean + deviations.mul_(scale)).matmul(Features.t()).MoveToOuterDisposeScope();
    }
}
