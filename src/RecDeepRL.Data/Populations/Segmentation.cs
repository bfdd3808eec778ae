using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using RecDeepRL.Data.Populations.Quality;

namespace RecDeepRL.Data.Populations;

/// <summary>Parts a population into segments of similar users, by k-means (ML.NET) on numbers standardised and categories as columns of 0 and 1.</summary>
internal static class Segmentation
{
    /// <summary>Segments of fewer users are joined: the distribution of a few users is hardly more than these users.</summary>
    private const int LeastUsers = 20;

    private static readonly int[] s_counts = [1, 4, 16, 32, 64];

    /// <summary>The rows of each segment, ascending.</summary>
    /// <param name="segmentCount">At least 1; fewer come out where some are small or empty.</param>
    public static List<int[]> Of(Profiles profiles, int segmentCount)
    {
        var all = Enumerable.Range(0, profiles.RowCount).ToArray();
        if (segmentCount == 1 || profiles.RowCount < 2 * LeastUsers)
            return [all];
        var library = new MLContext(seed: 1);
        var vectors = FeatureVectors.Of(profiles);
        var view = FeatureVectors.View(library, Array.ConvertAll(vectors, vector => new LabelledVector { Features = vector }));
        var distinct = vectors.Select(vector => string.Join(' ', vector)).Distinct().Count();
        var model = library.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            NumberOfClusters = Math.Min(segmentCount, distinct),
            NumberOfThreads = 1,
            // The default, k-means||, fails where users are many and different ones are few.
            InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus,
        }).Fit(view);
        var segments = model.Transform(view).GetColumn<uint>("PredictedLabel").Select((segment, row) => (segment, row))
            .GroupBy(one => one.segment, one => one.row).OrderBy(group => group.Key).Select(group => group.ToArray()).ToList();
        int[] small = [.. segments.Where(rows => rows.Length < LeastUsers).SelectMany(rows => rows).Order()];
        segments.RemoveAll(rows => rows.Length < LeastUsers);
        return small.Length > 0 ? [.. segments, small] : segments;
    }

    /// <summary>The number of segments, of 1, 4, 16, 32 and 64 and at most a segment for each 20 users of the fit, with which boosted trees tell samples least from users held out.</summary>
    /// <param name="fit">From profiles and a number of segments to a generator.</param>
    public static int Choose(Profiles profiles, long seed, Func<Profiles, int, IProfileGenerator> fit)
    {
        var rows = new RowDraws(seed, "segments").Shuffled(0, profiles.RowCount);
        var (fitted, heldOut) = (profiles.Take(rows[..(rows.Length / 2)]), profiles.Take(rows[(rows.Length / 2)..]));
        return s_counts.Where(count => count == 1 || count * LeastUsers <= fitted.RowCount).MinBy(count => fitted.RowCount < 2 * LeastUsers ? 0
            : new Detection(heldOut, new ProfileReading().ReadLike(fit(fitted, count).Sample(heldOut.RowCount, seed), heldOut), seed, folds: 2).ByTrees());
    }
}
