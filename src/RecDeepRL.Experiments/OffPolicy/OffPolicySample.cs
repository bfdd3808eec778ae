namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>What off-policy estimators need to know of a log: S slates of K slots, one after another, each slot a row.</summary>
/// <remarks>Row s·K + k is slot k of slate s. The item-position assumption is in it: an item's response depends on user, item and slot and not on the
/// other items of the slate, so that a slot's weight asks for the probability of its own item alone (Li et al. 2018).</remarks>
public sealed record OffPolicySample
{
    /// <summary>K.</summary>
    public required int SlateSize { get; init; }

    /// <summary>[S] the user of each slate; the slates of a user hang together, and intervals allow for it.</summary>
    public required IReadOnlyList<int> Users { get; init; }

    /// <summary>[S·K] the probability of the shown item in its slot under the policy in question, over that under the policy that showed it; at least 0.</summary>
    public required double[] Weights { get; init; }

    /// <summary>[S·K]</summary>
    public required double[] Responses { get; init; }

    /// <summary>[S·K] the response to the shown item that a reward model expects. The model has not learned from this user.</summary>
    public required double[] Fitted { get; init; }

    /// <summary>[S·K] the response that the model expects from the policy in question in this slot: the mean over its items.</summary>
    public required double[] ModelValues { get; init; }

    /// <summary>S.</summary>
    public int SlateCount => Users.Count;
}
