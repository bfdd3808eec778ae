using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>States on their way between clients and shards: tensors and counters, by name, in the format of checkpoints (<see cref="SafetensorsFile"/>). Read without trust.</summary>
internal static class StateBytes
{
    /// <summary>Marks the name of a counter, which travels as a tensor of one number.</summary>
    private const char Counter = '#';

    /// <summary>The most bytes that a header has for a tensor beside its name.</summary>
    private const int MostHeader = 256;

    /// <exception cref="UserMistakeException">The state is larger than an array can be.</exception>
    public static byte[] Write(SavedState state)
    {
        using var scope = NewDisposeScope();
        var tensors = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, value) in state.Tensors)
            tensors.Add(name, value);
        foreach (var (name, value) in state.Counters)
            tensors.Add(Counter + name, tensor(value, ScalarType.Int64));
        var size = tensors.Sum(one => one.Value.numel() * one.Value.element_size() + one.Key.Length + MostHeader);
        if (size > Array.MaxLength)
            throw new UserMistakeException($"What a shard has to send is {size / 1e9:F1} GB, possible are {Array.MaxLength / 1e9:F1}: its users' state, or the agent's. Use more --shards, or a smaller historyLength.");
        // Of the size that it will have, so that nothing large is copied while it grows.
        using var stream = new MemoryStream((int)size);
        SafetensorsFile.Write(stream, tensors);
        var bytes = stream.GetBuffer();
        Array.Resize(ref bytes, (int)stream.Length);
        return bytes;
    }

    /// <param name="source">Where the bytes come from, for messages.</param>
    /// <returns>The caller disposes.</returns>
    /// <exception cref="UserMistakeException">They are no state.</exception>
    public static SavedState Read(byte[] bytes, string source)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        var state = new SavedState(source);
        try
        {
            foreach (var (name, value) in SafetensorsFile.Read(stream, source))
            {
                if (!name.StartsWith(Counter))
                {
                    state.Add(name, value);
                    continue;
                }
                using (value)
                {
                    if (value.dtype != ScalarType.Int64 || value.numel() != 1)
                        throw new UserMistakeException($"{source} is damaged: the counter '{name[1..]}' is no whole number.");
                    state.Write(name[1..], value.item<long>());
                }
            }
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }
}
