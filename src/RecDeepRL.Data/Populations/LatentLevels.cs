using MathNet.Numerics.Distributions;

namespace RecDeepRL.Data.Populations;

/// <summary>A feature as a normal number that was cut into levels: the distinct values in order, each an interval of the line as probable as the value is frequent.</summary>
/// <param name="Scores">The mean of the normal number within its interval, standardised over rows; by row. All 0 where there is one level only.</param>
/// <param name="Series">Coefficients of the standardised score as a function of the normal number, by the normalised Hermite polynomials 1, 2, ….</param>
internal sealed record LatentLevels(double[] Scores, double[] Series)
{
    private const int Terms = 64;

    public static LatentLevels Of(ProfileFeature feature)
    {
        var (codes, counts) = feature is CategoryFeature category ? (category.Codes, category.Counts()) : Coded(((ScaleFeature)feature).Values);
        var total = (double)codes.Length;
        var scores = new double[counts.Length];
        var coefficients = new double[Terms];
        var (below, taken, variance) = (new Hermite(double.NegativeInfinity), 0L, 0.0);
        for (var level = 0; level < counts.Length; level++)
        {
            taken += counts[level];
            var above = new Hermite(taken == codes.Length ? double.PositiveInfinity : Normal.InvCDF(0, 1, taken / total));
            if (counts[level] > 0)
            {
                var share = counts[level] / total;
                // ∫ z φ(z) dz over the interval is φ(lower) − φ(upper), divided by the interval's probability.
                scores[level] = (below.Weighted[0] - above.Weighted[0]) / share;
                variance += share * scores[level] * scores[level];
                // ∫ hₖ φ is −hₖ₋₁ φ / √k.
                for (var term = 0; term < Terms; term++)
                    coefficients[term] += scores[level] * (below.Weighted[term] - above.Weighted[term]) / Math.Sqrt(term + 1);
            }
            below = above;
        }
        // The scores have mean 0 by construction.
        var deviation = variance > 1e-12 ? Math.Sqrt(variance) : double.PositiveInfinity;
        return new(Array.ConvertAll(codes, code => scores[code] / deviation), Array.ConvertAll(coefficients, value => value / deviation));
    }

    private static (int[] Codes, long[] Counts) Coded(double[] values)
    {
        var rows = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort((double[])values.Clone(), rows);
        var codes = new int[values.Length];
        var counts = new List<long>();
        for (var place = 0; place < rows.Length; place++)
        {
            if (place == 0 || values[rows[place]] != values[rows[place - 1]])
                counts.Add(0);
            codes[rows[place]] = counts.Count - 1;
            counts[^1]++;
        }
        return (codes, [.. counts]);
    }

    /// <summary>hₖ(x)·φ(x) for k from 0 on, with hₖ the probabilists' Hermite polynomial over √k!.</summary>
    private readonly struct Hermite
    {
        public Hermite(double x)
        {
            Weighted = new double[Terms];
            if (double.IsInfinity(x))
                return;
            Weighted[0] = Normal.PDF(0, 1, x);
            Weighted[1] = x * Weighted[0];
            for (var k = 2; k < Terms; k++)
                Weighted[k] = ((x * Weighted[k - 1]) - (Math.Sqrt(k - 1) * Weighted[k - 2])) / Math.Sqrt(k);
        }

        public double[] Weighted { get; }
    }
}
