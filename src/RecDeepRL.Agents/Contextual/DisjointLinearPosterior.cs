using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>One ridge regression of the response on the input for each item, kept as its sufficient statistics: precision Aᵢ = λI + Σ xxᵀ and
/// moment bᵢ = Σ r·x. All items are updated and asked at once, in float64.</summary>
internal sealed class DisjointLinearPosterior : IDisposable
{
    /// <summary>Squares of inputs held at once while asking for deviations, in numbers: 64 MiB.</summary>
    private const long SquaresAtOnce = 1L << 23;

    private readonly int _width;
    private readonly Tensor _precision;
    private readonly Tensor _moment;
    private readonly Tensor _shown;
    private readonly Tensor _covariance;
    private readonly Tensor _weights;

    /// <param name="itemCount">N.</param>
    /// <param name="width">D, width of an input.</param>
    /// <param name="ridge">λ, above 0.</param>
    public DisjointLinearPosterior(int itemCount, int width, double ridge, Device device)
    {
        using var scope = NewDisposeScope();
        _width = width;
        var identity = eye(width, dtype: ScalarType.Float64, device: device).reshape(1, width * width);
        _precision = identity.mul(ridge).repeat(itemCount, 1).DetachFromDisposeScope();
        _covariance = identity.div(ridge).repeat(itemCount, 1).DetachFromDisposeScope();
        _moment = zeros([itemCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
        _weights = zeros([itemCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
        _shown = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>[N, D] float64, θᵢ = Aᵢ⁻¹bᵢ. Borrowed by whoever reads it.</summary>
    public Tensor Weights => _weights;

    /// <summary>[N] float64, how often each item was shown. Borrowed by whoever reads it.</summary>
    public Tensor Shown => _shown;

    /// <summary>Adds one batch and refactors every Aᵢ once.</summary>
    /// <param name="inputs">[B, D] float64.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float.</param>
    public void Add(Tensor inputs, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var squares = Squares(inputs);
        var counts = ones([inputs.shape[0]], ScalarType.Float64, inputs.device);
        for (var slot = 0; slot < slates.shape[1]; slot++)
        {
            var items = slates.select(1, slot);
            _precision.index_add_(0, items, squares, 1);
            _moment.index_add_(0, items, inputs * responses.narrow(1, slot, 1), 1);
            _shown.index_add_(0, items, counts, 1);
        }
        Refactor();
    }

    /// <returns>[B, N] float64, θᵢᵀx.</returns>
    public Tensor Means(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return inputs.matmul(_weights.t()).MoveToOuterDisposeScope();
    }

    /// <returns>[B, N] float64, √(xᵀAᵢ⁻¹x).</returns>
    public Tensor Deviations(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Max(1, SquaresAtOnce / (_width * _width));
        var parts = new List<Tensor>();
        for (long start = 0; start < inputs.shape[0]; start += rows)
            parts.Add(Squares(inputs.narrow(0, start, Math.Min(rows, inputs.shape[0] - start))).matmul(_covariance.t()));
        return cat(parts).clamp_min_(0.0).sqrt_().MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("precision", _precision);
        writer.Write("moment", _moment);
        writer.Write("shown", _shown);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("precision", _precision);
        reader.ReadInto("moment", _moment);
        reader.ReadInto("shown", _shown);
        using var scope = NewDisposeScope();
        Refactor();
    }

    public void Dispose()
    {
        _precision.Dispose();
        _moment.Dispose();
        _shown.Dispose();
        _covariance.Dispose();
        _weights.Dispose();
    }

    /// <returns>[B, D·D], the outer product of each input with itself: xᵀAx is its inner product with A laid flat.</returns>
    private Tensor Squares(Tensor inputs) => (inputs.unsqueeze(2) * inputs.unsqueeze(1)).reshape(-1, _width * _width);

    private void Refactor()
    {
        var precision = _precision.reshape(-1, _width, _width);
        var (factor, info) = linalg.cholesky_ex(precision);
        var broken = info.ne(0);
        if (broken.any().item<bool>())
        {
            // Inputs so many and so alike that rounding has eaten λ in the directions they never took: there, a 10⁻⁹ of the mean precision stands in for it.
            var substitute = precision.diagonal(0, 1, 2).mean([1]).mul(1e-9).mul(broken);
            factor = linalg.cholesky(precision + diag_embed(substitute.unsqueeze(1).expand(-1, _width)));
        }
        _covariance.copy_(factor.cholesky_inverse().reshape(-1, _width * _width));
        _weights.copy_(_moment.unsqueeze(2).cholesky_solve(factor).squeeze(2));
    }
}
