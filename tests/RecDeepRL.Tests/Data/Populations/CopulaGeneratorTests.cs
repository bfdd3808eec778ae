using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class CopulaGeneratorTests
{
    [Fact]
    public void TwoHalvesOfANormalNumberGetTheTetrachoricCorrelation()
    {
        // Two normal numbers of correlation ½, cut at their medians, agree with probability ½ + asin(½)/π = 2/3: of 6 users 2 + 2 agree and 1 + 1 do not.
        var first = Levels("a", "a", "a", "b", "b", "b");
        var second = Levels("a", "a", "b", "b", "b", "a");
        Assert.Equal(.5, LatentCorrelation.Of(first, second), 1e-6);
        Assert.Equal(-.5, LatentCorrelation.Of(first, Levels("b", "b", "a", "a", "a", "b")), 1e-6);
    }

    [Fact]
    public void ContinuousNumbersGetTheCorrelationOfTheirNormalScores()
    {
        var (one, other) = Toy.Normals(2000, .6, 5);
        var (first, second) = (LatentLevels.Of(new ScaleFeature("x", false, one)), LatentLevels.Of(new ScaleFeature("y", false, [.. other.Select(Math.Exp)])));
        // Scores depend on ranks alone, so the exponential is no matter; √(1/2000) · (1 − .36) = .014 is the estimate's own deviation.
        Assert.Equal(Correlation.Pearson(first.Scores, second.Scores), LatentCorrelation.Of(first, second), 2e-3);
        Assert.InRange(LatentCorrelation.Of(first, second), .6 - .057, .6 + .057);
    }

    [Fact]
    public void AConstantColumnHasNoCorrelation() =>
        Assert.Equal(0, LatentCorrelation.Of(Levels("a", "a", "a"), Levels("a", "b", "a")));

    [Fact]
    public void ImpossibleCorrelationsBecomePositiveDefinite()
    {
        // Two that go with a third cannot go against each other: 1 + 2 · .9 · .9 · (−.9) − 3 · .81 = −2.89 is the determinant.
        var impossible = Matrix<double>.Build.DenseOfArray(new[,] { { 1, .9, .9 }, { .9, 1, -.9 }, { .9, -.9, 1 } });
        var nearest = LatentCorrelation.NearestPositiveDefinite(impossible);
        nearest.Cholesky();
        Assert.All(nearest.Diagonal(), value => Assert.Equal(1, value));
        Assert.True(nearest.IsSymmetric());
        Assert.True(nearest[0, 1] > 0 && nearest[1, 2] < 0);
        var possible = Matrix<double>.Build.DenseOfArray(new[,] { { 1, .5 }, { .5, 1 } });
        Assert.Same(possible, LatentCorrelation.NearestPositiveDefinite(possible));
    }

    [Fact]
    public void CategoriesAreOrderedByWhatTheyTell()
    {
        // The means are 1 for 'n', 2 for 'z', 3 for 'a', 4 for 'm'; neither the alphabet nor the frequency has this order.
        string[] values = ["n", "n", "z", "z", "z", "a", "m", "m"];
        var features = CategoryOrder.Apply([CategoryFeature.Of("letter", values), new ScaleFeature("x", false, [1, 1.1, 2, 2.1, 2.2, 3, 4, 4.1])]);
        var labels = ((CategoryFeature)features[0]).Labels;
        Assert.Equal(["n", "z", "a", "m"], labels[0] == "n" ? labels : labels.Reverse());
        Assert.Equal(values, ((TextColumn)features[0].ToColumn()).Values);
    }

    [Fact]
    public void SegmentsKeepARelationThatIsNotMonotone()
    {
        // y = |x| has no correlation with x: one copula cannot see it, and the fit chooses more by itself.
        var (x, noise) = Toy.Normals(600, 0, 2);
        var profiles = new Profiles([new ScaleFeature("x", false, x), new ScaleFeature("y", false, [.. x.Select((value, row) => Math.Abs(value) + (.05 * noise[row]))])], "toy");
        double Fitted(int? segments)
        {
            var sample = CopulaGenerator.Fit(profiles, new CopulaOptions { Segments = segments }, 1).Sample(3000, 1);
            return Correlation.Pearson([.. ((NumberColumn)sample.Columns[0]).Values.Select(Math.Abs)], ((NumberColumn)sample.Columns[1]).Values);
        }
        Assert.InRange(Fitted(1), -.2, .2);
        Assert.InRange(Fitted(null), .9, 1);
    }

    private static LatentLevels Levels(params string[] values) => LatentLevels.Of(CategoryFeature.Of("x", values));
}
