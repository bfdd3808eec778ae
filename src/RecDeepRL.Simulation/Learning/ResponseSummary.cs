using RecDeepRL.Data;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Learning;

/// <summary>What a table of probabilities looks like as a population.</summary>
public sealed record ResponseSummary
{
    /// <summary>Bins of the histogram, of equal width over [0, 1].</summary>
    public const int BinCount = 20;

    public required double Least { get; init; }

    public required double Most { get; init; }

    public required double Mean { get; init; }

    /// <summary>[<see cref="BinCount"/>] pairs in each bin; a probability of 1 counts to the last.</summary>
    public required IReadOnlyList<long> Histogram { get; init; }

    /// <summary>[N] mean probability of each item over the users.</summary>
    public required IReadOnlyList<double> ItemMeans { get; init; }

    /// <summary>Standard deviation of the items' means: how much items differ for everybody alike.</summary>
    public required double ItemSpread { get; init; }

    /// <summary>Standard deviation of the users' means: how much users differ for every item alike. No recommender can use it.</summary>
    public required double UserSpread { get; init; }

    /// <summary>Standard deviation of what neither mean explains: how much tastes differ.</summary>
    public required double TasteSpread { get; init; }

    /// <summary>Expected responses per user with K items drawn uniformly.</summary>
    public required double Random { get; init; }

    /// <summary>Expected responses per user with the K items of the greatest means.</summary>
    public required double BestFixed { get; init; }

    /// <summary>Expected responses per user with each user's K best items.</summary>
    public required double Oracle { get; init; }

    /// <param name="slateSize">K, 1 to N.</param>
    public static ResponseSummary Of(ResponseTable table, int slateSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slateSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slateSize, table.ItemKeys.Length);
        using var scope = NewDisposeScope();
        var probabilities = tensor(table.Probabilities, [table.UserKeys.Length, table.ItemKeys.Length], ScalarType.Float32);
        var byItem = probabilities.mean([0L], type: ScalarType.Float64);
        var byUser = probabilities.mean([1L], type: ScalarType.Float64);
        var mean = byItem.mean();
        // Users and items are independent classes of a full table: the three spreads' squares add up to the whole variance.
        var (itemVariance, userVariance) = (byItem.sub(mean).square().mean().item<double>(), byUser.sub(mean).square().mean().item<double>());
        var whole = probabilities.square().mean([0L, 1L], type: ScalarType.Float64).item<double>() - Math.Pow(mean.item<double>(), 2);
        return new ResponseSummary
        {
            Least = probabilities.min().item<float>(),
            Most = probabilities.max().item<float>(),
            Mean = mean.item<double>(),
            Histogram = probabilities.view(-1).mul(BinCount).floor_().clamp_(0, BinCount - 1).to_type(ScalarType.Int64).bincount(null, BinCount).data<long>().ToArray(),
            ItemMeans = byItem.data<double>().ToArray(),
            ItemSpread = Math.Sqrt(itemVariance),
            UserSpread = Math.Sqrt(userVariance),
            TasteSpread = Math.Sqrt(Math.Max(0, whole - itemVariance - userVariance)),
            Random = mean.item<double>() * slateSize,
            BestFixed = byItem.topk(slateSize).values.sum().item<double>(),
            Oracle = probabilities.topk(slateSize, dim: 1, sorted: false).values.sum(1, type: ScalarType.Float64).mean().item<double>(),
        };
    }
}
