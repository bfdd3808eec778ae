namespace RecDeepRL.Experiments.Statistics;

/// <summary>Holm's step-down correction (Holm 1979): p values that may each be held against one level although there are many of them. The chance of a
/// single false finding among them all stays below that level, whatever their dependence.</summary>
public static class HolmCorrection
{
    /// <summary>Adjusted values, each in its place: the k-th smallest of m is multiplied by m − k + 1, none falls below a smaller one, and none exceeds 1.</summary>
    /// <param name="pValues">Those that are not numbers stay so, and do not count.</param>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = Enumerable.Repeat(double.NaN, pValues.Count).ToArray();
        var order = Enumerable.Range(0, pValues.Count).Where(index => !double.IsNaN(pValues[index])).OrderBy(index => pValues[index]).ToList();
        var largest = 0.0;
        foreach (var (rank, index) in order.Index())
            adjusted[index] = largest = Math.Max(largest, Math.Min(1, pValues[index] * (order.Count - rank)));
        return adjusted;
    }
}
