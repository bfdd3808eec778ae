using RecDeepRL.Reporting.Dashboard;

namespace RecDeepRL.Tests.Reporting.Dashboard;

public sealed class DownsamplingTests
{
    [Fact]
    public void AShortCurveKeepsEveryRow() => Assert.Equal([0, 1, 2, 3], Downsampling.ExtremesOf([3, 1, double.NaN, 2], 4));

    [Fact]
    public void EachStretchKeepsItsLowestAndHighest()
    {
        // Ten rows, at most six points: the first, the last, and two stretches of rows 1–4 and 5–8.
        // 1–4 hold 5, 1, 9, 2: rows 2 (1) and 3 (9). 5–8 hold 4, 4, 8, 0: rows 7 (8) and 8 (0).
        Assert.Equal([0, 2, 3, 7, 8, 9], Downsampling.ExtremesOf([7, 5, 1, 9, 2, 4, 4, 8, 0, 6], 6));
    }

    [Fact]
    public void AStretchWithoutNumbersStaysAGap()
    {
        var rows = Downsampling.ExtremesOf([7, double.NaN, double.NaN, double.PositiveInfinity, double.NaN, 4, 4, 8, 0, 6], 6);

        Assert.Equal([0, 1, 7, 8, 9], rows);
    }

    [Fact]
    public void NoPeakOfALongCurveIsLostAndTheLimitHolds()
    {
        var values = new double[100_000];
        values[12_345] = 100;
        values[77_777] = -100;

        var rows = Downsampling.ExtremesOf(values, 1000);

        Assert.Contains(12_345, rows);
        Assert.Contains(77_777, rows);
        Assert.InRange(rows.Count, 3, 1000);
        Assert.Equal(rows.Distinct().Order(), rows);
        Assert.Equal((0, 99_999), (rows[0], rows[^1]));
    }

    [Fact]
    public void AMeanLooksBackOnly()
    {
        // 1; (1+3)/2; (1+3+5)/3; (3+5+7)/3; the gap: (5+7)/2.
        Assert.Equal([1, 2, 3, 5, 6], Downsampling.TrailingMean([1, 3, 5, 7, double.NaN], 3));
        Assert.Equal([1, double.NaN, 5], Downsampling.TrailingMean([1, double.NaN, 5], 1));
        Assert.Equal([double.NaN, double.NaN, 4], Downsampling.TrailingMean([double.NaN, double.NaN, 4], 2));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 2)]
    [InlineData(499, 2)]
    [InlineData(500, 5)]
    [InlineData(1000, 10)]
    [InlineData(100_000, 1000)]
    public void TheWindowOfACurveIsAboutAHundredthOfIt(int rows, int window) => Assert.Equal(window, Downsampling.WindowFor(rows));
}
