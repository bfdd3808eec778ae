using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>A checkpoint in memory.</summary>
internal sealed class StateDictionary : IStateWriter, IStateReader
{
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly Dictionary<string, long> _counters = [];

    public void Write(string name, Tensor value) => _tensors[name] = value.cpu().clone();

    public void Write(string name, long value) => _counters[name] = value;

    public void ReadInto(string name, Tensor destination) => destination.copy_(Find(name));

    public Tensor ReadTensor(string name) => Find(name).clone();

    public long ReadInt64(string name) => _counters.TryGetValue(name, out var value) ? value : throw new UserMistakeException($"The checkpoint has no counter '{name}'.");

    private Tensor Find(string name) => _tensors.TryGetValue(name, out var value) ? value : throw new UserMistakeException($"The checkpoint has no tensor '{name}'.");
}
