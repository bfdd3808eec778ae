using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What the responses of B users say of their tastes: for each user the D items seen most often, padded with items not seen, and the system
/// A = Σ_SS + R of these, factored. The words are those of <see cref="TasteDistribution"/>.</summary>
/// <remarks>With Q = R^(−½), A⁻¹ = Q(QΣ_SSQ + I)⁻¹Q: a system that is well conditioned whatever the counts, and in which an item not seen has Q = 0 and
/// stays out of everything. Tensors belong to the dispose scope in which it was made.</remarks>
internal sealed class TasteEvidence
{
    /// <summary>Few enough that users in the order of the items they have seen are padded little.</summary>
    public const long MostUsersAtOnce = 256;

    private const long ValuesAtOnce = 1L << 20;

    private readonly TasteDistribution _tastes;
    private readonly Tensor _items;
    private readonly Tensor _places;
    private readonly Tensor _roots;
    private readonly Tensor _factor;

    /// <param name="shown">[B, P] float32.</param>
    /// <param name="responses">[B, P] float32.</param>
    /// <param name="most">D, at least as many items as any of the users has seen.</param>
    public TasteEvidence(TasteDistribution tastes, Tensor shown, Tensor responses, long most)
    {
        _tastes = tastes;
        (var counts, _items) = shown.topk((int)most, 1);
        var flat = _items.reshape(-1);
        _roots = (counts / tastes.Noise().index_select(0, flat).reshape(counts.shape)).sqrt_();
        _places = _items.unsqueeze(2).mul(tastes.ItemCount).add(_items.unsqueeze(1)).reshape(-1);
        var system = tastes.Covariance.reshape(-1).index_select(0, _places).reshape(-1, most, most).mul_(_roots.unsqueeze(2)).mul_(_roots.unsqueeze(1));
        system.diagonal(0, 1, 2).add_(1);
        _factor = linalg.cholesky(system);
        var residuals = (responses.gather(1, _items) / counts.clamp_min(1) - tastes.Mean.index_select(0, flat).reshape(counts.shape)).mul_(_roots);
        var solution = residuals.unsqueeze(2).cholesky_solve(_factor).squeeze(2).mul_(_roots);
        Weighted = zeros_like(shown).scatter_(1, _items, solution);
    }

    /// <summary>[B, P], g.</summary>
    public Tensor Weighted { get; }

    /// <summary>How many users to take at once, at most <see cref="MostUsersAtOnce"/>.</summary>
    /// <param name="most">The most items that any of that many users has seen.</param>
    public static long UsersAtOnce(long most, long itemCount) => Math.Clamp(ValuesAtOnce / Math.Max(1, most * Math.Max(most, itemCount)), 1, MostUsersAtOnce);

    /// <returns>[B, P], the diagonal of ΣA⁻¹Σ: the variance that the responses have taken away.</returns>
    public Tensor Explained()
    {
        var rows = _tastes.Covariance.index_select(0, _items.reshape(-1)).reshape(_items.size(0), _items.size(1), -1).mul_(_roots.unsqueeze(2));
        return linalg.solve_triangular(_factor, rows, upper: false).square().sum(1);
    }

    /// <summary>Adds A⁻¹ of every user.</summary>
    /// <param name="sum">[P, P].</param>
    public void AddInverses(Tensor sum)
    {
        var inverses = _factor.cholesky_inverse().mul_(_roots.unsqueeze(2)).mul_(_roots.unsqueeze(1));
        sum.view(-1).index_add_(0, _places, inverses.reshape(-1), 1);
    }
}
