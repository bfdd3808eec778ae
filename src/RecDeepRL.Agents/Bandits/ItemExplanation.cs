using MathNet.Numerics.Distributions;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>What bandits with one score for each item can say of their slates. N items, B users, K slots.</summary>
internal static class ItemExplanation
{
    /// <param name="estimates">[N] float; −∞ where there is none.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <returns>[B, K] float32, not a number where there is no estimate.</returns>
    public static Tensor Relevance(Tensor estimates, Tensor slates)
    {
        using var scope = NewDisposeScope();
        var known = estimates.to_type(ScalarType.Float32).masked_fill(estimates.isneginf(), float.NaN);
        return known.index_select(0, slates.reshape(-1)).reshape(slates.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The probability of each item of a slate to stand in its slot, where slates hold the highest scores, ties in random order, and each
    /// slot then explores with probability ε: exploring slots are filled uniformly from the items that no other slot keeps.</summary>
    /// <remarks>Let an item's rank be r among all, from 0. Given the other slots' coins, of which e come up, an exploring slot chooses from
    /// N − K + 1 + e items. With A = E[1/(N − K + 1 + e)] over the other K − 1 slots, slot r shows the item with probability 1 − ε + ε·A, another
    /// slot with ε·A where r ≥ K, and with ε²·E[1/(N − K + 2 + e)], over the other K − 2 slots, where r &lt; K, since then slot r has to let it
    /// go first. An item tied with m − 1 others has each of m ranks with probability 1/m.</remarks>
    /// <param name="scores">[N] float, never NaN; compared as <see cref="Ranking"/> does, as float32.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="epsilon">In [0, 1]; 0 where nothing explores.</param>
    /// <returns>[B, K] float32.</returns>
    public static Tensor Propensity(Tensor scores, Tensor slates, double epsilon)
    {
        using var scope = NewDisposeScope();
        var (itemCount, slateSize) = (scores.size(0), (int)slates.size(1));
        var elsewhere = epsilon * MeanReciprocal(itemCount - slateSize + 1, slateSize - 1, epsilon);
        var displaced = epsilon * epsilon * MeanReciprocal(itemCount - slateSize + 2, slateSize - 2, epsilon);

        var compared = scores.to_type(ScalarType.Float32).clamp(float.MinValue, float.MaxValue);
        var sorted = compared.sort().Values;
        var notAbove = searchsorted(sorted, compared, right: true);
        var tied = notAbove - searchsorted(sorted, compared, right: false);
        var first = notAbove.neg().add_(itemCount).unsqueeze(1); // [N, 1], the best rank an item can have; the worst is first + tied − 1.
        var last = first + tied.unsqueeze(1);

        // [N, K], for each slot: how many of the item's ranks are the slot's own, another slot's, or none that is shown.
        var slots = arange(slateSize, ScalarType.Int64, scores.device).unsqueeze(0);
        var own = slots.ge(first).logical_and_(slots.lt(last)).to_type(ScalarType.Float64);
        var shown = (last.clamp_max(slateSize) - first.clamp_max(slateSize)).to_type(ScalarType.Float64);
        var beyond = tied.unsqueeze(1).to_type(ScalarType.Float64) - shown;
        var probabilities = own.mul(1 - epsilon + elsewhere).add_((shown - own).mul_(displaced)).add_(beyond.mul_(elsewhere)).div_(tied.unsqueeze(1));

        var places = slates.mul(slateSize).add_(slots);
        return probabilities.to_type(ScalarType.Float32).reshape(-1).index_select(0, places.reshape(-1)).reshape(slates.shape).MoveToOuterDisposeScope();
    }

    /// <summary>E[1/(least + e)], e binomial with so many coins.</summary>
    private static double MeanReciprocal(long least, int coins, double epsilon)
    {
        var mean = 0.0;
        for (var heads = 0; heads <= coins; heads++)
            mean += Binomial.PMF(epsilon, coins, heads) / (least + heads);
        return mean;
    }
}
