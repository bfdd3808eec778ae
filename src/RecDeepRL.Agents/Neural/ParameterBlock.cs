using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>One learned tensor of a network: its name, its shape, and the bound of the uniform distribution that it starts from.</summary>
internal sealed record ParameterShape(string Name, double Bound, params long[] Shape)
{
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>All learned tensors of a network side by side in one flat tensor, of which each is a view.</summary>
/// <remarks>An optimizer step or a Polyak step is then a handful of operations, however many layers there are. A loss is differentiated with
/// respect to the block that is to move and to no other, so one network's loss cannot push another network.</remarks>
internal sealed class ParameterBlock : IDisposable
{
    private readonly IReadOnlyList<ParameterShape> _shapes;
    private readonly List<Tensor> _leaves = [];
    private readonly Dictionary<string, int> _places = [];

    /// <summary>All zeros until <see cref="Initialise"/> or <see cref="CopyFrom"/>.</summary>
    public ParameterBlock(IEnumerable<ParameterShape> shapes, Device device)
    {
        _shapes = [.. shapes];
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Values = zeros([_shapes.Sum(shape => shape.Count)], ScalarType.Float32, device).DetachFromDisposeScope();
        foreach (var (shape, offset) in Placed())
        {
            _places.Add(shape.Name, _leaves.Count);
            _leaves.Add(View(shape, offset).detach().requires_grad_(true).DetachFromDisposeScope());
        }
    }

    /// <summary>[P] float32, everything learned. To be changed in place and outside of autograd.</summary>
    public Tensor Values { get; }

    /// <summary>One learned tensor, as a leaf of the graph. Borrowed.</summary>
    public Tensor this[string name] => _leaves[_places[name]];

    /// <summary>Draws every tensor from U(−bound, bound); the draw depends on the stream, the tensor's place and the element, and not on the device.</summary>
    public void Initialise(RandomStream stream)
    {
        using var noGradient = no_grad();
        var place = 0;
        foreach (var (shape, offset) in Placed())
        {
            using var scope = NewDisposeScope();
            View(shape, offset).copy_(stream.Uniform(place++, Values.device, shape.Shape).mul_(2 * shape.Bound).sub_(shape.Bound));
        }
    }

    public void CopyFrom(ParameterBlock other)
    {
        using var noGradient = no_grad();
        Values.copy_(other.Values);
    }

    /// <summary>Polyak averaging: this ← (1 − rate) · this + rate · other.</summary>
    public void Follow(ParameterBlock other, double rate)
    {
        if (Values.device_type != DeviceType.CPU)
        {
            FollowByTensorOperations(other, rate);
            return;
        }
        var (values, others) = (new TensorMemory<float>(Values), new TensorMemory<float>(other.Values));
        UserSlices.ForEachInOnePass(Values.size(0), 1, (start, count) => Mix(values.Slice(start, count), others.Slice(start, count), (float)(1 - rate), (float)rate));
    }

    /// <summary>The same on any device; what the pass over memory must equal.</summary>
    internal void FollowByTensorOperations(ParameterBlock other, double rate)
    {
        using var noGradient = no_grad();
        Values.mul_(1 - rate).add_(other.Values, alpha: rate);
    }

    /// <summary>The gradient of a scalar loss with respect to this block alone; 0 where the loss does not depend on a parameter.</summary>
    /// <returns>[P] float32. The caller disposes.</returns>
    public Tensor Gradient(Tensor loss)
    {
        using var scope = NewDisposeScope();
        return Flat(autograd.grad([loss], _leaves, allow_unused: true)).MoveToOuterDisposeScope();
    }

    /// <summary>The same where the last part of the way from this block to the loss has been gone back already.</summary>
    /// <param name="results">What the first part of the way gave.</param>
    /// <param name="slopes">Of the loss with respect to them.</param>
    /// <param name="known">Of the loss with respect to parameters that only the last part uses, by name.</param>
    /// <returns>[P] float32. The caller disposes.</returns>
    public Tensor Gradient(IList<Tensor> results, IList<Tensor> slopes, IEnumerable<(string Name, Tensor Slopes)> known)
    {
        using var scope = NewDisposeScope();
        var gradients = new Tensor?[_leaves.Count];
        foreach (var (name, own) in known)
            gradients[_places[name]] = own;
        // Only what the first part uses is asked for: what the library says of a parameter that is not used is a tensor without a handle, which it never counts as disposed.
        int[] open = [.. Enumerable.Range(0, _leaves.Count).Where(place => gradients[place] is null)];
        foreach (var (place, gradient) in open.Zip(autograd.grad(results, [.. open.Select(place => _leaves[place])], slopes, allow_unused: true)))
            gradients[place] = gradient;
        return Flat(gradients).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        foreach (var (shape, offset) in Placed())
        {
            using var view = View(shape, offset);
            writer.Write(shape.Name, view);
        }
    }

    public void Load(IStateReader reader)
    {
        using var noGradient = no_grad();
        foreach (var (shape, offset) in Placed())
        {
            using var view = View(shape, offset);
            reader.ReadInto(shape.Name, view);
        }
    }

    public void Dispose()
    {
        foreach (var leaf in _leaves)
            leaf.Dispose();
        Values.Dispose();
    }

    private Tensor Flat(IEnumerable<Tensor?> gradients) => cat([.. gradients.Select((gradient, place) =>
        gradient is null || gradient.IsInvalid ? zeros([_shapes[place].Count], ScalarType.Float32, Values.device) : gradient.reshape(-1))]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix(Span<float> values, ReadOnlySpan<float> others, float kept, float rate)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var otherVectors = MemoryMarshal.Cast<float, Vector<float>>(others);
        var (keptShare, share) = (new Vector<float>(kept), new Vector<float>(rate));
        for (var place = 0; place < vectors.Length; place++)
            vectors[place] = Vector.FusedMultiplyAdd(otherVectors[place], share, vectors[place] * keptShare);
        for (var place = vectors.Length * Vector<float>.Count; place < values.Length; place++)
            values[place] = MathF.FusedMultiplyAdd(others[place], rate, values[place] * kept);
    }

    private IEnumerable<(ParameterShape Shape, long Offset)> Placed()
    {
        var offset = 0L;
        foreach (var shape in _shapes)
        {
            yield return (shape, offset);
            offset += shape.Count;
        }
    }

    private Tensor View(ParameterShape shape, long offset)
    {
        using var part = Values.narrow(0, offset, shape.Count);
        return part.view(shape.Shape);
    }
}
