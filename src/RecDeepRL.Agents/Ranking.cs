using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents;

/// <summary>From scores to slates: the K best items of each user, ties broken at random for each user apart, items that are not eligible left out.</summary>
internal static class Ranking
{
    /// <param name="scores">[B, N] float, or [1, N] where every user has the same; finite, or −∞ for items never to be shown.</param>
    /// <param name="observation">Gives user ids, eligible items and the draw key.</param>
    /// <param name="ties">The agent's stream for breaking ties; a draw's lane is user · N + item.</param>
    /// <returns>[B, K] int64, best first.</returns>
    public static Tensor Best(Tensor scores, Observation observation, int slateSize, RandomStream ties)
    {
        using var scope = NewDisposeScope();
        var itemCount = scores.shape[1];
        var luck = ties.Uniform(observation.DrawKey, Lanes(observation.UserIds, itemCount));
        var wanted = scores.to_type(ScalarType.Float32).expand(observation.UserCount, itemCount);
        if (observation.EligibleItems is { } eligible)
            wanted = wanted.masked_fill(eligible.logical_not(), float.NegativeInfinity);

        // Above the K-th best score an item is in for certain (key 2); at it, luck decides (key in [0, 1)); below it, and where not eligible, it is out.
        var threshold = wanted.topk(slateSize, dim: 1).values.narrow(1, slateSize - 1, 1);
        var key = where(wanted.gt(threshold), full_like(luck, 2f), where(wanted.eq(threshold), luck, full_like(luck, -1f)));
        if (observation.EligibleItems is { } mask)
            key = key.masked_fill(mask.logical_not(), -2f);
        var chosen = key.topk(slateSize, dim: 1).indexes;

        // Within the slate: by score, equal scores in random order (a stable sort after a sort by luck).
        var byLuck = luck.gather(1, chosen).argsort(dim: 1, descending: true);
        chosen = chosen.gather(1, byLuck);
        var byScore = wanted.gather(1, chosen).sort(dim: 1, descending: true, stable: true).Indices;
        return chosen.gather(1, byScore).MoveToOuterDisposeScope();
    }

    /// <summary>One lane per pair, user · N + item, so that a draw belongs to the pair and not to its place in the batch.</summary>
    /// <returns>[B, N] int64.</returns>
    public static Tensor Lanes(Tensor userIds, long itemCount)
    {
        using var scope = NewDisposeScope();
        return userIds.mul(itemCount).unsqueeze(1).add(arange(itemCount, ScalarType.Int64, userIds.device)).MoveToOuterDisposeScope();
    }
}
