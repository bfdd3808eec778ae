using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Click probabilities as p_ui = μᵢ + qᵢᵀz_u + ε_ui, with z ~ N(0, I) for each user, q ~ N(0, τI) for each item, ε ~ N(0, ψ) for each pair: factor analysis with
/// missing values and a variance ψ of the pairs, learned by expectation–maximisation. U users, N items, F factors.</summary>
/// <remarks>The mean y of n responses of a user to an item counts as normal around p with variance σᵢ²/n, σᵢ² = m(1 − m), m the item's mean response, so that it tells of the factors
/// with the precision w = n/(ψn + σᵢ²). Given the items, z has the precision I + Σ wqqᵀ; given what is known of the users, an item's (q, μ) is a ridge
/// regression on E[(z, 1)(z, 1)ᵀ]. Both are products of the table w with outer products, for all users and items at once.</remarks>
internal sealed class PmfModel : IDisposable
{
    private const double LeastNoise = .05;

    /// <summary>Standard deviation of the factors at the start.</summary>
    private const double Start = .05;

    /// <summary>Variance of the items' means around the mean of all under their prior.</summary>
    private const double MeanVariance = .01;

    private readonly int _factors;
    private readonly Tensor _userRidge;
    private readonly Tensor _itemRidge;
    private readonly Tensor _squares;

    public PmfModel(EnvironmentSpec spec, PmfOptions options, RandomStream start)
    {
        using var scope = NewDisposeScope();
        _factors = options.Factors;
        Items = start.Normal(0, spec.Device, spec.ItemCount, _factors).to_type(ScalarType.Float64).mul_(Start).DetachFromDisposeScope();
        Means = full([spec.ItemCount], .5, ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        PairVariance = full([], options.PairVariance, ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        _userRidge = ones([_factors], ScalarType.Float64, spec.Device).DetachFromDisposeScope();
        _itemRidge = cat([full([_factors], 1 / options.ItemVariance, ScalarType.Float64, spec.Device), full([1], 1 / MeanVariance, ScalarType.Float64, spec.Device)]).DetachFromDisposeScope();
        _squares = RidgeRows.Squares(Items.to_type(ScalarType.Float32)).DetachFromDisposeScope();
    }

    /// <summary>[N, F] float64, q. Borrowed.</summary>
    public Tensor Items { get; }

    /// <summary>[N] float64, μ. Borrowed.</summary>
    public Tensor Means { get; }

    /// <summary>A float64 scalar, ψ. Borrowed.</summary>
    public Tensor PairVariance { get; }

    /// <summary>What the posteriors of all users rest on: found once, however many slices users are looked at in. Disposed with the caller's scope.</summary>
    /// <param name="hasVariances">Whether variances will be asked for.</param>
    public PmfCommon Common(PairStatistics pairs, bool hasVariances = false) => new(Noise(pairs), Items.to_type(ScalarType.Float32), hasVariances ? RidgeRows.Squares(Items) : null);

    /// <summary>What is known of some users' probabilities after their own responses. Disposed with the caller's scope.</summary>
    /// <param name="users">[B] int64, ids.</param>
    /// <param name="common">From <see cref="Common"/>, after the last that was added to the pairs.</param>
    public PmfPosterior Posterior(Tensor users, PairStatistics pairs, PmfCommon common)
    {
        var evidence = Evidence(pairs.Shown.index_select(0, users), pairs.Responses.index_select(0, users), common.Noise);
        var factor = RidgeRows.Factor(evidence.Weights, _squares, _userRidge);
        var user = new UserPosterior(RidgeRows.Mean(factor, evidence.Weights * evidence.Residuals, common.Items), factor, Items, common.Squares);
        return new PmfPosterior(user, Means, evidence.Residuals.to_type(ScalarType.Float64), evidence.Own.to_type(ScalarType.Float64), PairVariance);
    }

    /// <summary>One step of expectation–maximisation.</summary>
    public void Improve(PairStatistics pairs)
    {
        using var scope = NewDisposeScope();
        var (users, width, device) = (pairs.Shown.size(0), _factors + 1, Items.device);
        var noise = Noise(pairs);
        var weights = empty_like(pairs.Shown);
        var targets = empty_like(pairs.Shown);
        var known = ones([users, width], ScalarType.Float32, device);
        var squares = empty([users, width * width], ScalarType.Float32, device);
        var (unexplained, count) = (zeros([], ScalarType.Float64, device), zeros([], ScalarType.Float64, device));
        var common = pairs.Responses.sum(ScalarType.Float64) / pairs.Shown.sum(ScalarType.Float64);
        var block = Math.Max(1, (1L << 22) / Math.Max(pairs.Shown.size(1), width * width));
        for (long start = 0; start < users; start += block)
        {
            using var blockScope = NewDisposeScope();
            var size = Math.Min(block, users - start);
            var evidence = Evidence(pairs.Shown.narrow(0, start, size), pairs.Responses.narrow(0, start, size), noise);
            var factor = RidgeRows.Factor(evidence.Weights, _squares, _userRidge);
            var mean = RidgeRows.Mean(factor, evidence.Weights * evidence.Residuals, Items.to_type(ScalarType.Float32));
            var covariance = factor.cholesky_inverse();

            // E[ε²] over the pairs seen: what the residual says of ε after the doubt in the factors, and what it leaves open.
            var left = evidence.Residuals - mean.matmul(Items.t());
            var doubt = covariance.reshape(size, -1).to_type(ScalarType.Float32).matmul(_squares.t());
            var pairSquares = evidence.Own.square() * (left.square() + doubt) + PairVariance * (1 - evidence.Own);
            unexplained.add_((pairSquares * evidence.Seen).sum(ScalarType.Float64));
            count.add_(evidence.Seen.sum(ScalarType.Float64));

            known.narrow(0, start, size).narrow(1, 0, _factors).copy_(mean);
            var wide = known.narrow(0, start, size);
            var second = wide.unsqueeze(2) * wide.unsqueeze(1);
            second.narrow(1, 0, _factors).narrow(2, 0, _factors).add_(covariance);
            squares.narrow(0, start, size).copy_(second.reshape(size, -1));
            weights.narrow(0, start, size).copy_(evidence.Weights);
            targets.narrow(0, start, size).copy_(evidence.Weights * (evidence.Residuals + Means - common));
        }
        var itemFactor = RidgeRows.Factor(weights.t(), squares, _itemRidge);
        var items = RidgeRows.Mean(itemFactor, targets.t(), known);
        Items.copy_(items.narrow(1, 0, _factors));
        Means.copy_(items.select(1, _factors) + common);
        PairVariance.copy_(unexplained / count.clamp_min(1));
        _squares.copy_(RidgeRows.Squares(Items.to_type(ScalarType.Float32)));
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("items", Items);
        writer.Write("means", Means);
        writer.Write("pairVariance", PairVariance);
    }

    public void Load(IStateReader reader)
    {
        using var scope = NewDisposeScope();
        reader.ReadInto("items", Items);
        reader.ReadInto("means", Means);
        reader.ReadInto("pairVariance", PairVariance);
        _squares.copy_(RidgeRows.Squares(Items.to_type(ScalarType.Float32)));
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Items, Means, PairVariance, _userRidge, _itemRidge, _squares })
            tensor.Dispose();
    }

    /// <returns>[N] float32, σ².</returns>
    private static Tensor Noise(PairStatistics pairs)
    {
        var mean = pairs.ItemMeans(10);
        return (mean * (1 - mean)).clamp_min_(LeastNoise).to_type(ScalarType.Float32);
    }

    /// <returns>Each [B, N] float32: w; y − μ, 0 where nothing was seen; ψn/(ψn + σ²), the share of a residual that is the pair's own; and 1 where the pair was seen.</returns>
    private (Tensor Weights, Tensor Residuals, Tensor Own, Tensor Seen) Evidence(Tensor shown, Tensor responses, Tensor noise)
    {
        var seen = shown.gt(0).to_type(ScalarType.Float32);
        var weights = shown / (shown * PairVariance.to_type(ScalarType.Float32) + noise);
        var residuals = (responses / shown.clamp_min(1) - Means.to_type(ScalarType.Float32)).mul_(seen);
        return (weights, residuals, weights * PairVariance.to_type(ScalarType.Float32), seen);
    }
}
