using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What is known of users' probabilities p = μ + qᵀz + ε: normal, from the posterior of z and, given it, of ε. B users, N items; everything is float64.</summary>
/// <remarks>Given f = qᵀz, the mean of ε is k(y − μ − f) with k the pair's own share, and its variance ψ(1 − k); so p = μ + (1 − k)f + k(y − μ) + a deviation of variance ψ(1 − k).</remarks>
/// <param name="User">The posterior of z.</param>
/// <param name="ItemMeans">[N], μ.</param>
/// <param name="Residuals">[B, N], y − μ; 0 where the pair was not seen.</param>
/// <param name="Own">[B, N], k; 0 where the pair was not seen.</param>
/// <param name="PairVariance">A scalar, ψ.</param>
internal sealed record PmfPosterior(UserPosterior User, Tensor ItemMeans, Tensor Residuals, Tensor Own, Tensor PairVariance)
{
    /// <returns>[B, N], the posterior mean.</returns>
    public Tensor Means()
    {
        using var scope = NewDisposeScope();
        return Mixed(User.Means()).MoveToOuterDisposeScope();
    }

    /// <returns>[B, N], the posterior variance.</returns>
    public Tensor Variances()
    {
        using var scope = NewDisposeScope();
        var rest = 1 - Own;
        return (User.Variances() * rest.square() + rest * PairVariance).MoveToOuterDisposeScope();
    }

    /// <summary>A draw from the posterior.</summary>
    /// <param name="factorNoise">[B, F], standard normal.</param>
    /// <param name="pairNoise">[B, N], standard normal.</param>
    /// <param name="scale">What deviations from the mean are multiplied by.</param>
    /// <returns>[B, N].</returns>
    public Tensor Draw(Tensor factorNoise, Tensor pairNoise, double scale)
    {
        using var scope = NewDisposeScope();
        return Mixed(User.Draw(factorNoise, scale)).add_(((1 - Own) * PairVariance).sqrt() * pairNoise, alpha: scale).MoveToOuterDisposeScope();
    }

    private Tensor Mixed(Tensor factors) => factors * (1 - Own) + Residuals * Own + ItemMeans;
}
