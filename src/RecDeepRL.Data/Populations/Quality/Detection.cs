using MathNet.Numerics.Statistics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace RecDeepRL.Data.Populations.Quality;

/// <summary>Whether a classifier can tell real users from synthetic ones: the area under its ROC curve on rows that it did not see, mean over folds.</summary>
/// <remarks>.5 says that it cannot, 1 that it always can. The area is reported as it is: an area clearly below .5 has a meaning of its own, that
/// synthetic users are copies of real ones (a copy in the training folds has the other label), and max(AUC, 1 − AUC) would hide it.
/// SDMetrics' LogisticDetection is 1 − (2·max(AUC, .5) − 1).</remarks>
internal sealed class Detection
{
    private const int MostRows = 10_000;

    private readonly MLContext _library = new(seed: 1);
    private readonly LabelledVector[] _rows;
    private readonly int[] _foldOfRow;
    private readonly int _folds;

    /// <param name="seed">Decides folds, and which rows take part where a table has more than 10000.</param>
    public Detection(Profiles real, Profiles synthetic, long seed, int folds = 5)
    {
        _folds = folds;
        var draws = new RowDraws(seed, "detection");
        var (realRows, syntheticRows) = (Chosen(draws, 0, real.RowCount), Chosen(draws, 1, synthetic.RowCount));
        var features = FeatureVectors.Of(real.Take(realRows), synthetic.Take(syntheticRows));
        _rows = [.. features.Select((row, index) => new LabelledVector { Features = row, Label = index >= realRows.Length })];
        // Rows are in random order already: dealing them out gives folds of the same size and mixture.
        _foldOfRow = [.. Enumerable.Range(0, realRows.Length).Concat(Enumerable.Range(0, syntheticRows.Length)).Select(place => place % folds)];
    }

    /// <summary>Logistic regression: sees differences in means and shares, no relations.</summary>
    public double ByLogisticRegression() => Area(_library.BinaryClassification.Trainers.LbfgsLogisticRegression(
        new LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1, L1Regularization = 0, L2Regularization = 1 }));

    /// <summary>Boosted trees (FastTree: 100 trees of 20 leaves): sees relations of several columns too.</summary>
    public double ByTrees() => Area(_library.BinaryClassification.Trainers.FastTree(
        new FastTreeBinaryTrainer.Options { NumberOfThreads = 1, NumberOfTrees = 100, NumberOfLeaves = 20, MinimumExampleCountPerLeaf = 10, Seed = 1 }));

    /// <summary>The probability that a positive has a higher score than a negative, ties half (Mann and Whitney).</summary>
    internal static double AreaUnderCurve(double[] scores, bool[] positive)
    {
        var ranks = ArrayStatistics.RanksInplace((double[])scores.Clone(), RankDefinition.Average);
        var positives = (double)positive.Count(one => one);
        var sum = ranks.Where((_, row) => positive[row]).Sum();
        return (sum - (positives * (positives + 1) / 2)) / (positives * (scores.Length - positives));
    }

    private double Area<TTransformer>(IEstimator<TTransformer> trainer)
        where TTransformer : class, ITransformer
    {
        return Enumerable.Range(0, _folds).Average(fold =>
        {
            var test = _rows.Where((_, row) => _foldOfRow[row] == fold).ToList();
            var model = trainer.Fit(FeatureVectors.View(_library, [.. _rows.Where((_, row) => _foldOfRow[row] != fold)]));
            var scores = model.Transform(FeatureVectors.View(_library, test)).GetColumn<float>("Score");
            return AreaUnderCurve([.. scores.Select(score => (double)score)], [.. test.Select(row => row.Label)]);
        });
    }

    private static int[] Chosen(RowDraws draws, long column, int rowCount) => draws.Shuffled(column, rowCount)[..Math.Min(rowCount, MostRows)];
}
