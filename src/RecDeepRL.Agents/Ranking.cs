using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents;

/// <summary>From scores to slates: the K best items of each user, ties broken at random for each user apart, items that are not eligible left out.</summary>
internal static class Ranking
{
    /// <summary>Pairs of user and item ranked at once on the CPU.</summary>
    private const long PairsAtOnce = 1 << 16;

    /// <param name="scores">[B, N] float, or [1, N] where every user has the same; compared as float32. +∞ goes before and −∞ behind every
    /// number; −∞ is shown only where a slate cannot be filled otherwise. Never NaN.</param>
    /// <param name="observation">Gives user ids, eligible items and the draw key.</param>
    /// <param name="ties">The agent's stream for breaking ties; a draw's lane is user · N + item.</param>
    /// <returns>[B, K] int64, best first.</returns>
    public static Tensor Best(Tensor scores, Observation observation, int slateSize, RandomStream ties) =>
        Best(scores, observation, observation.EligibleItems, slateSize, ties);

    /// <summary>The same with other items left out than the observation asks for.</summary>
    /// <param name="eligible">[B, N] bool, or none where every item may be shown. Where a row has fewer than K, the slate ends with others.</param>
    public static Tensor Best(Tensor scores, Observation observation, Tensor? eligible, int slateSize, RandomStream ties)
    {
        using var scope = NewDisposeScope();
        var (userCount, itemCount) = (observation.UserCount, scores.size(1));
        if (scores.device_type != TorchSharp.DeviceType.CPU)
            return BestOfBlock(scores, observation.UserIds, eligible, observation.DrawKey, slateSize, ties).MoveToOuterDisposeScope();

        // On the CPU, blocks of users whose scores stay in its cache go more than twice as fast.
        var rows = Math.Max(1, PairsAtOnce / itemCount);
        var slates = empty([userCount, slateSize], ScalarType.Int64);
        for (long start = 0; start < userCount; start += rows)
        {
            using var blockScope = NewDisposeScope();
            var count = Math.Min(rows, userCount - start);
            var own = scores.size(0) == 1 ? scores : scores.narrow(0, start, count);
            slates.narrow(0, start, count).copy_(
                BestOfBlock(own, observation.UserIds.narrow(0, start, count), eligible?.narrow(0, start, count), observation.DrawKey, slateSize, ties));
        }
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>One lane per pair, user · N + item, so that a draw belongs to the pair and not to its place in the batch.</summary>
    /// <returns>[B, N] int64.</returns>
    public static Tensor Lanes(Tensor userIds, long itemCount)
    {
        using var scope = NewDisposeScope();
        return userIds.mul(itemCount).unsqueeze(1).add(arange(itemCount, ScalarType.Int64, userIds.device)).MoveToOuterDisposeScope();
    }

    private static Tensor BestOfBlock(Tensor scores, Tensor userIds, Tensor? eligible, long drawKey, int slateSize, RandomStream ties)
    {
        using var scope = NewDisposeScope();
        var wanted = scores.to_type(ScalarType.Float32).to_type(ScalarType.Float64).clamp_(float.MinValue, float.MaxValue);

        // Luck rides below the last bit of the score, so that one top-K decides everything: neighbouring float32 numbers are at least 2⁻²⁴ of
        // their size or 2⁻¹⁴⁹ apart, and float64 has room for 28 bits of luck in between. Luck is a draw's 64 bits read as a signed number,
        // hence the further 2⁻⁶⁴.
        var slope = wanted.mul(Math.ScaleB(1.0, -25 - 64)).add_(Math.ScaleB(1.0, -160 - 64));
        var luck = ties.Bits(drawKey, Lanes(userIds, scores.size(1))).to_type(ScalarType.Float64);
        var key = addcmul(wanted, luck, slope, 1);
        if (eligible is not null)
            key.masked_fill_(eligible.logical_not(), double.NegativeInfinity);
        return key.topk(slateSize, dim: 1).indexes.MoveToOuterDisposeScope();
    }
}
