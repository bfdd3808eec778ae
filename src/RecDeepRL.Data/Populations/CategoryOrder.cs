using MathNet.Numerics.LinearAlgebra;

namespace RecDeepRL.Data.Populations;

/// <summary>Puts categories in a line, so that the place on it tells as much as possible about the other features.</summary>
/// <remarks>Each category gets its coordinate on the first axis of a correspondence analysis of its feature against all others: the leading
/// left singular vector of the covariances between its indicators, scaled by 1/√share, and the others' indicators and standardised normal scores
/// (as in PCAmix, Chavent, Kuentz-Simonet, Labenne and Saracco 2014). Two categories have one order only, up to its direction.</remarks>
internal static class CategoryOrder
{
    /// <summary>The same features, with the labels of each category feature in their new order.</summary>
    public static ProfileFeature[] Apply(IReadOnlyList<ProfileFeature> features)
    {
        var blocks = features.Select(Standardised).ToArray();
        return [.. features.Select((feature, index) => feature is CategoryFeature { Labels.Length: > 2 } category && features.Count > 1
            ? Reordered(category, Coordinates(category, index, blocks))
            : feature)];
    }

    private static double[] Coordinates(CategoryFeature feature, int index, double[][][] blocks)
    {
        var own = Matrix<double>.Build.DenseOfColumnArrays(blocks[index]);
        var others = Matrix<double>.Build.DenseOfColumnArrays(blocks.Where((_, place) => place != index).SelectMany(block => block));
        var covariances = own.TransposeThisAndMultiply(others);
        var axis = covariances.TransposeAndMultiply(covariances).Evd(Symmetricity.Symmetric).EigenVectors.Column(own.ColumnCount - 1);
        // An axis has no direction of its own; the same one every time makes fits repeatable.
        var direction = axis[axis.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
        return [.. feature.Counts().Select((count, code) => count == 0 ? 0 : direction * axis[code] / Math.Sqrt(count))];
    }

    private static CategoryFeature Reordered(CategoryFeature feature, double[] coordinates)
    {
        // A stable sort: categories of equal coordinates stay in their order.
        var order = Enumerable.Range(0, coordinates.Length).OrderBy(code => coordinates[code]).ToArray();
        var labels = Array.ConvertAll(order, code => feature.Labels[code]);
        return feature with { Labels = labels, Codes = feature.CodesIn(labels) };
    }

    /// <summary>A column of normal scores, or a column for each category: its indicator without its mean, over the root of its share.</summary>
    private static double[][] Standardised(ProfileFeature feature)
    {
        if (feature is not CategoryFeature category)
            return [LatentLevels.Of(feature).Scores];
        var shares = category.Counts().Select(count => (double)count / category.RowCount).ToArray();
        return [.. shares.Select((share, code) => Array.ConvertAll(category.Codes, own => share == 0 ? 0 : ((own == code ? 1 : 0) - share) / Math.Sqrt(share)))];
    }
}
