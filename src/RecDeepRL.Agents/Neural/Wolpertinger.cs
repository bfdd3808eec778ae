using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>From points in item space to items (Dulac-Arnold et al. 2015): the nearest items are candidates, and the best of them are shown.</summary>
internal static class Wolpertinger
{
    /// <summary>How many candidates there are unless an option says so: a tenth of the items, yet at least 1000 and ten for each slot, and never more than there are.</summary>
    public static int DefaultCandidates(int itemCount, int slateSize) => Math.Min(itemCount, Math.Max(itemCount / 10, Math.Max(1000, 10 * slateSize)));

    /// <summary>How near each item is to each point: 2p·e − |e|², which is |p|² less the squared distance, so the order is that of nearness.</summary>
    /// <param name="points">[B, E].</param>
    /// <param name="items">[N, E].</param>
    /// <returns>[B, N].</returns>
    public static Tensor Nearness(Tensor points, Tensor items)
    {
        using var scope = NewDisposeScope();
        return points.matmul(items.t()).mul_(2).sub_(items.square().sum(1)).MoveToOuterDisposeScope();
    }

    /// <summary>The nearest items, those that may be shown before all others.</summary>
    /// <returns>[B, C] int64.</returns>
    public static Tensor Candidates(Tensor nearness, Tensor? eligible, int count)
    {
        using var scope = NewDisposeScope();
        if (eligible is not null)
            nearness = nearness.masked_fill(eligible.logical_not(), float.NegativeInfinity);
        return nearness.topk((int)Math.Min(count, nearness.size(1)), dim: 1).indexes.MoveToOuterDisposeScope();
    }

    /// <summary>Values of the candidates spread over all items, −∞ elsewhere.</summary>
    /// <param name="values">[B, C].</param>
    /// <param name="candidates">[B, C] int64.</param>
    /// <returns>[B, N].</returns>
    public static Tensor Spread(Tensor values, Tensor candidates, long itemCount)
    {
        using var scope = NewDisposeScope();
        return full([values.size(0), itemCount], float.NegativeInfinity, ScalarType.Float32, values.device)
            .scatter_(1, candidates, values).MoveToOuterDisposeScope();
    }
}
