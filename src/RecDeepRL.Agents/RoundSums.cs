using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents;

/// <summary>The sums of a whole round, on their way within an agent from <see cref="ILearnsFromSums.SumUp"/> to <see cref="ILearnsFromSums.LearnSums"/>.</summary>
/// <remarks>Keeps views and not copies: nobody writes to a sum once it is summed up.</remarks>
internal sealed class RoundSums : IStateWriter, IStateReader, IDisposable
{
    private readonly Dictionary<string, Tensor> _sums = [];

    /// <summary>Learns from a round by its own sums.</summary>
    public static void Learn(ILearnsFromSums agent, Feedback feedback)
    {
        using var sums = new RoundSums();
        agent.SumUp(feedback, sums);
        agent.LearnSums(sums);
    }

    public void Write(string name, Tensor value) => _sums.Add(name, value.alias().DetachFromDisposeScope());

    public void Write(string name, long value) => throw new NotSupportedException($"Sums are tensors, and '{name}' is a counter.");

    public void ReadInto(string name, Tensor destination) => destination.copy_(_sums[name]);

    public Tensor ReadTensor(string name) => _sums[name].cpu();

    public long ReadInt64(string name) => throw new NotSupportedException($"Sums are tensors, and '{name}' is a counter.");

    public void Dispose()
    {
        foreach (var sum in _sums.Values)
            sum.Dispose();
    }
}
