using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Bayesian linear regression of each item's response, with a noise of unknown variance:
/// σᵢ² ~ InverseGamma(aᵢ, bᵢ), weights ~ N(θᵢ, σᵢ²Aᵢ⁻¹), Aᵢ = λI + Σ xxᵀ, θᵢ = Aᵢ⁻¹Σ r·x, aᵢ = a + nᵢ/2, bᵢ = b + (Σ r² − θᵢᵀAᵢθᵢ)/2, x = (φ, 1).</summary>
/// <remarks>The conjugate posterior, as in Bishop 2006, exercise 3.12, and Riquelme, Tucker and Snoek 2018, section 4. Sums are float64, scores float32.</remarks>
internal sealed class NormalInverseGamma : IDisposable
{
    /// <summary>Most numbers in the precisions of all items: 1 GiB.</summary>
    private const long MostPrecisions = 1L << 27;

    private readonly int _size;
    private readonly double _ridge;
    private readonly double _shape;
    private readonly double _scale;
    private readonly Tensor _precision;
    private readonly Tensor _moment;
    private readonly Tensor _squares;
    private readonly Tensor _count;
    private readonly Tensor _covariance;

    /// <param name="itemCount">N.</param>
    /// <param name="featureCount">F, width of φ.</param>
    /// <param name="ridge">λ, above 0; it holds for the bias too.</param>
    /// <param name="shape">a, above 0.</param>
    /// <param name="scale">b, above 0.</param>
    /// <exception cref="UserMistakeException">The precisions would not fit into memory.</exception>
    public NormalInverseGamma(int itemCount, int featureCount, double ridge, double shape, double scale, Device device)
    {
        (_size, _ridge, _shape, _scale) = (featureCount + 1, ridge, shape, scale);
        if ((long)itemCount * _size * _size > MostPrecisions)
            throw new UserMistakeException($"One regression for each of {itemCount} items on {featureCount} hidden units is {(long)itemCount * _size * _size} numbers; at most {MostPrecisions} are held. Set a lower hiddenSize.");
        _precision = zeros([itemCount, _size * _size], ScalarType.Float64, device).DetachFromDisposeScope();
        _moment = zeros([itemCount, _size], ScalarType.Float64, device).DetachFromDisposeScope();
        _squares = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        _count = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        _covariance = zeros([itemCount, _size * _size], ScalarType.Float32, device).DetachFromDisposeScope();
        Weights = zeros([itemCount, _size], ScalarType.Float32, device).DetachFromDisposeScope();
        NoiseScales = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        Reset();
    }

    /// <summary>[N, F + 1] float32, θ as of the last <see cref="Solve"/>; the bias last. Borrowed.</summary>
    public Tensor Weights { get; }

    /// <summary>[N] float64, bᵢ as of the last <see cref="Solve"/>. Borrowed.</summary>
    public Tensor NoiseScales { get; }

    /// <summary>What observations are added to. Borrowed.</summary>
    public IReadOnlyList<Tensor> Sums => [_precision, _moment, _squares, _count];

    /// <summary>Forgets every observation.</summary>
    public void Reset()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var sum in Sums)
            sum.zero_();
        _precision.view(-1, _size, _size).diagonal(0, 1, 2).fill_(_ridge);
        Solve();
    }

    /// <summary>Takes observations in; they count from the next <see cref="Solve"/> on.</summary>
    /// <param name="features">[R, F], of the users.</param>
    /// <param name="items">[R, K] int64.</param>
    /// <param name="responses">[R, K].</param>
    public void Add(Tensor features, Tensor items, Tensor responses)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var wide = Wide(features.to_type(ScalarType.Float64));
        var given = responses.to_type(ScalarType.Float64);
        var flat = items.reshape(-1);
        _count.index_add_(0, flat, ones_like(flat, ScalarType.Float64), 1);
        _squares.index_add_(0, flat, given.square().reshape(-1), 1);
        foreach (var (start, count) in ItemPosterior.Parts(wide.size(0), _size))
        {
            using var partScope = NewDisposeScope();
            var part = wide.narrow(0, start, count);
            var products = ItemPosterior.Squares(part);
            for (var slot = 0; slot < items.size(1); slot++)
            {
                var shown = items.narrow(0, start, count).select(1, slot);
                _precision.index_add_(0, shown, products, 1);
                _moment.index_add_(0, shown, part * given.narrow(0, start, count).narrow(1, slot, 1), 1);
            }
        }
    }

    public void Solve()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var factor = ItemPosterior.Factor(_precision);
        var weights = _moment.unsqueeze(2).cholesky_solve(factor).squeeze(2);
        _covariance.copy_(factor.cholesky_inverse().reshape(-1, _size * _size));
        Weights.copy_(weights);
        // θᵀAθ = θᵀ Σ r·x.
        NoiseScales.copy_((_squares - weights.mul(_moment).sum(1)).clamp_min_(0).mul_(0.5).add_(_scale));
    }

    /// <summary>θᵢᵀx. [B, F] to [B, N] float32.</summary>
    public Tensor Means(Tensor features)
    {
        using var scope = NewDisposeScope();
        return Wide(features).matmul(Weights.t()).MoveToOuterDisposeScope();
    }

    /// <summary>σᵢ·√(xᵀAᵢ⁻¹x), the deviations of the means.</summary>
    /// <param name="features">[B, F].</param>
    /// <param name="noise">[N], σᵢ².</param>
    /// <returns>[B, N] float32.</returns>
    public Tensor Deviations(Tensor features, Tensor noise)
    {
        using var scope = NewDisposeScope();
        return ItemPosterior.Squares(Wide(features)).matmul(_covariance.t()).clamp_min_(0).mul_(noise).sqrt_().MoveToOuterDisposeScope();
    }

    /// <summary>Draws every item's noise variance σᵢ² from its posterior.</summary>
    /// <returns>[N] float32.</returns>
    public Tensor Noise(RandomStream stream, long drawKey)
    {
        using var scope = NewDisposeScope();
        var gammas = stream.Gamma(drawKey, arange(_count.size(0), ScalarType.Int64, _count.device), _count.mul(0.5).add_(_shape));
        return NoiseScales.div(gammas).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("precision", _precision);
        writer.Write("moment", _moment);
        writer.Write("squares", _squares);
        writer.Write("count", _count);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("precision", _precision);
        reader.ReadInto("moment", _moment);
        reader.ReadInto("squares", _squares);
        reader.ReadInto("count", _count);
        Solve();
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[.. Sums, _covariance, Weights, NoiseScales])
            tensor.Dispose();
    }

    private static Tensor Wide(Tensor features) => cat([features, ones([features.size(0), 1], features.dtype, features.device)], 1);
}
