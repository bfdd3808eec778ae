using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
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
        using var noGradient = no_grad();
        Values.mul_(1 - rate).add_(other.Values, alpha: rate);
    }

    /// <summary>The gradient of a scalar loss with respect to this block alone; 0 where the loss does not depend on a parameter.</summary>
    /// <returns>[P] float32. The caller disposes.</returns>
    public Tensor Gradient(Tensor loss)
    {
        using var scope = NewDisposeScope();
        var gradients = autograd.grad([loss], _leaves, allow_unused: true);
        return cat([.. gradients.Select((gradient, place) =>
            gradient is null || gradient.IsInvalid ? zeros([_shapes[place].Count], ScalarType.Float32, Values.device) : gradient.reshape(-1))]).MoveToOuterDisposeScope();
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
