using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>Options of <see cref="CopulaGenerator"/>: there are none.</summary>
public sealed record CopulaOptions;

/// <summary>A Gaussian copula: every user has one correlated standard normal number for each feature, and its distribution function gives the
/// place in the feature's own distribution. Marginals are those of the sample, and so are the correlations.</summary>
/// <remarks>Nelsen 2006, 'An introduction to copulas'; for tables Patki, Wedge and Veeramachaneni 2016, 'The synthetic data vault'. Deviates from the
/// latter: marginals are empirical, not fitted to families; categories are ordered not by frequency but so that their order tells most of the other
/// features (<see cref="CategoryOrder"/>); and correlations are those that the latent numbers must have for the observed ones to come out after
/// numbers have become categories (<see cref="LatentCorrelation"/>).
/// One latent number for each feature is the limit of it: relations that are not monotone are lost.</remarks>
/// <param name="Marginals">The features, categories in the order in which they lie on the latent line.</param>
/// <param name="Correlations">Of the latent numbers, by row; symmetric, positive definite, with a diagonal of ones.</param>
public sealed record CopulaGenerator(Marginal[] Marginals, double[][] Correlations) : IProfileGenerator
{
    internal const string Kind = "copula";

    public static CopulaGenerator Fit(Profiles profiles)
    {
        var features = CategoryOrder.Apply(profiles.Features);
        var levels = features.Select(LatentLevels.Of).ToArray();
        var correlations = Matrix<double>.Build.DenseIdentity(levels.Length);
        for (var row = 0; row < levels.Length; row++)
            for (var column = 0; column < row; column++)
                correlations[row, column] = correlations[column, row] = LatentCorrelation.Of(levels[row], levels[column]);
        return new([.. features.Select(Marginal.Of)], LatentCorrelation.NearestPositiveDefinite(correlations).ToRowArrays());
    }

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        var factor = Matrix<double>.Build.DenseOfRowArrays(Correlations).Cholesky().Factor;
        var independent = Enumerable.Range(0, Marginals.Length).Select(column => draws.Normals(column, count)).ToArray();
        return new DataTable([.. Marginals.Select((marginal, column) =>
        {
            var latent = new double[count];
            for (var other = 0; other <= column; other++)
            {
                var weight = factor[column, other];
                for (var row = 0; row < count; row++)
                    latent[row] += weight * independent[other][row];
            }
            return marginal.At(Array.ConvertAll(latent, value => Normal.CDF(0, 1, value)));
        })], "copula profiles");
    }

    public void Check()
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
