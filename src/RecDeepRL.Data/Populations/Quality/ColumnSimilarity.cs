namespace RecDeepRL.Data.Populations.Quality;

/// <summary>How alike the distributions of one column are in two tables.</summary>
internal static class ColumnSimilarity
{
    private const int Bins = 20;

    /// <summary>Pseudo-count that every bin or category gets in both tables before a divergence is taken: that of Jeffreys' prior.</summary>
    private const double Smoothing = .5;

    /// <summary>1 − D, with D the Kolmogorov–Smirnov distance: the largest difference of the two distribution functions. SDMetrics calls it KSComplement.</summary>
    /// <returns>0 (no overlap) to 1 (equal).</returns>
    public static double KolmogorovSmirnov(double[] real, double[] synthetic)
    {
        var (first, second) = (real.Order().ToArray(), synthetic.Order().ToArray());
        var (i, j, distance) = (0, 0, 0.0);
        while (i < first.Length && j < second.Length)
        {
            var value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] <= value)
                i++;
            while (j < second.Length && second[j] <= value)
                j++;
            distance = Math.Max(distance, Math.Abs(((double)i / first.Length) - ((double)j / second.Length)));
        }
        return 1 - distance;
    }

    /// <summary>1 − ½·Σ|p − q| over categories. SDMetrics calls it TVComplement.</summary>
    /// <returns>0 (no category in common) to 1 (equal shares).</returns>
    public static double TotalVariation(long[] real, long[] synthetic)
    {
        var (realTotal, syntheticTotal) = ((double)real.Sum(), (double)synthetic.Sum());
        return 1 - (.5 * real.Zip(synthetic, (one, other) => Math.Abs((one / realTotal) - (other / syntheticTotal))).Sum());
    }

    /// <summary>Kullback and Leibler's divergence Σ p·ln(p/q) of the synthetic shares q from the real ones p, in nats, each count raised by ½.</summary>
    /// <returns>0 (equal shares) upwards.</returns>
    public static double Divergence(long[] real, long[] synthetic)
    {
        var realTotal = real.Sum() + (Smoothing * real.Length);
        var syntheticTotal = synthetic.Sum() + (Smoothing * real.Length);
        return real.Zip(synthetic, (one, other) =>
        {
            var (p, q) = ((one + Smoothing) / realTotal, (other + Smoothing) / syntheticTotal);
            return p * Math.Log(p / q);
        }).Sum();
    }

    /// <summary>The same for numbers, in up to 20 bins that hold as many real values each.</summary>
    public static double Divergence(double[] real, double[] synthetic)
    {
        var sorted = real.Order().ToArray();
        // Bins are (…, e₁], (e₁, e₂], …: the upper end belongs to a bin, and a value that fills several bins makes one.
        var edges = Enumerable.Range(1, Bins - 1).Select(bin => sorted[Math.Max(0, (int)((long)bin * sorted.Length / Bins) - 1)]).Distinct().Where(edge => edge < sorted[^1]).ToArray();
        return Divergence(Binned(real, edges), Binned(synthetic, edges));
    }

    private static long[] Binned(double[] values, double[] edges)
    {
        var counts = new long[edges.Length + 1];
        foreach (var value in values)
        {
            var found = Array.BinarySearch(edges, value);
            counts[found >= 0 ? found : ~found]++;
        }
        return counts;
    }
}
