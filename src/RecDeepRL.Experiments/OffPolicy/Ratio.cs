namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>A ratio of two sums over slates. Every estimator here is a sum of such ratios, so one way to find intervals fits them all.</summary>
/// <param name="Numerators">[S]</param>
/// <param name="Denominators">[S]</param>
internal sealed record Ratio(double[] Numerators, double[] Denominators)
{
    /// <summary>A mean over slates.</summary>
    public static Ratio Mean(double[] values)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1);
        return new Ratio(values, ones);
    }
}
