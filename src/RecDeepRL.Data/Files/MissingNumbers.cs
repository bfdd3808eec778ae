using System.Globalization;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Finds columns of numbers in CSV files of which some are missing: they are read as texts, and each number would become a category.
/// Other files say themselves what is a text.</summary>
internal static class MissingNumbers
{
    private static readonly HashSet<string> s_marks = new(StringComparer.OrdinalIgnoreCase) { "", "na", "n/a", "#n/a", "null", "?", "inf", "+inf", "-inf", "+infinity", "1.#inf", "-1.#ind" };

    /// <exception cref="UserMistakeException">Every text is a number but for some that stand for none: empty, NA, null, NaN, infinite.</exception>
    public static void Refuse(TextColumn column, string source)
    {
        if (!source.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            return;
        var absent = -1;
        var numbers = 0;
        for (var row = 0; row < column.Values.Length; row++)
        {
            var text = column.Values[row].Trim();
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            if (isNumber && double.IsFinite(number))
                numbers++;
            else if (!isNumber && !s_marks.Contains(text))
                return;
            else if (absent < 0)
                absent = row;
        }
        if (absent >= 0 && numbers > 0)
            throw new UserMistakeException($"Column '{column.Name}' of {source} holds '{column.Values[absent]}' in row {absent + 1}, where others hold numbers. Every row needs one: fill it in, or leave the row or the column out.");
    }
}
