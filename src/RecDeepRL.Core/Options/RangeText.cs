using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RecDeepRL.Core.Options;

/// <summary>Bounds of a number in words.</summary>
public static partial class RangeText
{
    /// <summary>Such as <c>in [0, 1)</c>, <c>above 0</c> or <c>at least 1</c>.</summary>
    public static string Of(RangeAttribute range) => IsUnbounded(range) && range.Minimum is not <= -OptionDescription.Largest
        ? (range.MinimumIsExclusive ? "above " : "at least ") + OptionText.Format(range.Minimum)
        : BothEnds(range);

    /// <summary>What a text that was refused should have been, in words that the text does not itself fulfil: 1.5 is at least 1, but no whole number.</summary>
    /// <param name="type">int, long or double.</param>
    public static string Wanted(RangeAttribute range, Type type, string text)
    {
        var isWhole = type != typeof(double);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number) || (isWhole && double.IsFinite(number) && !Whole().IsMatch(text)))
            return (isWhole ? "a whole number " : "a number ") + (IsUnbounded(range) && !range.MinimumIsExclusive ? "of " : "") + Of(range);
        return number > 0 && number >= Maximum(range) ? BothEnds(range) : Of(range);
    }

    /// <summary>Whether a range ends where its type does, or where all options of its type do, so that there is no upper bound to speak of.</summary>
    public static bool IsUnbounded(RangeAttribute range) =>
        Maximum(range) >= (range.OperandType == typeof(double) ? OptionDescription.Largest : range.OperandType == typeof(long) ? long.MaxValue : int.MaxValue);

    internal static string BothEnds(RangeAttribute range) =>
        $"in {(range.MinimumIsExclusive ? "(" : "[")}{OptionText.Format(range.Minimum)}, {OptionText.Format(range.Maximum)}{(range.MaximumIsExclusive ? ")" : "]")}";

    private static double Maximum(RangeAttribute range) => Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[+-]?[0-9]+$")]
    private static partial Regex Whole();
}
