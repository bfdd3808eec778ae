namespace RecDeepRL.Data.Synthetic;

/// <summary>Items that differ in how much they lure and in nothing else.</summary>
public static class SyntheticClickbait
{
    /// <param name="itemCount">N, at least 1.</param>
    /// <returns>[N] scores, uniform in [0, 1).</returns>
    public static double[] Generate(long seed, int itemCount)
    {
        var draws = new ExactDraws(seed, "clickbait");
        return [.. Enumerable.Range(0, itemCount).Select(item => draws.Uniform(0, item))];
    }
}
