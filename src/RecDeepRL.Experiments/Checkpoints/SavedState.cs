using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Checkpoints;

/// <summary>The state of one environment or agent: tensors on the CPU and counters, by name.</summary>
public sealed class SavedState : IStateWriter, IStateReader, IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _counters = new(StringComparer.Ordinal);
    private readonly string _source;

    /// <param name="source">Where the state comes from, for messages.</param>
    public SavedState(string source = "the saved state") => _source = source;

    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    public IReadOnlyDictionary<string, long> Counters => _counters;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The name was written before.</exception>
    public void Write(string name, Tensor value)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        Add(name, value.detach().to(CPU, copy: true).contiguous());
    }

    public void Write(string name, long value) => _counters.Add(name, value);

    /// <summary>Takes over a tensor, which is on the CPU and contiguous.</summary>
    public void Add(string name, Tensor value)
    {
        if (!_tensors.TryAdd(name, value))
            throw new ArgumentException($"The state has two tensors named '{name}'.", nameof(name));
        value.DetachFromDisposeScope();
    }

    public void ReadInto(string name, Tensor destination)
    {
        var saved = Find(name);
        if (!saved.shape.SequenceEqual(destination.shape) || saved.dtype != destination.dtype)
        {
            throw new UserMistakeException(
                $"{_source} holds '{name}' as {saved.dtype} [{string.Join(", ", saved.shape)}], expected {destination.dtype} [{string.Join(", ", destination.shape)}]: "
                + "it belongs to other options or another environment.");
        }
        using var gradients = no_grad();
        destination.copy_(saved);
    }

    public Tensor ReadTensor(string name) => Find(name).clone();

    public long ReadInt64(string name) => _counters.TryGetValue(name, out var value)
        ? value
        : throw new UserMistakeException($"{_source} holds no counter '{name}': it belongs to other options or another version.");

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }

    private Tensor Find(string name) => _tensors.TryGetValue(name, out var value)
        ? value
        : throw new UserMistakeException($"{_source} holds no tensor '{name}': it belongs to other options or another version.");
}
