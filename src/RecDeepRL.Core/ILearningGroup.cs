using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>Several replicas of an agent that learn together, as one of them sees it.</summary>
public interface ILearningGroup
{
    /// <summary>Which one this is, from 0.</summary>
    int Member { get; }

    /// <summary>How many there are.</summary>
    int Members { get; }

    /// <summary>Rows of the round that <see cref="IAgent.Learn"/> is being told of, by member; 0 where a member has none, and hears of no row.</summary>
    IReadOnlyList<long> Rows { get; }

    /// <summary>Waits for all members, and adds up what each of them gives, in their order: the same bits for everybody.</summary>
    /// <param name="own">[P] float32 or float64, the same for everybody. Borrowed.</param>
    /// <returns>The sum, of the same type and on the same device. The caller disposes.</returns>
    /// <exception cref="OperationCanceledException">The round is given up.</exception>
    Tensor Sum(Tensor own);
}
