using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Slates of K distinct items in which each item stands with a given probability, best items first.</summary>
/// <remarks>Deville's systematic procedure (Deville 1998; Tillé 2006, section 7.2): laid end to end in the order of the items, the shares cover
/// [0, K], and slot k takes the item under a random point of [k, k + 1). Slots draw apart, except that an item that lies across k must not be
/// taken twice: with the part b before k and a behind it, slot k leaves it out where slot k − 1 took it, and else takes it with probability
/// a/(1 − b). So slot k shows an item with exactly the probability by which its share covers [k, k + 1).</remarks>
/// <param name="shares">[1, N], the same for every user, or [B, N]; float64 in [0, 1], K in each row.</param>
/// <param name="order">[N] int64, the items, best first.</param>
internal sealed class ShareDraw(Tensor shares, Tensor order, int slateSize)
{
    // [1 or B, N], where the share of each place of the order ends.
    private readonly Tensor _ends = Ends(shares, order, slateSize);

    /// <returns>[B, K] int64.</returns>
    public Tensor Slates(Observation observation, RandomStream draws)
    {
        using var scope = NewDisposeScope();
        var last = _ends.size(1) - 1;
        var rows = _ends.size(0);
        var lanes = observation.UserIds.mul(slateSize).unsqueeze(1) + arange(slateSize, ScalarType.Int64, order.device);
        var luck = draws.Uniform(observation.DrawKey, lanes).to_type(ScalarType.Float64);

        var slots = new Tensor[slateSize];
        for (var slot = 0; slot < slateSize; slot++)
        {
            var u = luck.select(1, slot).reshape(rows, -1);
            if (slot == 0)
            {
                slots[0] = PlaceOf(u).clamp_max_(last);
                continue;
            }
            // [rows, 1], the item across the border, or, with b = 0, the one that begins there.
            var across = PlaceOf(full([rows, 1], (double)slot, ScalarType.Float64, order.device)).clamp_max_(last);
            var a = (_ends.gather(1, across) - slot).clamp_(0.0, 1.0);
            var b = (slot - _ends.gather(1, (across - 1).clamp_min_(0)).masked_fill(across.eq(0), 0.0)).clamp_(0.0, 1.0);
            var chance = (a / (1 - b).clamp_min_(1e-300)).clamp_max_(1.0);
            var taken = slots[slot - 1].eq(across);
            var takes = taken.logical_not().logical_and_(u.lt(chance));
            // What is left of the luck is uniform again.
            var rest = where(taken, u, (u - chance) / (1 - chance).clamp_min_(1e-300)).clamp_(0.0, 1.0);
            var place = PlaceOf(slot + a + (rest * (1 - a)));
            slots[slot] = where(takes, across, maximum(place, across + 1).clamp_max_(last));
        }
        return order.index_select(0, stack(slots, 2).reshape(-1)).reshape(observation.UserCount, slateSize).MoveToOuterDisposeScope();
    }

    /// <summary>The probability of each item of a slate to stand in its slot, given the order.</summary>
    /// <returns>[B, K] float32.</returns>
    public Tensor Propensity(Tensor slates)
    {
        using var scope = NewDisposeScope();
        var place = zeros_like(order).index_copy_(0, order, arange(order.size(0), ScalarType.Int64, order.device));
        var places = place.index_select(0, slates.reshape(-1)).reshape(slates.shape);
        var ends = _ends.expand(slates.size(0), -1);
        var end = ends.gather(1, places);
        var start = ends.gather(1, (places - 1).clamp_min_(0)).masked_fill(places.eq(0), 0.0);
        var slots = arange(slateSize, ScalarType.Float64, order.device);
        return (minimum(end, slots + 1) - maximum(start, slots)).clamp_min_(0.0).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <param name="points">[rows, …] float64 in [0, K).</param>
    /// <returns>The place whose share covers each; N where rounding left a point behind the last.</returns>
    private Tensor PlaceOf(Tensor points) => searchsorted(_ends, points.contiguous(), right: true);

    private static Tensor Ends(Tensor shares, Tensor order, int slateSize)
    {
        var ends = shares.index_select(1, order).cumsum(1);
        // Sums of shares end near K; the last place has to end there, or a point just below K would find no item.
        return (ends * (slateSize / ends.narrow(1, ends.size(1) - 1, 1))).contiguous();
    }
}
