using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>What came of one round: B users, K slots. Disposing it disposes its tensors and both observations.</summary>
public sealed class Feedback : IDisposable
{
    /// <summary>What the agent saw before it recommended.</summary>
    public required Observation Observation { get; init; }

    /// <summary>[B, K] int64, the slates shown.</summary>
    public required Tensor Slates { get; init; }

    /// <summary>[B, K] float32, the response to each shown item; 0 or 1 where responses are clicks.</summary>
    public required Tensor Responses { get; init; }

    /// <summary>[B] float32, what the agent is paid for each slate.</summary>
    public required Tensor Reward { get; init; }

    /// <summary>The same users afterwards, before any reset.</summary>
    public required Observation NextObservation { get; init; }

    /// <summary>[B] bool, the user's episode ended: there is nothing to gain from the next state.</summary>
    public required Tensor Terminated { get; init; }

    /// <summary>[B] bool, the episode was cut off by a limit: the next state still has a value.</summary>
    public required Tensor Truncated { get; init; }

    /// <summary>A part of the users, as views of the same memory. The caller disposes the views.</summary>
    public Feedback Slice(long start, long count) => new()
    {
        Observation = Observation.Slice(start, count),
        Slates = Slates.narrow(0, start, count),
        Responses = Responses.narrow(0, start, count),
        Reward = Reward.narrow(0, start, count),
        NextObservation = NextObservation.Slice(start, count),
        Terminated = Terminated.narrow(0, start, count),
        Truncated = Truncated.narrow(0, start, count),
    };

    public void Dispose()
    {
        Observation.Dispose();
        Slates.Dispose();
        Responses.Dispose();
        Reward.Dispose();
        NextObservation.Dispose();
        Terminated.Dispose();
        Truncated.Dispose();
    }
}
