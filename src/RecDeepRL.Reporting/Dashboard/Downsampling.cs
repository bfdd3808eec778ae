namespace RecDeepRL.Reporting.Dashboard;

/// <summary>Fewer points for a curve that looks the same.</summary>
internal static class Downsampling
{
    /// <summary>The rows that a curve of at most <paramref name="limit"/> points keeps: the first, the last, and of each of equally long stretches
    /// between them the lowest and the highest. So no peak is lost, which averages and every n-th row would lose.</summary>
    /// <param name="values">One for each row; those that are not numbers are passed over, unless a stretch holds no other: then its first stands for it, and the curve keeps its gap.</param>
    /// <param name="limit">At least 4.</param>
    /// <returns>Rows, ascending.</returns>
    public static List<int> ExtremesOf(ReadOnlySpan<double> values, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 4);
        if (values.Length <= limit)
            return [.. Enumerable.Range(0, values.Length)];
        var rows = new List<int>(limit) { 0 };
        var (stretches, inner) = ((limit - 2) / 2, values.Length - 2);
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            var start = 1 + (int)((long)inner * stretch / stretches);
            var end = 1 + (int)((long)inner * (stretch + 1) / stretches);
            var (low, high) = (-1, -1);
            for (var row = start; row < end; row++)
            {
                if (!double.IsFinite(values[row]))
                    continue;
                if (low < 0 || values[row] < values[low])
                    low = row;
                if (high < 0 || values[row] > values[high])
                    high = row;
            }
            if (low < 0)
                low = high = start;
            rows.Add(Math.Min(low, high));
            if (low != high)
                rows.Add(Math.Max(low, high));
        }
        rows.Add(values.Length - 1);
        return rows;
    }

    /// <summary>How many rows to average over so that a curve of noisy rounds can be told from others: 1 for short ones, then about a hundredth of
    /// the rows, in steps of 1, 2 and 5, so that it does not change with every row.</summary>
    public static int WindowFor(int rows)
    {
        var wanted = rows / 100;
        var window = 1;
        for (var decade = 1; decade <= wanted; decade *= 10)
        {
            foreach (var step in new[] { 1, 2, 5 })
                window = step * decade <= wanted ? step * decade : window;
        }
        return window;
    }

    /// <summary>The mean of each value and those before it, <paramref name="window"/> in all, or as many as there are; values that are not numbers do not count.</summary>
    /// <param name="window">Rows; 1 leaves the values as they are.</param>
    public static double[] TrailingMean(ReadOnlySpan<double> values, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        var means = new double[values.Length];
        var (sum, count) = (0.0, 0);
        for (var row = 0; row < values.Length; row++)
        {
            if (double.IsFinite(values[row]))
                (sum, count) = (sum + values[row], count + 1);
            if (row >= window && double.IsFinite(values[row - window]))
                (sum, count) = (sum - values[row - window], count - 1);
            means[row] = window == 1 ? values[row] : count > 0 ? sum / count : double.NaN;
        }
        return means;
    }
}
