using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Drawing rows by the size of their error (Schaul et al. 2016, proportional variant): P(i) = pᵢ / Σp with pᵢ = (|δᵢ| + ε)^α.</summary>
/// <remarks>A row that has not been learned from has the largest priority given so far. Weights (n·P(i))^−β over their largest take the preference
/// back; β grows linearly to 1. Deviates: running sums and a binary search for the whole batch at once stand in for the paper's tree, which has the
/// same distribution and updates one row at a time; a row's error is the mean over its slots.</remarks>
internal sealed class ReplayPriorities : IDisposable
{
    private const double LeastError = 1e-3;

    private readonly double _exponent;
    private readonly double _correction;
    private readonly int _correctionUpdates;
    private readonly Tensor _largest;

    public ReplayPriorities(ReplayOptions options, Device device)
    {
        _exponent = options.PriorityExponent;
        _correction = options.ImportanceExponent;
        _correctionUpdates = options.ImportanceUpdates;
        _largest = ones([1], ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>What new rows begin with. [count] float32.</summary>
    public Tensor OfNewRows(long count) => _largest.expand(count).clone();

    /// <summary>β after so many updates.</summary>
    public double CorrectionAt(long update) => _correction + ((1 - _correction) * Math.Min(1.0, (double)update / _correctionUpdates));

    /// <summary>Draws rows in proportion to their priorities, one from each of <paramref name="size"/> equal parts of the sum, as the paper does.</summary>
    /// <param name="priorities">[n] float32, above 0.</param>
    /// <param name="draw">Which draw of the stream, and how many updates there have been.</param>
    /// <returns>[size] int64 from 0 to n − 1, and their weights [size] float32.</returns>
    public (Tensor Rows, Tensor Weights) Sample(Tensor priorities, RandomStream stream, long draw, int size)
    {
        using var scope = NewDisposeScope();
        var count = priorities.size(0);
        var sums = priorities.to_type(ScalarType.Float64).cumsum(0);
        var total = sums.narrow(0, count - 1, 1);
        var marks = stream.Uniform(draw, priorities.device, size).to_type(ScalarType.Float64).add_(arange(size, ScalarType.Float64, priorities.device)).div_(size).mul_(total);
        var rows = searchsorted(sums, marks, right: true).clamp_max_(count - 1);
        var shares = priorities.index_select(0, rows).to_type(ScalarType.Float64).div_(total);
        var weights = shares.mul_(count).pow_(-CorrectionAt(draw));
        return (rows.MoveToOuterDisposeScope(), weights.div_(weights.max()).to_type(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    /// <summary>The priorities of errors just seen, which new rows will have at least.</summary>
    /// <param name="errors">[n] float32, of any sign.</param>
    /// <returns>[n] float32.</returns>
    public Tensor Of(Tensor errors)
    {
        using var scope = NewDisposeScope();
        var priorities = errors.abs().add_(LeastError).pow_(_exponent);
        _largest.copy_(maximum(_largest, priorities.max()));
        return priorities.MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer) => writer.Write("largestPriority", _largest);

    public void Load(IStateReader reader) => reader.ReadInto("largestPriority", _largest);

    public void Dispose() => _largest.Dispose();
}
