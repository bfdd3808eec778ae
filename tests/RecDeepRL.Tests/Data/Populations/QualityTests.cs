using RecDeepRL.Core;
using RecDeepRL.Data.Populations;
using RecDeepRL.Data.Populations.Quality;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class QualityTests
{
    [Fact]
    public void KolmogorovSmirnovIsTheLargestDistanceOfTheDistributionFunctions()
    {
        // After 2 half of the first sample is passed and nothing of the second.
        Assert.Equal(.5, ColumnSimilarity.KolmogorovSmirnov([4, 3, 2, 1], [3, 4, 5, 6]), 1e-12);
        // Equal values are passed together: 2/3 against 1/3 after 1.
        Assert.Equal(2.0 / 3, ColumnSimilarity.KolmogorovSmirnov([1, 1, 2], [1, 2, 2]), 1e-12);
        Assert.Equal(1, ColumnSimilarity.KolmogorovSmirnov([1, 2], [2, 1, 1, 2]), 1e-12);
        Assert.Equal(0, ColumnSimilarity.KolmogorovSmirnov([1, 2], [3]), 1e-12);
    }

    [Fact]
    public void TotalVariationIsHalfTheDifferenceOfShares() =>
        Assert.Equal(.7, ColumnSimilarity.TotalVariation([6, 2, 2], [3, 3, 4]), 1e-12); // 1 − ½(|.6 − .3| + |.2 − .3| + |.2 − .4|)

    [Fact]
    public void TheDivergenceIsThatOfSmoothedShares()
    {
        // With ½ more each: 1.5/5 and 3.5/5 against 2.5/5 twice, .3·ln .6 + .7·ln 1.4.
        Assert.Equal(.082283, ColumnSimilarity.Divergence([1, 3], [2, 2]), 1e-6);
        Assert.Equal(0, ColumnSimilarity.Divergence([5, 5], [5, 5]), 1e-12);
        // 20 bins of 2 real values, all 40 synthetic ones in the first: .05·ln(.05/.81) + .95·ln(.05/.01).
        Assert.Equal(1.389715, ColumnSimilarity.Divergence([.. Enumerable.Range(1, 40).Select(value => (double)value)], [.. Enumerable.Repeat(1.0, 40)]), 1e-6);
    }

    [Fact]
    public void AssociationsAreThoseOfTheBooks()
    {
        CategoryFeature Halves(params string[] values) => CategoryFeature.Of("x", values);
        // φ² = ¼, n = 80: √((¼ − 1/79) / (2 − 1/79 − 1)).
        var rows = Enumerable.Range(0, 80).ToArray();
        var cramer = Assert.Single(Association.Of(Halves([.. rows.Select(row => row < 40 ? "a" : "b")]), Halves([.. rows.Select(row => row < 30 || row >= 70 ? "c" : "d")])));
        Assert.Equal((Association.CramersV, .490290), (cramer.Measure, Math.Round(cramer.Value, 6)));
        // Sums of squares 4 within and 17.5 in all: √(1 − 4/17.5 · 5/4).
        var ratio = Assert.Single(Association.Of(new ScaleFeature("y", false, [1, 2, 3, 4, 5, 6]), Halves("a", "a", "a", "b", "b", "b")));
        Assert.Equal((Association.CorrelationRatio, .845154), (ratio.Measure, Math.Round(ratio.Value, 6)));
        // Ranks agree, values do not: covariance (1·0 + 2·1 + 3·8) − 3·2·3 = 8 over √(2 · 38).
        var both = Association.Of(new ScaleFeature("y", false, [1, 2, 3]), new ScaleFeature("z", false, [0, 1, 8]));
        Assert.Equal([(Association.Pearson, .917663), (Association.Spearman, 1.0)], both.Select(one => (one.Measure, Math.Round(one.Value, 6))));
        Assert.All(Association.Of(new ScaleFeature("y", false, [1, 2, 3]), new ScaleFeature("z", false, [5, 5, 5])), one => Assert.Equal(0, one.Value));
        Assert.Equal(.64, Association.Similarity(new(Association.Pearson, .93), new(Association.Pearson, .21)), 1e-12);
        Assert.Equal(.4, Association.Similarity(new(Association.CramersV, .9), new(Association.CramersV, .3)), 1e-12);
    }

    [Fact]
    public void TheAreaCountsPairsInOrderAndHalfOfTies()
    {
        // Of the four pairs (.35, .1), (.35, .4), (.8, .1), (.8, .4) three are in order.
        Assert.Equal(.75, Detection.AreaUnderCurve([.1, .4, .35, .8], [false, false, true, true]), 1e-12);
        Assert.Equal(.5, Detection.AreaUnderCurve([1, 1, 1], [true, false, true]), 1e-12);
    }

    [Fact]
    public void TwoSamplesOfTheSameUsersCannotBeTold()
    {
        var report = QualityReport.Of(Toy.Profiles(1000, 1), Toy.Profiles(1000, 2));
        // Mann and Whitney's variance in a fold of 200 + 200 is 401 / (12 · 200 · 200); a fifth of it for the mean of five, 4 · .0129.
        Assert.InRange(report.LogisticDetection, .5 - .052, .5 + .052);
        Assert.InRange(report.TreeDetection, .5 - .052, .5 + .052);
        // 1.95/√500 would be exceeded with probability .001 in a column of numbers.
        Assert.All(report.Columns, column => Assert.InRange(column.Similarity, 1 - .0872, 1));
        Assert.Equal(5, report.Columns.Count);
        // Three pairs of numbers with two measures each, six pairs with a number and categories, one pair of categories.
        Assert.Equal(3 * 2 + 6 + 1, report.Pairs.Count);
    }

    [Fact]
    public void ShiftedUsersAreToldAndCopiesAreSeen()
    {
        var real = Toy.Profiles(600);
        var shifted = real with { Features = [.. real.Features.Select(feature => feature is ScaleFeature scale ? scale with { Values = [.. scale.Values.Select(value => value + 100)] } : feature)] };
        var told = QualityReport.Of(real, shifted);
        Assert.InRange(told.LogisticDetection, .9999, 1);
        Assert.InRange(told.TreeDetection, .9999, 1);
        Assert.Equal(1, told.Columns[4].Similarity, 1e-12);
        Assert.True(told.ColumnSimilarity < .5);
        // A copy in the training folds has the other label: the area falls below what chance allows, .5 − 4 · √(241 / (12 · 120 · 120 · 5)).
        Assert.InRange(QualityReport.Of(real, real).TreeDetection, 0, .5 - .067);
    }

    [Fact]
    public void FewRowsAreRefused() =>
        Assert.Contains("has 19 rows", Assert.Throws<UserMistakeException>(() => QualityReport.Of(Toy.Profiles(19), Toy.Profiles(30))).Message, StringComparison.Ordinal);
}
