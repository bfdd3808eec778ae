using RecDeepRL.Core.State;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>Ridge regression on features with a bias term, and how sure it is: A = λI + Σxxᵀ, b = Σr·x, θ = A⁻¹b, width = √(xᵀA⁻¹x), x = (φ, 1).</summary>
/// <remarks>Sums are float64. Widths come from the inverse of A's Cholesky factor, xᵀA⁻¹x = |L⁻¹x|², so that none is the root of a negative number.</remarks>
internal sealed class SharedLinearPosterior : IDisposable
{
    /// <summary>Share of the mean diagonal that is added before factoring: above what rounding can take from the ridge, far below what shows in a score.</summary>
    private const double Safeguard = 1e-12;

    private readonly double _ridge;
    private readonly int _size;
    private readonly Tensor _precision;
    private readonly Tensor _moment;
    private readonly Tensor _weights;
    private readonly Tensor _whitening;

    /// <param name="featureCount">Width of φ, without the bias.</param>
    /// <param name="ridge">λ, above 0.</param>
    public SharedLinearPosterior(int featureCount, double ridge, Device device)
    {
        _ridge = ridge;
        _size = featureCount + 1;
        _precision = zeros([_size, _size], ScalarType.Float64, device).DetachFromDisposeScope();
        _moment = zeros([_size, 1], ScalarType.Float64, device).DetachFromDisposeScope();
        _weights = zeros([_size, 1], ScalarType.Float32, device).DetachFromDisposeScope();
        _whitening = zeros([_size, _size], ScalarType.Float32, device).DetachFromDisposeScope();
        Reset();
    }

    /// <summary>[F + 1, F + 1] float64, A. Borrowed.</summary>
    public Tensor Precision => _precision;

    /// <summary>[F + 1, 1] float64, b. Borrowed.</summary>
    public Tensor Moment => _moment;

    /// <summary>[F + 1, 1] float32, θ as of the last <see cref="Solve"/>; the bias last. Borrowed.</summary>
    public Tensor Weights => _weights;

    /// <summary>What observations are added to. Borrowed.</summary>
    public IReadOnlyList<Tensor> Sums => [_precision, _moment];

    /// <summary>Forgets every observation.</summary>
    public void Reset()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _precision.zero_();
        _precision.diagonal().fill_(_ridge);
        _moment.zero_();
        Solve();
    }

    /// <summary>Takes observations in; they count from the next <see cref="Solve"/> on.</summary>
    /// <param name="features">[n, F].</param>
    /// <param name="responses">[n].</param>
    public void Add(Tensor features, Tensor responses)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var wide = cat([features.to_type(ScalarType.Float64), ones([features.size(0), 1], ScalarType.Float64, features.device)], 1);
        _precision.add_(wide.t().matmul(wide));
        _moment.add_(wide.t().matmul(responses.to_type(ScalarType.Float64).unsqueeze(1)));
    }

    public void Solve()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var factor = linalg.cholesky(_precision.add(eye(_size, dtype: ScalarType.Float64, device: _precision.device).mul_(_precision.diagonal().mean().mul_(Safeguard))));
        var whitening = linalg.solve_triangular(factor, eye(_size, dtype: ScalarType.Float64, device: _precision.device), upper: false);
        _whitening.copy_(whitening);
        _weights.copy_(whitening.t().matmul(whitening.matmul(_moment)));
    }

    /// <summary>θᵀx + scale · √(xᵀA⁻¹x).</summary>
    /// <param name="features">[..., F] float32.</param>
    /// <returns>[...] float32.</returns>
    public Tensor Scores(Tensor features, double scale)
    {
        using var scope = NewDisposeScope();
        var width = _size - 1;
        var scores = functional.linear(features, _weights.narrow(0, 0, width).t(), _weights[width]).squeeze(-1);
        if (scale > 0)
        {
            var whitened = functional.linear(features, _whitening.narrow(1, 0, width), _whitening.select(1, width));
            scores = scores.add(whitened.norm(-1, false, 2f), alpha: scale);
        }
        return scores.MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("precision", _precision);
        writer.Write("moment", _moment);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("precision", _precision);
        reader.ReadInto("moment", _moment);
        Solve();
    }

    public void Dispose()
    {
        _precision.Dispose();
        _moment.Dispose();
        _weights.Dispose();
        _whitening.Dispose();
    }
}
