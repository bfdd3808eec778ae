using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests;

/// <summary>A checkpoint in memory, as strict as one on disk: names are unique, shapes and types have to agree.</summary>
internal sealed class MemoryCheckpoint : IStateWriter, IStateReader, IDisposable
{
    public Dictionary<string, Tensor> Tensors { get; } = [];

    public Dictionary<string, long> Counters { get; } = [];

    public static MemoryCheckpoint Of(IAgent agent)
    {
        var checkpoint = new MemoryCheckpoint();
        agent.Save(checkpoint);
        return checkpoint;
    }

    public static MemoryCheckpoint Of(IEnvironment environment)
    {
        var checkpoint = new MemoryCheckpoint();
        environment.Save(checkpoint);
        return checkpoint;
    }

    public static MemoryCheckpoint OfPolicy(IAgent agent)
    {
        var checkpoint = new MemoryCheckpoint();
        Assert.IsAssignableFrom<IHasPolicyState>(agent).SavePolicy(checkpoint);
        return checkpoint;
    }

    public static MemoryCheckpoint OfSums(IAgent agent, Feedback feedback)
    {
        var checkpoint = new MemoryCheckpoint();
        Assert.IsAssignableFrom<ILearnsFromSums>(agent).SumUp(feedback, checkpoint);
        return checkpoint;
    }

    /// <summary>Of all tensors.</summary>
    public long Bytes => Tensors.Values.Sum(tensor => tensor.numel() * tensor.element_size());

    public void Write(string name, Tensor value)
    {
        Assert.DoesNotContain(name, Counters.Keys);
        using var scope = NewDisposeScope();
        Tensors.Add(name, value.cpu().clone().DetachFromDisposeScope());
    }

    public void Write(string name, long value)
    {
        Assert.DoesNotContain(name, Tensors.Keys);
        Counters.Add(name, value);
    }

    public void ReadInto(string name, Tensor destination)
    {
        var saved = Find(name);
        if (!saved.shape.SequenceEqual(destination.shape) || saved.dtype != destination.dtype)
            throw new UserMistakeException($"{name} is {saved.dtype} [{string.Join(", ", saved.shape)}] in the checkpoint, expected {destination.dtype} [{string.Join(", ", destination.shape)}].");
        using var unchanged = no_grad();
        destination.copy_(saved);
    }

    public Tensor ReadTensor(string name) => Find(name).clone();

    public long ReadInt64(string name) =>
        Counters.TryGetValue(name, out var value) ? value : throw new UserMistakeException($"The checkpoint has no counter '{name}'.");

    /// <summary>Holds the states of two pairs against each other.</summary>
    /// <param name="tolerance">See <see cref="AssertSameAs"/>.</param>
    public static void AssertSame(RunPair expected, RunPair actual, double tolerance = 0)
    {
        using var agent = Of(expected.Agent);
        using var otherAgent = Of(actual.Agent);
        agent.AssertSameAs(otherAgent, tolerance);
        using var environment = Of(expected.Environment);
        using var otherEnvironment = Of(actual.Environment);
        environment.AssertSameAs(otherEnvironment, tolerance);
    }

    /// <param name="tolerance">By which numbers may differ, relative and absolute; 0 for no bit.</param>
    public void AssertSameAs(MemoryCheckpoint other, double tolerance = 0)
    {
        Assert.Equal(Counters.OrderBy(pair => pair.Key, StringComparer.Ordinal), other.Counters.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(Tensors.Keys.Order(StringComparer.Ordinal), other.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in Tensors)
            Assert.True(tensor.SameAs(other.Tensors[name]) || (tolerance > 0 && tensor.allclose(other.Tensors[name], tolerance, tolerance)), $"{name} differs");
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
    }

    private Tensor Find(string name) => Tensors.TryGetValue(name, out var value) ? value : throw new UserMistakeException($"The checkpoint has no tensor '{name}'.");
}
