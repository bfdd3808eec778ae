using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>A Gaussian over the weight vector of each item, wᵢ ~ N(θᵢ, Σᵢ), for scores wᵢᵀx. N items, inputs of width W; all items are updated and
/// asked at once, in float64.</summary>
internal abstract class ItemPosterior : IDisposable
{
    /// <summary>Squares of inputs held at once, in numbers: 64 MiB.</summary>
    private const long SquaresAtOnce = 1L << 23;

    /// <summary>Most numbers in the covariances of all items: 1 GiB.</summary>
    private const long MostCovariances = 1L << 27;

    private readonly Tensor _weights;
    private readonly Tensor _covariance;
    private readonly Tensor _shown;

    /// <param name="itemCount">N.</param>
    /// <param name="width">W, width of an input.</param>
    /// <param name="precision">λ, above 0: before anything is seen, Σᵢ = I/λ.</param>
    /// <exception cref="UserMistakeException">The covariances would not fit into memory.</exception>
    protected ItemPosterior(int itemCount, int width, double precision, Device device)
    {
        if ((long)itemCount * width * width > MostCovariances)
            throw new UserMistakeException($"One covariance for each of {itemCount} items over inputs of width {width} is {(long)itemCount * width * width} numbers; at most {MostCovariances} are held. Set degree=1, or use fewer features or items.");
        using var scope = NewDisposeScope();
        Width = width;
        _weights = zeros([itemCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
        _covariance = eye(width, dtype: ScalarType.Float64, device: device).div_(precision).reshape(1, -1).repeat(itemCount, 1).DetachFromDisposeScope();
        _shown = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>[N, W] float64, θᵢ. Borrowed by whoever reads it.</summary>
    public Tensor Weights => _weights;

    /// <summary>[N, W·W] float64, Σᵢ laid flat. Borrowed by whoever reads it.</summary>
    public Tensor Covariance => _covariance;

    /// <summary>[N] float64, how often each item was shown. Borrowed by whoever reads it.</summary>
    public Tensor Shown => _shown;

    /// <summary>W.</summary>
    protected int Width { get; }

    /// <summary>Learns from one batch.</summary>
    /// <param name="inputs">[B, W] float64.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float.</param>
    public abstract void Add(Tensor inputs, Tensor slates, Tensor responses);

    /// <returns>[B, N] float64, θᵢᵀx.</returns>
    public Tensor Means(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return inputs.matmul(_weights.t()).MoveToOuterDisposeScope();
    }

    /// <summary>What the weighted sum of an input is.</summary>
    public virtual string Scale => "response";

    /// <returns>[B, N] float64, the responses expected of inputs.</returns>
    public virtual Tensor Responses(Tensor inputs) => Means(inputs);

    /// <returns>[B, N] float64, √(xᵀΣᵢx).</returns>
    public Tensor Deviations(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var (start, count) in Parts(inputs.size(0), Width))
            parts.Add(Squares(inputs.narrow(0, start, count)).matmul(_covariance.t()));
        return cat(parts).clamp_min_(0.0).sqrt_().MoveToOuterDisposeScope();
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>weight_norm</c>, the mean length of their weight vectors.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var seen = _shown.gt(0);
        var shown = seen.sum(ScalarType.Float64);
        var length = _weights.square().sum(1).sqrt_().mul_(seen).sum() / shown.clamp_min(1.0);
        var figures = stack([shown, length]).cpu().data<double>();
        return new Dictionary<string, double> { ["items_shown"] = figures[0], ["weight_norm"] = figures[1] };
    }

    public virtual void Save(IStateWriter writer) => writer.Write("shown", _shown);

    public virtual void Load(IStateReader reader) => reader.ReadInto("shown", _shown);

    public void Dispose()
    {
        _weights.Dispose();
        _covariance.Dispose();
        _shown.Dispose();
        DisposeOwn();
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what the derived class keeps.</summary>
    protected abstract void DisposeOwn();

    /// <summary>Counts what was shown.</summary>
    internal void Count(Tensor slates) => Count(slates, _shown);

    /// <param name="shown">[N] float64; to be changed in place.</param>
    protected static void Count(Tensor slates, Tensor shown)
    {
        using var scope = NewDisposeScope();
        var items = slates.reshape(-1);
        shown.index_add_(0, items, ones_like(items, ScalarType.Float64), 1);
    }

    /// <summary>Rows in parts whose squares are held at once.</summary>
    internal static IEnumerable<(long Start, long Count)> Parts(long rows, long width)
    {
        var most = Math.Max(1, SquaresAtOnce / (width * width));
        for (long start = 0; start < rows; start += most)
            yield return (start, Math.Min(most, rows - start));
    }

    /// <returns>[B, W·W], the outer product of each input with itself: xᵀAx is its inner product with A laid flat.</returns>
    internal static Tensor Squares(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return (inputs.unsqueeze(2) * inputs.unsqueeze(1)).reshape(inputs.size(0), -1).MoveToOuterDisposeScope();
    }

    /// <summary>Cholesky factors of precisions, each at least λI but for rounding.</summary>
    /// <param name="precision">[N, W·W] float64.</param>
    /// <returns>[N, W, W], lower.</returns>
    internal static Tensor Factor(Tensor precision)
    {
        using var scope = NewDisposeScope();
        var width = (long)Math.Round(Math.Sqrt(precision.size(1)));
        var square = precision.reshape(-1, width, width);
        var (factor, info) = linalg.cholesky_ex(square);
        var broken = info.ne(0);
        if (broken.any().item<bool>())
        {
            // Inputs so many and so alike that rounding has eaten λ in the directions they never took: there, a 10⁻⁹ of the mean precision stands in for it.
            var substitute = square.diagonal(0, 1, 2).mean([1]).mul(1e-9).mul(broken);
            factor = linalg.cholesky(square + diag_embed(substitute.unsqueeze(1).expand(-1, width)));
        }
        return factor.MoveToOuterDisposeScope();
    }
}
