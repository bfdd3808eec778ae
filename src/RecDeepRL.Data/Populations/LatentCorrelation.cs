using MathNet.Numerics.LinearAlgebra;

namespace RecDeepRL.Data.Populations;

/// <summary>Which correlation two normal numbers must have, so that what is cut from them correlates as observed.</summary>
/// <remarks>NORTA, Cario and Nelson 1997: with f = Σ aₖhₖ and g = Σ bₖhₖ, the correlation of f(X) and g(Y) is Σ ρᵏaₖbₖ (Mehler), which rises with ρ where f and g rise.
/// For two continuous features this is the correlation of normal scores; for two of two categories nearly the tetrachoric one.</remarks>
internal static class LatentCorrelation
{
    private const double Largest = .999;
    private const double LeastEigenvalue = 1e-6;

    public static double Of(LatentLevels first, LatentLevels second)
    {
        var observed = 0.0;
        for (var row = 0; row < first.Scores.Length; row++)
            observed += first.Scores[row] * second.Scores[row];
        observed /= first.Scores.Length;
        if (observed == 0)
            return 0;
        var (low, high) = (-Largest, Largest);
        for (var step = 0; step < 50; step++)
        {
            var middle = (low + high) / 2;
            if (Resulting(first.Series, second.Series, middle) < observed)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>The correlation that comes out of a latent one.</summary>
    internal static double Resulting(double[] first, double[] second, double correlation)
    {
        // Horner's scheme, from the highest power down.
        var sum = 0.0;
        for (var term = first.Length - 1; term >= 0; term--)
            sum = correlation * (sum + (first[term] * second[term]));
        return sum;
    }

    /// <summary>The matrix itself where it is positive definite; otherwise eigenvalues are raised to a least one and the diagonal is scaled back to ones (Rousseeuw and Molenberghs 1993).</summary>
    internal static Matrix<double> NearestPositiveDefinite(Matrix<double> correlations)
    {
        var parts = correlations.Evd(Symmetricity.Symmetric);
        var eigenvalues = parts.EigenValues.Real();
        if (eigenvalues.Min() >= LeastEigenvalue)
            return correlations;
        var raised = parts.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(eigenvalues.PointwiseMaximum(LeastEigenvalue)) * parts.EigenVectors.Transpose();
        var scale = raised.Diagonal().PointwiseSqrt();
        return Matrix<double>.Build.Dense(raised.RowCount, raised.ColumnCount, (row, column) =>
            row == column ? 1 : (raised[row, column] + raised[column, row]) / (2 * scale[row] * scale[column]));
    }
}
