using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>Percentile intervals by resampling runs within each stratum (Efron 1979; stratified as in Agarwal et al. 2021): every environment keeps
/// its number of runs, and only which runs they are varies.</summary>
/// <remarks>Draws depend on seed, replicate and place alone, so the same data always get the same interval, and figures of agents with the same seeds
/// are resampled alike, which keeps them paired.</remarks>
/// <param name="seed">Of the draws.</param>
/// <param name="replicates">Resamples, at least 1.</param>
public sealed class StratifiedBootstrap(long seed = 1, int replicates = StratifiedBootstrap.DefaultReplicates)
{
    /// <summary>So many that the ends of an interval move by little more than a hundredth of its width from seed to seed.</summary>
    public const int DefaultReplicates = 2000;

    private readonly RandomStream _stream = new(seed, "bootstrap");

    /// <summary>A figure with its 95 % interval.</summary>
    /// <param name="sizes">Runs in each stratum.</param>
    /// <param name="figure">Computes the figure from the places of the chosen runs, [stratum][run], each place in [0, size). The array is used again.</param>
    /// <returns>Ends that are not numbers where a stratum has fewer than two runs, which say nothing of their spread.</returns>
    public Estimate Of(IReadOnlyList<int> sizes, Func<int[][], double> figure)
    {
        var value = figure([.. sizes.Select(size => Enumerable.Range(0, size).ToArray())]);
        if (sizes.Count == 0 || sizes.Any(size => size < 2))
            return new Estimate(value, double.NaN, double.NaN);
        var values = Replicates(sizes, figure);
        Array.Sort(values);
        return new Estimate(value, Quantile(values, 0.025), Quantile(values, 0.975));
    }

    /// <summary>The figure of every resample, in order of the draws.</summary>
    /// <param name="sizes">Runs in each stratum, at least 1 each.</param>
    /// <param name="figure">As for <see cref="Of"/>.</param>
    public double[] Replicates(IReadOnlyList<int> sizes, Func<int[][], double> figure)
    {
        var chosen = sizes.Select(size => new int[size]).ToArray();
        var values = new double[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            foreach (var (stratum, places) in chosen.Index())
            {
                // A lane per place of a stratum: adding an environment leaves the draws of the others as they are.
                var first = (long)stratum << 32;
                for (var run = 0; run < places.Length; run++)
                    places[run] = (int)(((_stream.Bits(replicate, first + run) >> 32) * (ulong)places.Length) >> 32);
            }
            values[replicate] = figure(chosen);
        }
        return values;
    }

    /// <summary>With linear interpolation between neighbours, as NumPy does.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="share">In [0, 1].</param>
    internal static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
