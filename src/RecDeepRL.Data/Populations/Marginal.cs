using System.Text.Json.Serialization;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>The distribution of one feature on its own, as the inverse of its distribution function.</summary>
[JsonDerivedType(typeof(ScaleMarginal), "scale")]
[JsonDerivedType(typeof(CategoryMarginal), "category")]
public abstract record Marginal(string Name, bool IsWhole)
{
    public static Marginal Of(ProfileFeature feature) => feature switch
    {
        ScaleFeature scale => ScaleMarginal.Of(scale),
        CategoryFeature category => new CategoryMarginal(category.Name, category.IsWhole, category.Labels, category.Counts()),
        _ => throw new NotSupportedException($"A {feature.GetType().Name} has no marginal."),
    };

    /// <summary>The value below which each given share of users lies.</summary>
    /// <param name="shares">In [0, 1], by row.</param>
    public abstract DataColumn At(double[] shares);

    /// <exception cref="InvalidDataException">It is no distribution.</exception>
    public abstract void Check();
}

/// <summary>Numbers: the quantiles of the sample at even distances, and straight lines in between (type 7 of Hyndman and Fan 1996).
/// Values that many users share stay shared; whole numbers are rounded.</summary>
/// <param name="Quantiles">Ascending, from the least value to the greatest; every value of a sample of at most 1025, else 1025 of them.</param>
public sealed record ScaleMarginal(string Name, bool IsWhole, double[] Quantiles) : Marginal(Name, IsWhole)
{
    private const int MostQuantiles = 1025;

    public static ScaleMarginal Of(ScaleFeature feature)
    {
        var sorted = feature.Values.Order().ToArray();
        if (sorted.Length <= MostQuantiles)
            return new(feature.Name, feature.IsWhole, sorted);
        return new(feature.Name, feature.IsWhole, [.. Enumerable.Range(0, MostQuantiles).Select(index => Interpolated(sorted, index / (MostQuantiles - 1.0)))]);
    }

    public override DataColumn At(double[] shares) =>
        new ScaleFeature(Name, IsWhole, Array.ConvertAll(shares, share => Interpolated(Quantiles, share))).ToColumn();

    public override void Check()
    {
        if (Quantiles.Length == 0)
            throw new InvalidDataException($"column '{Name}' has no quantiles");
        for (var index = 1; index < Quantiles.Length; index++)
        {
            if (!(Quantiles[index] >= Quantiles[index - 1]))
                throw new InvalidDataException($"the quantiles of column '{Name}' do not ascend");
        }
    }

    private static double Interpolated(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = Math.Min((int)position, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}

/// <summary>Categories with the frequencies of the sample, side by side in the given order.</summary>
/// <param name="Labels">The categories, distinct.</param>
/// <param name="Counts">Users of each; at least 0, not all 0.</param>
public sealed record CategoryMarginal(string Name, bool IsWhole, string[] Labels, long[] Counts) : Marginal(Name, IsWhole)
{
    public override DataColumn At(double[] shares)
    {
        var ends = new double[Counts.Length];
        var (total, sum) = ((double)Counts.Sum(), 0L);
        for (var code = 0; code < Counts.Length; code++)
            ends[code] = (sum += Counts[code]) / total;
        // The end of the last category that anybody has is 1, and a share of exactly 1 still belongs to it.
        var last = Array.FindLastIndex(Counts, count => count > 0);
        return CategoryFeature.ColumnOf(Name, IsWhole, Labels, Array.ConvertAll(shares, share => Math.Min(FirstAbove(ends, share), last)));
    }

    public override void Check()
    {
        if (Labels.Length != Counts.Length || Labels.Distinct().Count() != Labels.Length)
            throw new InvalidDataException($"column '{Name}' has {Labels.Length} labels, not all distinct or not one for each of its {Counts.Length} counts");
        if (Counts.Any(count => count < 0) || !Counts.Any(count => count > 0))
            throw new InvalidDataException($"column '{Name}' has counts below 0, or none above");
        if (IsWhole && Labels.Any(label => !long.TryParse(label, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _)))
            throw new InvalidDataException($"column '{Name}' has labels that are no whole numbers");
    }

    private static int FirstAbove(double[] ends, double share)
    {
        var (low, high) = (0, ends.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ends[middle] > share)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
