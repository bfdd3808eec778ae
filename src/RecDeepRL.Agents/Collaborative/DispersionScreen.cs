using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Finds the items on which users differ, from few responses to each: whether the liked items or the disliked ones divide users is learned from users
/// who saw an item more than once; the items are then ranked by their means, of which far more is known.</summary>
/// <remarks>For two responses y, y′ of the same user to item i, (y − cᵢ)(y′ − cᵢ) has the expectation vᵢ + (mᵢ − cᵢ)², vᵢ the variance of the users' probabilities and mᵢ
/// their mean. Such products of one half of the users are regressed on the means cᵢ of the other half, and the other way round, so that
/// the luck of the means does not enter the products. Each product's noise is taken as (cᵢ(1 − cᵢ))².</remarks>
internal static class DispersionScreen
{
    /// <summary>Showings of the mean of all items that every item's mean is given beforehand.</summary>
    private const double PriorShowings = 50;

    /// <summary>How clearly users differ more on items of high mean (above 0) or of low mean (below 0): the slope of the variance over the mean, in standard errors.</summary>
    /// <param name="members">[N] bool, the items to look at.</param>
    public static double Direction(PairStatistics pairs, Tensor members)
    {
        using var scope = NewDisposeScope();
        var counted = members.to_type(ScalarType.Float64);
        var firstHalf = arange(pairs.Shown.size(0), ScalarType.Int64, pairs.Shown.device).remainder(2).eq(0).unsqueeze(1);
        var (slope, noise) = (zeros([], ScalarType.Float64, counted.device), zeros([], ScalarType.Float64, counted.device));
        foreach (var half in new[] { firstHalf, firstHalf.logical_not() })
        {
            using var halfScope = NewDisposeScope();
            var means = pairs.ItemMeans(PriorShowings, half, members);
            var (products, count) = pairs.CentredProducts(means, half.logical_not());
            (products, count) = (products * counted, count * counted);
            var total = count.sum().clamp_min(1);
            var distance = means - (means * count).sum() / total;
            slope.add_((distance * (products - count * (products.sum() / total))).sum());
            noise.add_((distance.square() * count * (means * (1 - means)).square()).sum());
        }
        return (slope / noise.clamp_min(1e-12).sqrt()).item<double>();
    }

    /// <summary>Scores by which a pool may be cut: the higher, the more users are thought to differ.</summary>
    /// <param name="certainty">Standard errors that the direction has to be clear by; where it is not, all items score the same.</param>
    /// <returns>[N] float64.</returns>
    public static Tensor Scores(PairStatistics pairs, Tensor members, double certainty)
    {
        var direction = Direction(pairs, members);
        using var scope = NewDisposeScope();
        var means = pairs.ItemMeans(PriorShowings, null, members);
        return (Math.Abs(direction) < certainty ? zeros_like(means) : means * Math.Sign(direction)).MoveToOuterDisposeScope();
    }
}
