using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>What an agent may know about the users of one round: the user-state tensor. B users, D user features, M recent items, N items.
/// Disposing it disposes its tensors.</summary>
public sealed class Observation : IDisposable
{
    /// <summary>[B] int64, ids from 0 to U − 1, distinct.</summary>
    public required Tensor UserIds { get; init; }

    /// <summary>[B, D] float32, or none where only ids are known.</summary>
    public Tensor? UserFeatures { get; init; }

    /// <summary>[B, M] int64, the items shown to each user last, newest last; −1 where fewer than M were shown.</summary>
    public required Tensor RecentItems { get; init; }

    /// <summary>[B, M] float32, the responses to <see cref="RecentItems"/>; 0 where there is no item.</summary>
    public required Tensor RecentResponses { get; init; }

    /// <summary>[B, N] bool, true where an item may be shown, at least K of them in each row; none where every item may.</summary>
    public Tensor? EligibleItems { get; init; }

    /// <summary>Rounds completed before this one, from 0.</summary>
    public required long Iteration { get; init; }

    /// <summary>Keys the agent's own draws for this round (the iteration argument of its <see cref="Randomness.RandomStream"/>, with lanes from the user ids),
    /// so that recommending needs no counter, a batch can be split at will, and evaluation rounds draw apart from training rounds.</summary>
    public required long DrawKey { get; init; }

    /// <summary>B, users in this round.</summary>
    public long UserCount => UserIds.size(0);

    /// <summary>A part of the users, as views of the same memory. The caller disposes the views.</summary>
    public Observation Slice(long start, long count) => new()
    {
        UserIds = UserIds.narrow(0, start, count),
        UserFeatures = UserFeatures?.narrow(0, start, count),
        RecentItems = RecentItems.narrow(0, start, count),
        RecentResponses = RecentResponses.narrow(0, start, count),
        EligibleItems = EligibleItems?.narrow(0, start, count),
        Iteration = Iteration,
        DrawKey = DrawKey,
    };

    public void Dispose()
    {
        UserIds.Dispose();
        UserFeatures?.Dispose();
        RecentItems.Dispose();
        RecentResponses.Dispose();
        EligibleItems?.Dispose();
    }
}
