using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>Sums over users as an agent wrote them (<see cref="ILearnsFromSums.SumUp"/>), by name, to be added up.</summary>
internal sealed class Sums : IStateWriter, IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <exception cref="ArgumentException">The tensor is not of float64.</exception>
    public void Write(string name, Tensor value)
    {
        if (value.dtype != ScalarType.Float64)
            throw new ArgumentException($"the sums '{name}' are {value.dtype}, expected is Float64", nameof(value));
        using var gradients = no_grad();
        _tensors.Add(name, value.detach().clone().DetachFromDisposeScope());
    }

    public void Write(string name, long value) => throw new ArgumentException($"sums hold no counters, and '{name}' is one", nameof(name));

    /// <summary>Adds others to these.</summary>
    /// <param name="other">Of the same names and shapes. Borrowed.</param>
    /// <exception cref="ArgumentException">Names or shapes differ.</exception>
    public void Add(Sums other)
    {
        if (!_tensors.Keys.SequenceEqual(other._tensors.Keys) || _tensors.Any(one => !one.Value.shape.SequenceEqual(other._tensors[one.Key].shape)))
            throw new ArgumentException("sums of other names or shapes cannot be added", nameof(other));
        using var gradients = no_grad();
        foreach (var (name, value) in _tensors)
            value.add_(other._tensors[name]);
    }

    /// <summary>Adds up the two halves of a node of the tree.</summary>
    /// <param name="find">The sums of a half; none where it has no users. Disposed here, or passed on.</param>
    public static Sums? OfHalves(BlockNode node, Func<BlockNode, Sums?> find)
    {
        var left = find(node.Left);
        var right = find(node.Right);
        if (left is null || right is null)
            return left ?? right;
        using (right)
            left.Add(right);
        return left;
    }

    public void Dispose()
    {
        foreach (var value in _tensors.Values)
            value.Dispose();
    }
}
