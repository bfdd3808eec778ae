using System.Globalization;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>Numbers as they are written in a report: with as many digits as their intervals let mean something.</summary>
internal static class Figure
{
    private const int MostDigits = 4;

    /// <summary>A mean with half of its interval's width, such as <c>0.7512 ± 0.0023</c> or <c>134 ± 12</c>: the half-width to two significant digits, the mean to
    /// the same place.</summary>
    public static string Of(Interval interval)
    {
        var digits = DigitsFor(interval.Mean, interval.HalfWidth);
        return double.IsNaN(interval.HalfWidth) ? Fixed(interval.Mean, digits) : $"{Fixed(interval.Mean, digits)} ± {Fixed(interval.HalfWidth, digits)}";
    }

    /// <summary>The same for an interval that need not lie even: <c>0.75 (0.71 to 0.78)</c>.</summary>
    public static string Of(Estimate estimate)
    {
        var digits = DigitsFor(estimate.Value, (estimate.High - estimate.Low) / 2);
        return double.IsNaN(estimate.Low) ? Fixed(estimate.Value, digits) : $"{Fixed(estimate.Value, digits)} ({Fixed(estimate.Low, digits)} to {Fixed(estimate.High, digits)})";
    }

    /// <summary>Shares as percentages: <c>92.4 % ± 0.8</c>.</summary>
    public static string Share(Interval share)
    {
        if (!double.IsFinite(share.Mean))
            return "no gap";
        var digits = ShareDigits(share.HalfWidth);
        return double.IsNaN(share.HalfWidth) ? Percent(share.Mean, digits) : $"{Percent(share.Mean, digits)} ± {Fixed(share.HalfWidth * 100, digits)}";
    }

    public static string Share(Estimate share)
    {
        if (!double.IsFinite(share.Value))
            return "no gap";
        var digits = ShareDigits((share.High - share.Low) / 2);
        return double.IsNaN(share.Low) ? Percent(share.Value, digits) : $"{Percent(share.Value, digits)} ({Fixed(share.Low * 100, digits)} to {Fixed(share.High * 100, digits)})";
    }

    public static string Percent(double share, int digits = 1) => double.IsFinite(share) ? Fixed(share * 100, digits) + " %" : "no gap";

    /// <summary>A number of which no interval is known: to four places, fewer where it is large.</summary>
    public static string Of(double value) => double.IsFinite(value) ? Fixed(value, DigitsFor(value, double.NaN)) : "";

    public static string Of(double? value) => value is { } number ? Of(number) : "";

    /// <summary>Of corrected p values.</summary>
    public static string Probability(double value) => value < 0.001 ? "p < .001" : "p = " + value.ToString(".000", CultureInfo.InvariantCulture);

    /// <summary>An amount of something that is counted.</summary>
    public static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    private static int ShareDigits(double halfWidth) => Math.Min(1, double.IsNaN(halfWidth) ? 1 : DigitsFor(0.5, halfWidth * 100));

    /// <summary>Decimal places; a spread that rounds away entirely leaves those that are usual.</summary>
    private static int DigitsFor(double value, double halfWidth)
    {
        if (double.IsFinite(halfWidth) && halfWidth > 1e-12)
            return Math.Clamp(1 - (int)Math.Floor(Math.Log10(halfWidth)), 0, MostDigits);
        // What is counted has no places to lose.
        if (halfWidth <= 1e-12 && double.IsInteger(value) && Math.Abs(value) >= 1)
            return 0;
        var size = Math.Abs(value);
        return size < 10 ? MostDigits : size < 1000 ? 2 : 0;
    }

    private static string Fixed(double value, int digits)
    {
        var text = value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.AsSpan(1).IndexOfAnyExcept('0', '.') < 0 ? text[1..] : text;
    }
}
