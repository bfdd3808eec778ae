using System.Globalization;
using System.Text.Json;

namespace RecDeepRL.Core.Options;

/// <summary>Values of options as text, the same in every culture.</summary>
public static class OptionText
{
    private const int LongestReceived = 200;

    /// <summary>As the user would type it.</summary>
    public static string Format(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        Enum constant => EnumName(constant.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "none",
    };

    /// <summary>What a user gave, for a message of one line: long texts are cut, and what would not show is shown.</summary>
    public static string Received(string text)
    {
        if (text.Length == 0)
            return "empty";
        if (string.IsNullOrWhiteSpace(text))
            return $"blank ({text.Length} characters)";
        var start = string.Concat(text.Take(LongestReceived).Select(letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
        return text.Length > LongestReceived ? $"{start}… ({text.Length} characters)" : start;
    }

    /// <summary>The first line of what a library says, without its full stop, as part of a message of one line.</summary>
    public static string FirstLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.', ' ');

    /// <summary><c>FixedList</c> as <c>fixed-list</c>.</summary>
    public static string EnumName(string name) =>
        string.Concat(name.Select((letter, index) => char.IsUpper(letter) ? (index > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>Reads a value of an option's type.</summary>
    /// <returns>False where the text is no such value.</returns>
    public static bool TryParse(OptionDescription option, string text, out object? value)
    {
        value = null;
        if (option.IsOptional && text is "none" or "null")
            return true;
        var type = option.ValueType;
        if (type == typeof(string))
            value = IsPlain(text) && !(option.IsOptional && text.Length == 0) ? text : null;
        else if (type == typeof(bool) && bool.TryParse(text, out var flag))
            value = flag;
        else if (type.IsPrimitive && type != typeof(bool))
            value = Number(type, text);
        else if (type == typeof(ValueList<double>))
            value = ValueList.ParseNumbers(text);
        else if (type == typeof(ValueList<string>))
            value = ValueList.ParseTexts(text);
        else if (type == typeof(PartList))
            value = PartList.TryParse(text);
        else if (type.IsEnum && Enum.GetNames(type).FirstOrDefault(name => EnumName(name) == text) is { } constant)
            value = Enum.Parse(type, constant);
        return value is not null;
    }

    /// <summary>Reads a number: digits with a sign, for double a decimal point and an exponent too.</summary>
    /// <param name="type">int, long or double.</param>
    /// <returns>None where the text is no such number or the type cannot hold it. A double may be NaN or infinite.</returns>
    public static object? Number(Type type, string text)
    {
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : null;
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wide) ? wide : null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Whether a text is no JSON list or object, which a file may hold where a text is wanted.</summary>
    private static bool IsPlain(string text)
    {
        if (text.AsSpan().TrimStart() is not ['[' or '{', ..])
            return true;
        try
        {
            using var document = JsonDocument.Parse(text);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
