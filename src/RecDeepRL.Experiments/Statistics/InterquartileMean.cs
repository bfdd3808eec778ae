namespace RecDeepRL.Experiments.Statistics;

/// <summary>The mean of the middle half: as indifferent to outlying runs as the median, and steadier (Agarwal et al. 2021).</summary>
public static class InterquartileMean
{
    /// <summary>A quarter of the values, rounded down, is left out at either end, as SciPy's <c>trim_mean(values, 0.25)</c> does.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        if (sorted.Length == 0)
            throw new ArgumentException("An interquartile mean needs at least one value.", nameof(values));
        Array.Sort(sorted);
        var cut = sorted.Length / 4;
        var sum = 0.0;
        foreach (var value in sorted.AsSpan(cut..^cut))
            sum += value;
        return sum / (sorted.Length - (2 * cut));
    }
}
