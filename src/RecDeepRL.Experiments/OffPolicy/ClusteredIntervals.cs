using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>95 % intervals of sums of ratios over slates, where the slates of one user hang together: users are what is drawn, not slates.</summary>
internal static class ClusteredIntervals
{
    private const double Confidence = .95;

    /// <summary>By linearisation: with R = ΣA/ΣB, user u moves the estimate by ψ = (Aᵤ − R·Bᵤ)/ΣB, and the variance is C/(C − 1)·Σψ² over C users
    /// (the cluster-robust sandwich); the quantile is Student's with C − 1 degrees of freedom. With one slate for each user and a mean, this is the
    /// ordinary interval of a mean.</summary>
    /// <returns>Standard error and interval; not numbers for fewer than two users.</returns>
    public static OffPolicyEstimate Normal(string name, IReadOnlyList<Ratio> terms, IReadOnlyList<int> users)
    {
        var clusters = Clusters(users, out var count);
        var value = 0.0;
        var influence = new double[count];
        foreach (var term in terms)
        {
            var denominator = term.Denominators.Sum();
            var ratio = term.Numerators.Sum() / denominator;
            value += ratio;
            for (var slate = 0; slate < clusters.Length; slate++)
                influence[clusters[slate]] += (term.Numerators[slate] - (ratio * term.Denominators[slate])) / denominator;
        }
        if (count < 2)
            return new OffPolicyEstimate(name, value, double.NaN, double.NaN, double.NaN);
        var error = Math.Sqrt((double)count / (count - 1) * influence.Sum(one => one * one));
        var half = StudentT.InvCDF(0, 1, count - 1, (1 + Confidence) / 2) * error;
        return new OffPolicyEstimate(name, value, error, value - half, value + half);
    }

    /// <summary>By drawing users with replacement, all slates of a user at once; the interval lies between percentiles (Efron 1979). What was learned
    /// or chosen from the log beforehand (reward model, threshold) stays as it is.</summary>
    /// <param name="resamples">At least 2.</param>
    public static OffPolicyEstimate Bootstrap(string name, IReadOnlyList<Ratio> terms, IReadOnlyList<int> users, int resamples, long seed)
    {
        var clusters = Clusters(users, out var count);
        var sums = terms.Select(term => (A: ByCluster(term.Numerators, clusters, count), B: ByCluster(term.Denominators, clusters, count))).ToList();
        var stream = new RandomStream(seed, "off-policy bootstrap");
        var values = new double[resamples];
        var totals = new (double A, double B)[sums.Count];
        for (var resample = 0; resample < resamples; resample++)
        {
            Array.Clear(totals);
            for (var draw = 0; draw < count; draw++)
            {
                var chosen = (int)(((stream.Bits(resample, draw) >> 32) * (ulong)count) >> 32);
                for (var term = 0; term < totals.Length; term++)
                    totals[term] = (totals[term].A + sums[term].A[chosen], totals[term].B + sums[term].B[chosen]);
            }
            values[resample] = totals.Sum(total => total.A / total.B);
        }
        var value = terms.Sum(term => term.Numerators.Sum() / term.Denominators.Sum());
        // A resample in which nothing has weight says nothing; with it the interval is not known.
        if (count < 2 || values.Any(double.IsNaN))
            return new OffPolicyEstimate(name, value, double.NaN, double.NaN, double.NaN);
        return new OffPolicyEstimate(name, value, values.StandardDeviation(), values.Quantile((1 - Confidence) / 2), values.Quantile((1 + Confidence) / 2));
    }

    /// <summary>Numbers users from 0 in the order of their first slate.</summary>
    private static int[] Clusters(IReadOnlyList<int> users, out int count)
    {
        var numbers = new Dictionary<int, int>();
        var clusters = new int[users.Count];
        for (var slate = 0; slate < clusters.Length; slate++)
        {
            if (!numbers.TryGetValue(users[slate], out clusters[slate]))
                numbers[users[slate]] = clusters[slate] = numbers.Count;
        }
        count = numbers.Count;
        return clusters;
    }

    private static double[] ByCluster(double[] values, int[] clusters, int count)
    {
        var sums = new double[count];
        for (var slate = 0; slate < values.Length; slate++)
            sums[clusters[slate]] += values[slate];
        return sums;
    }
}
