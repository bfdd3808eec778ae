using System.Globalization;

namespace RecDeepRL.Data.Datasets.Reading;

/// <summary>Fields of a row as numbers and times; what is none is reported with file, line and column.</summary>
internal static class FieldParsing
{
    /// <summary>What a row without a time gets.</summary>
    public const long UnknownTime = -1;

    /// <summary>The end of the year 9999.</summary>
    public const long LastSecond = 253_402_300_799;

    /// <returns>False where the field is no whole number and was reported.</returns>
    public static bool TryInteger(this RowReader row, int column, BadRows bad, out long value) =>
        long.TryParse(row.Field(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        || row.Refuse(column, bad, "a whole number");

    /// <returns>False where the field is no finite number and was reported.</returns>
    public static bool TryNumber(this RowReader row, int column, BadRows bad, out double value)
    {
        var text = row.Field(column);
        // Whole stars, clicks and times: up to 15 digits are the same number as a double, and several times as fast to read.
        if (text.Length <= 15 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            value = whole;
            return true;
        }
        return (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value))
            || row.Refuse(column, bad, "a finite number");
    }

    /// <summary>A time as whole seconds since 1970, rounded down.</summary>
    /// <param name="mayBeMissing">Whether an empty field is <see cref="UnknownTime"/> instead of a mistake.</param>
    /// <returns>False where the field is no time and was reported.</returns>
    public static bool TryTime(this RowReader row, int column, TimeUnit unit, bool mayBeMissing, BadRows bad, out long seconds)
    {
        var text = row.Field(column);
        if (mayBeMissing && text.IsEmpty)
        {
            seconds = UnknownTime;
            return true;
        }
        return TryTime(text, unit, out seconds) || row.Refuse(column, bad, Expected(unit));
    }

    /// <summary>Reports a field.</summary>
    /// <returns>False.</returns>
    public static bool Refuse(this RowReader row, int column, BadRows bad, string expected)
    {
        bad.Report($"{row.Path}, line {row.Line}, column '{row.Columns[column]}': '{Shown(row.Field(column))}' was received, expected is {expected}");
        return false;
    }

    /// <summary>Text of the file in one short line.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        var shown = text.Length > 60 ? string.Concat(text[..60], "…") : text.ToString();
        return shown.ReplaceLineEndings(" ");
    }

    internal static string Expected(TimeUnit unit) => unit switch
    {
        TimeUnit.Date => "a date from 1970 on, such as 2020-07-05 00:08:23",
        _ => $"{unit.ToString().ToLowerInvariant()} since 1970, before the year 10000",
    };

    private static bool TryTime(ReadOnlySpan<char> text, TimeUnit unit, out long seconds)
    {
        if (unit == TimeUnit.Date)
        {
            var isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date);
            seconds = isDate ? date.ToUnixTimeSeconds() : 0;
            return isDate && seconds >= 0;
        }
        var perSecond = PerSecond(unit);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            seconds = whole / perSecond;
            return seconds <= LastSecond;
        }
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number / perSecond <= LastSecond;
        seconds = isNumber ? (long)Math.Floor(number / perSecond) : 0;
        return isNumber;
    }

    internal static long PerSecond(TimeUnit unit) => unit switch
    {
        TimeUnit.Milliseconds => 1000,
        TimeUnit.Microseconds => 1_000_000,
        _ => 1,
    };
}
