using MathNet.Numerics.Statistics;

namespace RecDeepRL.Data.Populations.Quality;

/// <summary>How strongly two columns go together.</summary>
/// <param name="Measure">Pearson's or Spearman's correlation, correlation ratio, or Cramér's V.</param>
/// <param name="Value">−1 to 1 for the first two, 0 to 1 for the others; 0 where a column is constant.</param>
internal sealed record Association(string Measure, double Value)
{
    public const string Spearman = "Spearman";
    public const string Pearson = "Pearson";
    public const string CorrelationRatio = "correlation ratio";
    public const string CramersV = "Cramér's V";

    /// <summary>What is measured of a pair: two correlations of two numbers, else one association.</summary>
    public static Association[] Of(ProfileFeature first, ProfileFeature second) => (first, second) switch
    {
        (ScaleFeature one, ScaleFeature other) => [new(Pearson, Correlation(one.Values, other.Values)), new(Spearman, Correlation(Ranks(one.Values), Ranks(other.Values)))],
        (ScaleFeature numbers, CategoryFeature categories) => [new(CorrelationRatio, Ratio(numbers.Values, categories))],
        (CategoryFeature categories, ScaleFeature numbers) => [new(CorrelationRatio, Ratio(numbers.Values, categories))],
        (CategoryFeature one, CategoryFeature other) => [new(CramersV, Cramer(one, other))],
        _ => throw new NotSupportedException($"There is no association of {first.GetType().Name} and {second.GetType().Name}."),
    };

    /// <summary>1 − |r − s| / 2 for correlations r and s (SDMetrics' CorrelationSimilarity), 1 − |r − s| for the other measures, whose range is half as wide.</summary>
    public static double Similarity(Association real, Association synthetic) =>
        1 - (Math.Abs(real.Value - synthetic.Value) / (real.Measure is Pearson or Spearman ? 2 : 1));

    private static double Correlation(double[] first, double[] second) =>
        MathNet.Numerics.Statistics.Correlation.Pearson(first, second) is var value && double.IsFinite(value) ? value : 0;

    private static double[] Ranks(double[] values) => ArrayStatistics.RanksInplace((double[])values.Clone(), RankDefinition.Average);

    /// <summary>The root of the share of variance between categories, corrected for its bias by Kelley 1935 (ε²) and cut at 0.</summary>
    private static double Ratio(double[] numbers, CategoryFeature categories)
    {
        var sums = new double[categories.Labels.Length];
        for (var row = 0; row < numbers.Length; row++)
            sums[categories.Codes[row]] += numbers[row];
        var counts = categories.Counts();
        var mean = numbers.Mean();
        var total = numbers.Sum(value => (value - mean) * (value - mean));
        var within = total - sums.Zip(counts, (sum, count) => count == 0 ? 0 : count * Math.Pow((sum / count) - mean, 2)).Sum();
        var free = numbers.Length - counts.Count(count => count > 0);
        return total > 0 && free > 0 ? Math.Sqrt(Math.Max(0, 1 - (within / total * (numbers.Length - 1) / free))) : 0;
    }

    /// <summary>Corrected for its bias by Bergsma 2013.</summary>
    private static double Cramer(CategoryFeature first, CategoryFeature second)
    {
        var n = (double)first.RowCount;
        var cells = new double[first.Labels.Length, second.Labels.Length];
        for (var row = 0; row < first.RowCount; row++)
            cells[first.Codes[row], second.Codes[row]]++;
        var (rows, columns) = (first.Counts(), second.Counts());
        var squared = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                if (rows[i] > 0 && columns[j] > 0)
                    squared += cells[i, j] * cells[i, j] / ((double)rows[i] * columns[j]);
            }
        }
        var (r, c) = ((double)rows.Count(count => count > 0), (double)columns.Count(count => count > 0));
        // χ²/n is Σ O²/(R·C) − 1.
        var corrected = Math.Max(0, squared - 1 - ((r - 1) * (c - 1) / (n - 1)));
        var smallest = Math.Min(r - ((r - 1) * (r - 1) / (n - 1)), c - ((c - 1) * (c - 1) / (n - 1))) - 1;
        return smallest > 0 ? Math.Min(1, Math.Sqrt(corrected / smallest)) : 0;
    }
}
