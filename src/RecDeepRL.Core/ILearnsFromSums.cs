using RecDeepRL.Core.State;

namespace RecDeepRL.Core;

/// <summary>An agent that learns from a round by sums over its users alone, so that whoever has a part of the users need not hand over what they did.</summary>
public interface ILearnsFromSums
{
    /// <summary>Writes what a part of a round adds up to: float64 tensors whose names and shapes are the same for any part, and no counters. They may depend
    /// on what the agent has learned from the rounds before. Changes nothing.</summary>
    /// <param name="feedback">At least one user. Borrowed.</param>
    void SumUp(Feedback feedback, IStateWriter sums);

    /// <summary>Learns from one round, as <see cref="IAgent.Learn"/> of the whole round would: exactly where the sums are of whole numbers, such as showings
    /// and clicks, elsewhere but for rounding.</summary>
    /// <param name="sums">What <see cref="SumUp"/> wrote of all parts of the round, each in an agent that had learned the same, added up name by name.</param>
    void LearnSums(IStateReader sums);
}
