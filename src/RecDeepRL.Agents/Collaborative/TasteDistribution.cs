using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Users' click probabilities on P items as draws from one normal distribution N(μ, Σ): its parameters, learned from clicks of all users, and
/// what a user's own clicks make of it.</summary>
/// <remarks>A user's mean response to item i over n showings counts as normal with the probability as mean and variance σᵢ²/n, σᵢ² = μᵢ(1 − μᵢ) − Σᵢᵢ, which is what
/// a click has left once the users' differences are taken off. Where n is 0 the item tells nothing. With S the user's observed items, y their mean responses
/// and R their noise, A = Σ_SS + R, g = A⁻¹(y − μ_S), the posterior is N(μ + Σ·g, Σ − Σ·A⁻¹·Σ), g and A⁻¹ filled up with zeros to all P items.</remarks>
internal sealed class TasteDistribution : IDisposable
{
    /// <summary>Least σᵢ²: keeps an item that is nearly always or never clicked from counting as known exactly.</summary>
    private const double LeastNoise = .05;

    /// <summary>Least eigenvalue of Σ, hence the least variance of users' probabilities in any direction.</summary>
    private const double LeastVariance = .005;

    /// <param name="mean">[P] float, μ to begin with.</param>
    /// <param name="variance">Variance of users' probabilities to begin with, for every item.</param>
    public TasteDistribution(Tensor mean, double variance)
    {
        Mean = mean.to_type(ScalarType.Float32).DetachFromDisposeScope();
        Covariance = eye(mean.size(0), dtype: ScalarType.Float32, device: mean.device).mul_(variance).DetachFromDisposeScope();
    }

    private TasteDistribution(Tensor mean, Tensor covariance) => (Mean, Covariance) = (mean.DetachFromDisposeScope(), covariance.DetachFromDisposeScope());

    /// <summary>[P] float32, μ. Borrowed.</summary>
    public Tensor Mean { get; }

    /// <summary>[P, P] float32, Σ. Borrowed.</summary>
    public Tensor Covariance { get; }

    /// <summary>P.</summary>
    public long ItemCount => Mean.size(0);

    /// <summary>The noise of one response to each item.</summary>
    /// <returns>[P] float32, σ².</returns>
    public Tensor Noise()
    {
        using var scope = NewDisposeScope();
        return (Mean * (1 - Mean) - Covariance.diagonal()).clamp_min_(LeastNoise).MoveToOuterDisposeScope();
    }

    /// <summary>What is known of users' probabilities after their own responses.</summary>
    /// <param name="shown">[B, P] float32, how often each user was shown each item.</param>
    /// <param name="responses">[B, P] float32, sums of the responses.</param>
    /// <param name="most">The most items that any user has seen, of these or of all.</param>
    /// <returns>Posterior means and variances, each [B, P] float32.</returns>
    public (Tensor Means, Tensor Variances) Posterior(Tensor shown, Tensor responses, long most)
    {
        using var scope = NewDisposeScope();
        var (means, variances) = (Mean.expand(shown.shape).clone(), Covariance.diagonal().expand(shown.shape).clone());
        if (most > 0)
        {
            var users = shown.size(0);
            for (long start = 0, count; start < users; start += count)
            {
                using var blockScope = NewDisposeScope();
                count = Math.Min(TasteEvidence.UsersAtOnce(most, ItemCount), users - start);
                var evidence = new TasteEvidence(this, shown.narrow(0, start, count), responses.narrow(0, start, count), most);
                means.narrow(0, start, count).add_(evidence.Weighted.matmul(Covariance));
                variances.narrow(0, start, count).sub_(evidence.Explained());
            }
        }
        return (means.MoveToOuterDisposeScope(), variances.clamp_min_(0).MoveToOuterDisposeScope());
    }

    /// <summary>One step of μ and Σ uphill on the posterior density given all responses, by the natural gradient, which goes about as far as Newton's.</summary>
    /// <remarks>The gradient of the log likelihood of U users is ½U·G, G = mean(ggᵀ) − M, M = mean(A⁻¹); expectation–maximisation would step by ΣGΣ, a small part of the way
    /// where users have seen few of the items. Information on Σ is taken as ½U·M⊗M and, of a prior worth ν users of covariance Ψ = diag(ψ), as ½ν·Σ⁻¹⊗Σ⁻¹;
    /// both are diagonal in the basis W with WᵀΣ⁻¹W = I and WᵀMW = diag(λ), where the step is X = (U·WᵀGW + ν(W⁻¹ΨW⁻ᵀ − I)) / (U·λλᵀ + ν). On the diagonal of Σ the product understates the
    /// information by the share of users that have seen the item; there the step is as much shorter. ψ is the line fitted to Σ's diagonal over μ: users
    /// differ more on some items than on others, and how much is told by the items' means as far as the responses say so. Afterwards eigenvalues below the
    /// least are raised to it.</remarks>
    /// <param name="shown">[U, P], users in ascending order of the number of items they have seen, each at least one.</param>
    /// <param name="responses">[U, P].</param>
    /// <param name="seen">That number for each user.</param>
    /// <param name="priorUsers">ν, at least 0.</param>
    /// <param name="rate">Share of the step that is taken, in (0, 1].</param>
    public void Improve(Tensor shown, Tensor responses, long[] seen, double priorUsers, double rate)
    {
        using var scope = NewDisposeScope();
        var users = shown.size(0);
        var (sum, squares, inverses) = (zeros_like(Mean), zeros_like(Covariance), zeros_like(Covariance));
        for (long start = 0, count; start < users; start += count)
        {
            using var blockScope = NewDisposeScope();
            count = Math.Min(TasteEvidence.UsersAtOnce(seen[Math.Min(start + TasteEvidence.MostUsersAtOnce, users) - 1], ItemCount), users - start);
            var evidence = new TasteEvidence(this, shown.narrow(0, start, count), responses.narrow(0, start, count), seen[start + count - 1]);
            sum.add_(evidence.Weighted.sum(dim: 0));
            squares.add_(evidence.Weighted.t().matmul(evidence.Weighted));
            evidence.AddInverses(inverses);
        }
        var information = inverses.to_type(ScalarType.Float64) / users;
        var gradient = squares.to_type(ScalarType.Float64) / users - information;
        var share = shown.gt(0).sum(0, type: ScalarType.Float64) / users;

        var (values, vectors) = linalg.eigh(Covariance.to_type(ScalarType.Float64));
        var roots = values.clamp_min(LeastVariance).sqrt_();
        var (root, inverseRoot) = ((vectors * roots).matmul(vectors.t()), (vectors / roots).matmul(vectors.t()));
        var (lambda, rotation) = linalg.eigh(root.matmul(information).matmul(root));
        lambda = lambda.clamp_min(1e-4);
        var (basis, inverseBasis) = (root.matmul(rotation), rotation.t().matmul(inverseRoot));

        var prior = (inverseBasis * VarianceLine()).matmul(inverseBasis.t());
        prior.diagonal().sub_(1);
        var step = basis.t().matmul(gradient).matmul(basis).mul_(users).add_(prior, alpha: priorUsers).div_(lambda.unsqueeze(1).mul(lambda).mul_(users).add_(priorUsers));
        var change = basis.matmul(step).matmul(basis.t()).mul_(rate);
        change.diagonal().mul_(share);

        var next = Covariance.to_type(ScalarType.Float64) + (change + change.t()) * .5;
        (values, vectors) = linalg.eigh(next);
        Covariance.copy_((vectors * values.clamp_min(LeastVariance)).matmul(vectors.t()));
        Mean.add_((sum / users / information.diagonal().clamp_min(1e-3)).mul_(rate));
    }

    /// <summary>The line fitted to the items' variances over their means.</summary>
    /// <returns>[P] float64, no less than the least variance.</returns>
    public Tensor VarianceLine()
    {
        using var scope = NewDisposeScope();
        var (mean, variance) = (Mean.to_type(ScalarType.Float64), Covariance.diagonal().to_type(ScalarType.Float64));
        var distance = mean - mean.mean();
        var slope = (distance * variance).sum() / distance.square().sum().clamp_min(1e-6);
        return (distance * slope).add_(variance.mean()).clamp_min_(LeastVariance).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("mean", Mean);
        writer.Write("covariance", Covariance);
    }

    /// <param name="itemCount">P, as the saved one had.</param>
    public static TasteDistribution Load(IStateReader reader, long itemCount, Device device)
    {
        using var scope = NewDisposeScope();
        var (mean, covariance) = (empty([itemCount], ScalarType.Float32, device), empty([itemCount, itemCount], ScalarType.Float32, device));
        reader.ReadInto("mean", mean);
        reader.ReadInto("covariance", covariance);
        return new(mean, covariance);
    }

    public void Dispose()
    {
        Mean.Dispose();
        Covariance.Dispose();
    }
}
