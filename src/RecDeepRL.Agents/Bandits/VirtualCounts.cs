using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Shares a round out among the items as if its showings were given out one by one, each to the highest index that not every user was shown yet,
/// and counted at once while the means stayed as they are.</summary>
/// <remarks>Filled one by one, a batch of B users brings all items that it shows down to one level λ of the index: item i is shown mᵢ times, until its
/// index falls to λ, at most once to each user, and Σ mᵢ = B·K. With K = 1 this is what users would get who came one by one. So its share is mᵢ/B, the probability with which each user is shown it, and
/// no user has to wait for another. mᵢ(λ) is read off the index at a few numbers of showings, straight lines between; λ off a
/// few levels, straight lines between, so that Σ mᵢ is exact. Where items are masked, each user gets the shares of a batch of such users.</remarks>
internal static class VirtualCounts
{
    private const int MostPoints = 34;
    private const int MostLevels = 128;
    private const int FinerLevels = 32;

    /// <summary>The numbers of further showings at which an index has to be known: 0, 1, and on in equal ratios to the number of users.</summary>
    /// <param name="userCount">B, at least 1.</param>
    /// <returns>[G, 1] float64.</returns>
    public static Tensor Points(double userCount, Device device)
    {
        var count = (int)Math.Clamp(Math.Ceiling(userCount) + 1, 2, MostPoints);
        var points = userCount < MostPoints - 1
            ? Enumerable.Range(0, count).Select(point => Math.Min(point, userCount))
            : Enumerable.Range(0, count - 1).Select(point => Math.Pow(userCount, (double)point / (count - 2))).Prepend(0);
        return tensor(points.ToArray(), device: device).unsqueeze(1);
    }

    /// <param name="points">[G, 1], from <see cref="Points"/>.</param>
    /// <param name="indices">[G, N] float64, the index of each item after so many further showings. An index that rises with showings counts as level.</param>
    /// <param name="unseen">[N] bool, items that come before all others until they are shown once.</param>
    /// <param name="eligible">[B, N] bool, at least K true in each row, or none.</param>
    /// <returns>[B, N] float64, or [1, N] where every item is eligible: shares in [0, 1], K in each row.</returns>
    public static Tensor Shares(Tensor points, Tensor indices, Tensor unseen, int slateSize, Tensor? eligible)
    {
        using var scope = NewDisposeScope();
        var first = unseen.logical_and(points.lt(1.0));
        var above = indices.masked_fill(first, double.NegativeInfinity).max().clamp_min(-1e300) + 1.0;
        var falling = where(first, above, indices).cummin(0).values;
        var filling = new Filling(points.squeeze(1), falling);
        var open = (eligible ?? ones([1, indices.size(1)], ScalarType.Bool, indices.device)).to_type(ScalarType.Float64);
        var wanted = filling.UserCount * slateSize;

        var values = falling.reshape(-1).sort(descending: true).Values;
        var places = linspace(0, values.size(0) - 1, Math.Min(MostLevels, values.size(0)), ScalarType.Float64, device: values.device).round().to_type(ScalarType.Int64);
        var levels = cat([values.index_select(0, places), values.narrow(0, values.size(0) - 1, 1) - 1.0]);
        var (counts, low) = filling.Between(levels, open, wanted);
        if (eligible is null)
        {
            var finer = levels.index_select(0, low) + (linspace(0, 1, FinerLevels, ScalarType.Float64, device: values.device) * (levels.index_select(0, low + 1) - levels.index_select(0, low)));
            (counts, _) = filling.Between(finer, open, wanted);
        }
        var shares = counts / filling.UserCount;
        return shares.mul_(slateSize / shares.sum(1, keepdim: true)).clamp_(0.0, 1.0).MoveToOuterDisposeScope();
    }

    /// <summary>How often each item is shown before its index falls to a level.</summary>
    private sealed class Filling
    {
        private readonly Tensor _points; // [G]
        private readonly Tensor _rising; // [N, G], the index after so many showings, fewest last.

        public Filling(Tensor points, Tensor falling)
        {
            (_points, _rising) = (points, falling.t().flip(1).contiguous());
            UserCount = points[points.size(0) - 1];
        }

        /// <summary>[], B.</summary>
        public Tensor UserCount { get; }

        /// <summary>Counts that add up to what is wanted, between those of the two levels around it.</summary>
        /// <param name="levels">[L], falling; at the first no item is shown more than wanted in sum, at the last enough.</param>
        /// <param name="open">[R, N], 1 where an item may be shown, else 0.</param>
        /// <returns>Counts [R, N], and [R] int64 the level above each row's own.</returns>
        public (Tensor Counts, Tensor Low) Between(Tensor levels, Tensor open, Tensor wanted)
        {
            var counts = At(levels); // [L, N]
            var sums = open.matmul(counts.t()).contiguous(); // [R, L], rising.
            var low = searchsorted(sums, wanted.expand(sums.size(0), 1).contiguous()).sub_(1).clamp_(0, levels.size(0) - 2);
            var (less, more) = (sums.gather(1, low), sums.gather(1, low + 1));
            var part = ((wanted - less) / (more - less).clamp_min_(1e-300)).clamp_(0.0, 1.0);
            var row = low.squeeze(1);
            var between = lerp(counts.index_select(0, row), counts.index_select(0, row + 1), part);
            return (between * open, row);
        }

        /// <returns>[L, N].</returns>
        private Tensor At(Tensor levels)
        {
            var pointCount = _points.size(0);
            var notAbove = searchsorted(_rising, levels.unsqueeze(0).expand(_rising.size(0), -1).contiguous(), right: true); // [N, L]
            var above = notAbove.neg().add_(pointCount); // How many points lie above the level, fewest showings first.
            var before = (above - 1).clamp_(0, pointCount - 2);
            var (start, end) = (_points.take(before), _points.take(before + 1));
            var high = _rising.gather(1, before.neg().add_(pointCount - 1));
            var next = _rising.gather(1, before.neg().add_(pointCount - 2));
            var part = ((high - levels) / (high - next).clamp_min_(1e-300)).clamp_(0.0, 1.0);
            var counts = lerp(start, end, part).masked_fill_(above.eq(0), 0.0);
            return counts.t();
        }
    }
}
