namespace RecDeepRL.Experiments.Statistics;

/// <summary>Which share of runs scores above each threshold (the score distribution of Agarwal et al. 2021): the whole picture, of which a mean is one number.</summary>
public static class PerformanceProfile
{
    /// <summary>Thresholds for scores as share of the gap from random to oracle: 0 to 1 in steps of a fortieth.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = [.. Enumerable.Range(0, 41).Select(step => step / 40.0)];

    /// <summary>For each threshold, the share of runs strictly above it, averaged over strata so that each counts alike.</summary>
    /// <param name="strata">Scores by stratum, at least one in each.</param>
    public static IReadOnlyList<double> Of(IReadOnlyList<IReadOnlyList<double>> strata, IReadOnlyList<double> thresholds) =>
        [.. thresholds.Select(threshold => strata.Average(scores => (double)scores.Count(score => score > threshold) / scores.Count))];

    /// <summary>The same with pointwise 95 % intervals.</summary>
    public static IReadOnlyList<Estimate> Of(IReadOnlyList<IReadOnlyList<double>> strata, IReadOnlyList<double> thresholds, StratifiedBootstrap bootstrap) =>
    [
        .. thresholds.Select(threshold => bootstrap.Of(
            [.. strata.Select(scores => scores.Count)],
            chosen => chosen.Index().Average(stratum => (double)stratum.Item.Count(run => strata[stratum.Index][run] > threshold) / stratum.Item.Length))),
    ];
}
