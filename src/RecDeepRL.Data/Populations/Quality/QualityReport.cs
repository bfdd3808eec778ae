namespace RecDeepRL.Data.Populations.Quality;

/// <summary>One column of both tables.</summary>
/// <param name="Measure">KS similarity for numbers, TV similarity for categories.</param>
/// <param name="Similarity">0 to 1, 1 is best.</param>
/// <param name="Divergence">Kullback–Leibler divergence from real to synthetic in nats, 0 is best.</param>
public sealed record ColumnQuality(string Column, string Measure, double Similarity, double Divergence);

/// <summary>A pair of columns in both tables.</summary>
/// <param name="Measure">Pearson and Spearman, one entry for each (two numbers), correlation ratio (a number and categories) or Cramér's V (two of categories).</param>
/// <param name="Real">The measure in the real table.</param>
/// <param name="Synthetic">The measure in the synthetic table.</param>
/// <param name="Similarity">0 to 1, 1 is best.</param>
public sealed record PairQuality(string First, string Second, string Measure, double Real, double Synthetic, double Similarity);

/// <summary>How much synthetic users are like real ones.</summary>
public sealed record QualityReport
{
    /// <summary>The fewest rows of a table that can be compared.</summary>
    public const int FewestRows = 20;

    /// <summary>Rows of the real table; at least 20.</summary>
    public required int RealRows { get; init; }

    /// <summary>Rows of the synthetic table; at least 20.</summary>
    public required int SyntheticRows { get; init; }

    public required IReadOnlyList<ColumnQuality> Columns { get; init; }

    /// <summary>Every measure of every pair of columns; none where there is one column.</summary>
    public required IReadOnlyList<PairQuality> Pairs { get; init; }

    /// <summary>Mean similarity over columns, 0 to 1, 1 is best.</summary>
    public required double ColumnSimilarity { get; init; }

    /// <summary>Mean of these similarities, 0 to 1, 1 is best; none where there is one column.</summary>
    public required double? CorrelationSimilarity { get; init; }

    /// <summary>Area under the ROC curve of a logistic regression that tells real from synthetic; .5 is best.</summary>
    public required double LogisticDetection { get; init; }

    /// <summary>The same of boosted trees; .5 is best, clearly below .5 means copies of real users.</summary>
    public required double TreeDetection { get; init; }

    /// <param name="synthetic">Read like <paramref name="real"/> (<see cref="ProfileReading.ReadLike"/>).</param>
    /// <param name="seed">Seed of the folds of the detection.</param>
    /// <exception cref="Core.UserMistakeException">A table has fewer than 20 rows.</exception>
    public static QualityReport Of(Profiles real, Profiles synthetic, long seed = 1)
    {
        foreach (var profiles in new[] { real, synthetic })
        {
            if (profiles.RowCount < FewestRows)
                throw new Core.UserMistakeException($"{profiles.Source} has {profiles.RowCount} rows, a comparison needs at least {FewestRows} in both tables.");
        }
        var pairs = real.Features.Zip(synthetic.Features, SameLabels).ToList();
        (real, synthetic) = (real with { Features = [.. pairs.Select(pair => pair.Real)] }, synthetic with { Features = [.. pairs.Select(pair => pair.Synthetic)] });
        var columns = pairs.Select(pair => Compare(pair.Real, pair.Synthetic)).ToList();
        var associations = (from second in Enumerable.Range(0, pairs.Count) from first in Enumerable.Range(0, second) from measured in Compare(pairs[first], pairs[second]) select measured).ToList();
        var detection = new Detection(real, synthetic, seed);
        return new QualityReport
        {
            RealRows = real.RowCount,
            SyntheticRows = synthetic.RowCount,
            Columns = columns,
            Pairs = associations,
            ColumnSimilarity = columns.Average(column => column.Similarity),
            CorrelationSimilarity = associations.Count > 0 ? associations.Average(pair => pair.Similarity) : null,
            LogisticDetection = detection.ByLogisticRegression(),
            TreeDetection = detection.ByTrees(),
        };
    }

    /// <summary>Codes categories alike: the labels of both tables in one list.</summary>
    private static (ProfileFeature Real, ProfileFeature Synthetic) SameLabels(ProfileFeature real, ProfileFeature synthetic)
    {
        if (real is not CategoryFeature one || synthetic is not CategoryFeature other)
            return (real, synthetic);
        string[] labels = [.. one.Labels.Union(other.Labels)];
        return (one with { Labels = labels, Codes = one.CodesIn(labels) }, other with { Labels = labels, Codes = other.CodesIn(labels) });
    }

    private static ColumnQuality Compare(ProfileFeature real, ProfileFeature synthetic)
    {
        if (real is ScaleFeature one && synthetic is ScaleFeature other)
            return new(real.Name, "KS similarity", Quality.ColumnSimilarity.KolmogorovSmirnov(one.Values, other.Values), Quality.ColumnSimilarity.Divergence(one.Values, other.Values));
        var (first, second) = (((CategoryFeature)real).Counts(), ((CategoryFeature)synthetic).Counts());
        return new(real.Name, "TV similarity", Quality.ColumnSimilarity.TotalVariation(first, second), Quality.ColumnSimilarity.Divergence(first, second));
    }

    private static IEnumerable<PairQuality> Compare((ProfileFeature Real, ProfileFeature Synthetic) first, (ProfileFeature Real, ProfileFeature Synthetic) second) =>
        Association.Of(first.Real, second.Real).Zip(Association.Of(first.Synthetic, second.Synthetic), (real, synthetic) =>
            new PairQuality(first.Real.Name, second.Real.Name, real.Measure, real.Value, synthetic.Value, Association.Similarity(real, synthetic)));
}
