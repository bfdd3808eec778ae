namespace RecDeepRL.Simulation.Learning;

/// <summary>Pairs of near probability: what was predicted for them, and what came.</summary>
/// <param name="Count">Pairs, at least 1.</param>
/// <param name="MeanPredicted">Mean of their probabilities, in [0, 1].</param>
/// <param name="Observed">Share of them that are positive, in [0, 1].</param>
public sealed record ReliabilityBin(int Count, double MeanPredicted, double Observed);

/// <summary>How well probabilities order and foretell 0/1 outcomes.</summary>
public sealed record ProbabilityQuality
{
    /// <summary>Bins of the reliability curve and of the calibration error.</summary>
    public const int BinCount = 15;

    /// <summary>Probabilities are held this far from 0 and 1 in the logarithmic loss, which one certain mistake would else make infinite.</summary>
    internal const double LeastProbability = 1e-7;

    /// <summary>Area under the ROC curve: the probability that a positive is ranked above a negative, ties counting one half. Not a number where one kind is missing.</summary>
    public required double Auc { get; init; }

    /// <summary>Mean of −ln of the probability given to what came, in nats; probabilities held within [10⁻⁷, 1 − 10⁻⁷].</summary>
    public required double LogLoss { get; init; }

    /// <summary>Mean squared difference of probability and outcome (Brier 1950).</summary>
    public required double Brier { get; init; }

    /// <summary>Expected calibration error (Naeini et al. 2015): mean over pairs of |observed − predicted| of their bin. Deviates: bins of equal mass instead of equal width.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The reliability curve, by rising probability: at most <see cref="BinCount"/> bins of about equal count; equal probabilities are never parted, so there may be fewer.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <param name="probabilities">[n] in [0, 1], n at least 1.</param>
    /// <param name="positives">[n].</param>
    public static ProbabilityQuality Of(double[] probabilities, bool[] positives)
    {
        if (probabilities.Length != positives.Length || probabilities.Length == 0)
            throw new ArgumentException($"There are {probabilities.Length} probabilities and {positives.Length} outcomes, expected are as many of both and at least one.");
        var (sorted, outcomes) = ((double[])probabilities.Clone(), (bool[])positives.Clone());
        Array.Sort(sorted, outcomes);
        var bins = BinsOf(sorted, outcomes);
        var (loss, brier) = (0.0, 0.0);
        for (var index = 0; index < sorted.Length; index++)
        {
            var held = Math.Clamp(sorted[index], LeastProbability, 1 - LeastProbability);
            loss -= Math.Log(outcomes[index] ? held : 1 - held);
            var difference = sorted[index] - (outcomes[index] ? 1 : 0);
            brier += difference * difference;
        }
        return new ProbabilityQuality
        {
            Auc = AucOfSorted(sorted, outcomes),
            LogLoss = loss / sorted.Length,
            Brier = brier / sorted.Length,
            CalibrationError = bins.Sum(bin => bin.Count * Math.Abs(bin.Observed - bin.MeanPredicted)) / sorted.Length,
            Bins = bins,
        };
    }

    /// <summary>Area under the ROC curve of any scores, ties counting one half (Mann and Whitney 1947). Not a number where one kind is missing.</summary>
    public static double AucOf(double[] scores, bool[] positives)
    {
        var (sorted, outcomes) = ((double[])scores.Clone(), (bool[])positives.Clone());
        Array.Sort(sorted, outcomes);
        return AucOfSorted(sorted, outcomes);
    }

    private static double AucOfSorted(double[] sorted, bool[] outcomes)
    {
        var (wins, negativesBelow, allPositives) = (0.0, 0L, 0L);
        for (var start = 0; start < sorted.Length;)
        {
            var end = EndOfTie(sorted, start);
            var positives = outcomes.AsSpan(start, end - start).Count(true);
            var negatives = end - start - positives;
            wins += positives * (negativesBelow + (negatives / 2.0));
            negativesBelow += negatives;
            allPositives += positives;
            start = end;
        }
        return wins / ((double)allPositives * negativesBelow);
    }

    private static List<ReliabilityBin> BinsOf(double[] sorted, bool[] outcomes)
    {
        var bins = new List<ReliabilityBin>(BinCount);
        for (var (start, bin) = (0, 1); start < sorted.Length; bin++)
        {
            var wanted = (int)((long)sorted.Length * bin / BinCount);
            if (wanted <= start)
                continue;
            var end = EndOfTie(sorted, wanted - 1);
            bins.Add(new ReliabilityBin(end - start, sorted.AsSpan(start, end - start).ToArray().Average(), (double)outcomes.AsSpan(start, end - start).Count(true) / (end - start)));
            start = end;
        }
        return bins;
    }

    private static int EndOfTie(double[] sorted, int index)
    {
        var value = sorted[index];
        do
            index++;
        while (index < sorted.Length && sorted[index] == value);
        return index;
    }
}
