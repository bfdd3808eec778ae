using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class MarginalTests
{
    [Fact]
    public void NumbersAreInterpolatedBetweenQuantiles()
    {
        var marginal = Marginal.Of(new ScaleFeature("x", false, [4, 0, 1]));
        // Sorted 0, 1, 4 at the shares 0, ½, 1: a quarter is half way from 0 to 1, three quarters half way from 1 to 4.
        Assert.Equal([0, .5, 1, 2.5, 4], Assert.IsType<NumberColumn>(marginal.At([0, .25, .5, .75, 1])).Values);
    }

    [Fact]
    public void WholeNumbersStayWhole() =>
        Assert.Equal([0, 1, 2, 4], Assert.IsType<IntegerColumn>(Marginal.Of(new ScaleFeature("x", true, [4, 0, 1])).At([0, .5, .7, 1])).Values); // .7: 1 + .4 · 3 = 2.2

    [Fact]
    public void LargeSamplesKeepTheirEndsAndSharedValues()
    {
        // 4000 of 5000 users share the value 2.
        var marginal = (ScaleMarginal)Marginal.Of(new ScaleFeature("x", false, [.. Enumerable.Range(0, 5000).Select(row => row < 4000 ? 2.0 : row)]));
        Assert.Equal(1025, marginal.Quantiles.Length);
        Assert.Equal([2, 2, 4999], ((NumberColumn)marginal.At([0, .799, 1])).Values);
    }

    [Fact]
    public void CategoriesFillTheirSharesInOrder()
    {
        // Counts 1, 0, 3: 'a' up to a quarter, then 'c'; nobody has 'b' or 'd'.
        var marginal = new CategoryMarginal("x", false, ["a", "b", "c", "d"], [1, 0, 3, 0]);
        Assert.Equal(["a", "a", "c", "c", "c"], Assert.IsType<TextColumn>(marginal.At([0, .2499, .25, .9999, 1])).Values);
    }
}
