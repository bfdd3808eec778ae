namespace RecDeepRL.Simulation.Learning;

/// <summary>The rising curve of least squared error: pool adjacent violators (Ayer et al. 1955; for calibration Zadrozny and Elkan 2002).</summary>
/// <remarks>Equal scores are pooled first. Between the pools the curve goes in straight lines from the last score of one to the first of the next; outside all
/// scores it is flat. Deviates: values are held within [1/(n + 2), (n + 1)/(n + 2)] for n pairs, since a pool of one kind says no more than that.</remarks>
internal sealed class IsotonicCalibration : ICalibration
{
    private readonly double[] _scores; // rising; a pool's first and last score
    private readonly double[] _values; // never falling

    private IsotonicCalibration(double[] scores, double[] values)
    {
        _scores = scores;
        _values = values;
    }

    /// <param name="scores">[n], finite; n at least 1.</param>
    public static IsotonicCalibration Fit(double[] scores, bool[] positives)
    {
        var (sorted, outcomes) = ((double[])scores.Clone(), (bool[])positives.Clone());
        Array.Sort(sorted, outcomes);
        var pools = new List<Pool>();
        for (var index = 0; index < sorted.Length; index++)
        {
            var pool = new Pool(sorted[index], sorted[index], 1, outcomes[index] ? 1 : 0);
            while (pools.Count > 0 && (pools[^1].Last == pool.First || pools[^1].Value >= pool.Value))
            {
                pool = pools[^1].With(pool);
                pools.RemoveAt(pools.Count - 1);
            }
            pools.Add(pool);
        }
        var (least, most) = (1.0 / (sorted.Length + 2), (sorted.Length + 1.0) / (sorted.Length + 2));
        return new IsotonicCalibration(
            [.. pools.SelectMany(pool => new[] { pool.First, pool.Last })],
            [.. pools.SelectMany(pool => Enumerable.Repeat(Math.Clamp(pool.Value, least, most), 2))]);
    }

    public double Probability(double score)
    {
        var place = Array.BinarySearch(_scores, score);
        if (place >= 0)
            return _values[place];
        var above = ~place;
        if (above == 0)
            return _values[0];
        if (above == _scores.Length)
            return _values[^1];
        var share = (score - _scores[above - 1]) / (_scores[above] - _scores[above - 1]);
        return _values[above - 1] + (share * (_values[above] - _values[above - 1]));
    }

    /// <summary>Neighbouring scores that get one value.</summary>
    private readonly record struct Pool(double First, double Last, int Count, int Positives)
    {
        public double Value => (double)Positives / Count;

        public Pool With(Pool next) => new(First, next.Last, Count + next.Count, Positives + next.Positives);
    }
}
