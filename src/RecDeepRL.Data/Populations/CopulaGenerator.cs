using System.ComponentModel.DataAnnotations;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>Options of <see cref="CopulaGenerator"/>.</summary>
public sealed record CopulaOptions
{
    /// <summary>Segments of similar users that get a copula each; 1 is the plain Gaussian copula, none chooses the number that a classifier tells least from users held out. Default none.</summary>
    [Range(1, 10000)]
    public int? Segments { get; init; }
}

/// <summary>Gaussian copulas, one for each segment of similar users: every user of a segment has one correlated standard normal number for each
/// feature, and its distribution function gives the place in the feature's own distribution within the segment.</summary>
/// <remarks>Nelsen 2006, 'An introduction to copulas'; for tables Patki, Wedge and Veeramachaneni 2016, 'The synthetic data vault'. Deviates from the
/// latter: marginals are empirical, not fitted to families; categories are ordered not by frequency but so that their order tells most of the other
/// features (<see cref="CategoryOrder"/>); correlations are those that the latent numbers must have for the observed ones to come out
/// (<see cref="LatentCorrelation"/>); and there are segments (<see cref="Segmentation"/>), without which relations that are not monotone are lost:
/// principal components, which are uncorrelated and anything but independent, are the plain example.
/// Over all segments the marginals are those of the sample again.</remarks>
public sealed record CopulaGenerator(CopulaSegment[] Segments) : IProfileGenerator
{
    internal const string Kind = "copula";

    /// <param name="seed">Seed of the choice of segments, where it is left to the fit.</param>
    public static CopulaGenerator Fit(Profiles profiles, CopulaOptions options, long seed) =>
        Fit(profiles, options.Segments ?? Segmentation.Choose(profiles, seed, Fit));

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        var width = Segments[0].Marginals.Length;
        var normals = Enumerable.Range(0, width).Select(column => draws.Normals(column, count)).ToArray();
        var shares = new CategoryMarginal("segment", true, [.. Segments.Select((_, index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture))], [.. Segments.Select(segment => segment.Users)]);
        var segmentOfRow = ((IntegerColumn)shares.At(draws.Uniforms(width, count))).Values;
        var rows = Enumerable.Range(0, count).GroupBy(row => segmentOfRow[row]).OrderBy(group => group.Key).Select(group => (Segment: Segments[group.Key], Rows: group.ToArray())).ToList();
        var stacked = Profiles.Stacked([.. rows.Select(part => part.Segment.Sample([.. normals.Select(column => Array.ConvertAll(part.Rows, row => column[row]))]))]);
        var places = new int[count];
        foreach (var (row, place) in rows.SelectMany(part => part.Rows).Select((row, place) => (row, place)))
            places[row] = place;
        return stacked.Take(places);
    }

    public void Check()
    {
        if (Segments.Length == 0 || Segments.Any(segment => segment.Users < 1))
            throw new InvalidDataException("there is no segment, or one without users");
        foreach (var segment in Segments)
        {
            segment.Check();
            if (!segment.Marginals.Select(marginal => (marginal.Name, marginal.GetType(), marginal.IsWhole)).SequenceEqual(Segments[0].Marginals.Select(marginal => (marginal.Name, marginal.GetType(), marginal.IsWhole))))
                throw new InvalidDataException("the segments have different columns");
        }
    }

    private static CopulaGenerator Fit(Profiles profiles, int segments) =>
        new([.. Segmentation.Of(profiles, segments).Select(rows => CopulaSegment.Fit(profiles.Take(rows)))]);
}

/// <summary>A segment of users and its Gaussian copula.</summary>
/// <param name="Users">Users of the sample in the segment; at least 1.</param>
/// <param name="Marginals">The features, categories in the order in which they lie on the latent line.</param>
/// <param name="Correlations">Of the latent numbers, by row; symmetric, positive definite, with a diagonal of ones.</param>
public sealed record CopulaSegment(long Users, Marginal[] Marginals, double[][] Correlations)
{
    internal static CopulaSegment Fit(Profiles profiles)
    {
        var features = CategoryOrder.Apply(profiles.Features);
        var levels = features.Select(LatentLevels.Of).ToArray();
        var correlations = Matrix<double>.Build.DenseIdentity(levels.Length);
        for (var row = 0; row < levels.Length; row++)
            for (var column = 0; column < row; column++)
                correlations[row, column] = correlations[column, row] = LatentCorrelation.Of(levels[row], levels[column]);
        return new(profiles.RowCount, [.. features.Select(Marginal.Of)], LatentCorrelation.NearestPositiveDefinite(correlations).ToRowArrays());
    }

    /// <param name="normals">Independent standard normal draws, by column and row.</param>
    internal DataTable Sample(double[][] normals)
    {
        var factor = Matrix<double>.Build.DenseOfRowArrays(Correlations).Cholesky().Factor;
        return new DataTable([.. Marginals.Select((marginal, column) =>
        {
            var latent = new double[normals[column].Length];
            for (var other = 0; other <= column; other++)
            {
                var weight = factor[column, other];
                for (var row = 0; row < latent.Length; row++)
                    latent[row] += weight * normals[other][row];
            }
            return marginal.At(Array.ConvertAll(latent, value => Normal.CDF(0, 1, value)));
        })], "copula profiles");
    }

    internal void Check()
    {
        new IndependentGenerator(Marginals).Check();
        if (Correlations.Length != Marginals.Length || Correlations.Any(row => row.Length != Marginals.Length))
            throw new InvalidDataException($"the correlations are not {Marginals.Length} by {Marginals.Length}");
        var matrix = Matrix<double>.Build.DenseOfRowArrays(Correlations);
        if (!matrix.IsSymmetric() || matrix.Diagonal().Any(value => Math.Abs(value - 1) > 1e-9))
            throw new InvalidDataException("the correlations are not symmetric, or not 1 on the diagonal");
        try
        {
            matrix.Cholesky();
        }
        catch (ArgumentException fault)
        {
            throw new InvalidDataException("the correlations are not positive definite", fault);
        }
    }
}
