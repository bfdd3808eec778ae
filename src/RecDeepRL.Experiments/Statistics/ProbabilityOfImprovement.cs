namespace RecDeepRL.Experiments.Statistics;

/// <summary>How likely a run of one agent is to score above a run of another in an environment drawn at random (Agarwal et al. 2021): in each
/// environment U / (n · m) of Mann and Whitney, where a tie counts half, then the mean over environments. It says how often, and not by how much.</summary>
public static class ProbabilityOfImprovement
{
    /// <param name="first">Scores of one agent by environment, at least one in each.</param>
    /// <param name="second">Scores of the other, by the same environments.</param>
    public static double Of(IReadOnlyList<IReadOnlyList<double>> first, IReadOnlyList<IReadOnlyList<double>> second) =>
        first.Zip(second, (one, other) => one.Average(score => other.Average(rival => Won(score, rival)))).Average();

    /// <summary>The same with its 95 % interval; the runs of both agents are resampled independently.</summary>
    public static Estimate Of(IReadOnlyList<IReadOnlyList<double>> first, IReadOnlyList<IReadOnlyList<double>> second, StratifiedBootstrap bootstrap)
    {
        // Strata 0, 1, … are the first agent's, then come the second's.
        var sizes = first.Concat(second).Select(scores => scores.Count).ToList();
        return bootstrap.Of(sizes, chosen =>
        {
            var sum = 0.0;
            for (var stratum = 0; stratum < first.Count; stratum++)
            {
                var wins = 0.0;
                foreach (var run in chosen[stratum])
                {
                    foreach (var rival in chosen[first.Count + stratum])
                        wins += Won(first[stratum][run], second[stratum][rival]);
                }
                sum += wins / (chosen[stratum].Length * (double)chosen[first.Count + stratum].Length);
            }
            return sum / first.Count;
        });
    }

    private static double Won(double score, double rival) => score > rival ? 1 : score == rival ? 0.5 : 0;
}
