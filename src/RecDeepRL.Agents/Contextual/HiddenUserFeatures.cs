using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Features of users that nobody told: for each user a ridge regression of what is left of the user's responses on the hidden part of the weights
/// of the items that were shown. Cᵤ = λI + Σ hhᵀ, dᵤ = Σ rest·h, vᵤ = Cᵤ⁻¹dᵤ. U users, L features; float64.</summary>
/// <remarks>Read as a Gaussian with prior N(0, I) and response variance λ, the posterior is N(vᵤ, λCᵤ⁻¹).
/// Before anything is learned the features are draws from N(0, 0.1²): from zeros, neither side could leave.</remarks>
internal sealed class HiddenUserFeatures : IDisposable
{
    private readonly double _ridge;
    private readonly int _size;
    private readonly Tensor _precision;
    private readonly Tensor _moment;
    private readonly Tensor _inverse;

    /// <param name="userCount">U.</param>
    /// <param name="size">L.</param>
    /// <param name="ridge">λ, above 0.</param>
    public HiddenUserFeatures(int userCount, int size, double ridge, RandomStream start, Device device)
    {
        using var scope = NewDisposeScope();
        _ridge = ridge;
        _size = size;
        _precision = Prior(device).repeat(userCount, 1).DetachFromDisposeScope();
        _inverse = Prior(device).div_(ridge * ridge).repeat(userCount, 1).DetachFromDisposeScope();
        _moment = zeros([userCount, size], ScalarType.Float64, device).DetachFromDisposeScope();
        Features = start.Normal(0, device, userCount, size).to_type(ScalarType.Float64).mul_(.1).DetachFromDisposeScope();
    }

    /// <summary>[U, L] float64, vᵤ. Borrowed by whoever reads it.</summary>
    public Tensor Features { get; }

    /// <summary>Adds responses to the sums, and solves.</summary>
    /// <param name="users">[B] int64.</param>
    /// <param name="loadings">[B, K, L] float64, the hidden part of the shown items' weights.</param>
    /// <param name="rest">[B, K] float64, what the known part leaves of the responses.</param>
    public void Add(Tensor users, Tensor loadings, Tensor rest)
    {
        using var scope = NewDisposeScope();
        _precision.index_add_(0, users, loadings.transpose(1, 2).matmul(loadings).reshape(users.size(0), -1), 1);
        _moment.index_add_(0, users, loadings.mul(rest.unsqueeze(2)).sum(1), 1);
        Solve();
    }

    /// <summary>Solves anew for sums that come from elsewhere.</summary>
    /// <param name="squares">[U, L·L] float64, Σ hhᵀ of each user; without λ.</param>
    /// <param name="moments">[U, L] float64, Σ rest·h.</param>
    public void Refit(Tensor squares, Tensor moments)
    {
        using var scope = NewDisposeScope();
        _precision.copy_(squares).add_(Prior(squares.device));
        _moment.copy_(moments);
        Solve();
    }

    /// <summary>How sure the features of some users are, from one user on.</summary>
    /// <returns>[count, L, L] float64, λCᵤ⁻¹. The caller disposes.</returns>
    public Tensor Covariances(long first, long count)
    {
        using var scope = NewDisposeScope();
        return _inverse.narrow(0, first, count).reshape(-1, _size, _size).mul(_ridge).MoveToOuterDisposeScope();
    }

    /// <param name="loadings">[N, L] float64.</param>
    /// <returns>[B, N] float64, √(hᵢᵀCᵤ⁻¹hᵢ). The caller disposes.</returns>
    public Tensor Deviations(Tensor users, Tensor loadings)
    {
        using var scope = NewDisposeScope();
        return _inverse.index_select(0, users).matmul(ItemPosterior.Squares(loadings).t()).clamp_min_(0.0).sqrt_().MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("precision", _precision);
        writer.Write("moment", _moment);
        writer.Write("features", Features);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("precision", _precision);
        reader.ReadInto("moment", _moment);
        reader.ReadInto("features", Features);
        Invert();
    }

    public void Dispose()
    {
        _precision.Dispose();
        _moment.Dispose();
        _inverse.Dispose();
        Features.Dispose();
    }

    private void Solve()
    {
        using var scope = NewDisposeScope();
        Invert();
        Features.copy_(_inverse.reshape(-1, _size, _size).matmul(_moment.unsqueeze(2)).squeeze(2));
    }

    private void Invert()
    {
        using var scope = NewDisposeScope();
        _inverse.copy_(ItemPosterior.Factor(_precision).cholesky_inverse().reshape(-1, _size * _size));
    }

    private Tensor Prior(Device device) => eye(_size, dtype: ScalarType.Float64, device: device).mul_(_ridge).reshape(1, -1);
}
