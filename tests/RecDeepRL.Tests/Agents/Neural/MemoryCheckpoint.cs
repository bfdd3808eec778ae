using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>A checkpoint in memory that can be compared with another.</summary>
internal sealed class MemoryCheckpoint : IStateWriter, IStateReader
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _counters = new(StringComparer.Ordinal);

    public static MemoryCheckpoint Of(IAgent agent)
    {
        var checkpoint = new MemoryCheckpoint();
        agent.Save(checkpoint);
        return checkpoint;
    }

    public IEnumerable<string> TensorNames => _tensors.Keys;

    public void Write(string name, Tensor value) => _tensors.Add(name, value.detach().cpu().clone().DetachFromDisposeScope());

    public void Write(string name, long value) => _counters.Add(name, value);

    public void ReadInto(string name, Tensor destination)
    {
        Assert.Equal(_tensors[name].shape, destination.shape);
        Assert.Equal(_tensors[name].dtype, destination.dtype);
        destination.copy_(_tensors[name]);
    }

    public Tensor ReadTensor(string name) => _tensors[name].clone();

    public long ReadInt64(string name) => _counters[name];

    /// <summary>Same names, same counters, and every tensor equal bit for bit.</summary>
    public void AssertEqualTo(MemoryCheckpoint other)
    {
        Assert.Equal(_counters, other._counters);
        Assert.Equal(_tensors.Keys, other._tensors.Keys);
        foreach (var (name, value) in _tensors)
            Assert.True(TensorAssert.AreSame(value, other._tensors[name]), $"{name} differs");
    }
}
