using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>An environment that can be taken through rounds that have happened before, as an interaction log tells them.</summary>
public interface IReplaysRounds
{
    /// <summary>Takes a round as it was, in place of <see cref="IEnvironment.Observe"/> and <see cref="IEnvironment.Step"/>: the users are
    /// those of the round and the responses are not drawn. Everything else is as in a step: users remember what they were shown, and the
    /// environment moves on to the next round.</summary>
    /// <param name="round">Borrowed.</param>
    /// <returns>What an agent of that round learned from. The caller disposes.</returns>
    /// <exception cref="ArgumentException">Slates of the wrong shape or type, an unknown item, or an item twice in a slate; nothing has changed then.</exception>
    Feedback Replay(PlayedRound round);
}

/// <summary>One round that has happened: B users, K slots. Disposing it disposes its tensors.</summary>
/// <param name="UserIds">[B] int64, distinct.</param>
/// <param name="Slates">[B, K] int64.</param>
/// <param name="Responses">[B, K] float32.</param>
public sealed record PlayedRound(Tensor UserIds, Tensor Slates, Tensor Responses) : IDisposable
{
    /// <summary>[B, K] float32, the probability of each shown item to stand in its slot under the agent that showed it, not a number where it is not
    /// known; none where no propensity is. Learning needs none; off-policy estimates do.</summary>
    public Tensor? Propensity { get; init; }

    public void Dispose()
    {
        UserIds.Dispose();
        Slates.Dispose();
        Responses.Dispose();
        Propensity?.Dispose();
    }
}
