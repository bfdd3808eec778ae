using System.Globalization;

namespace RecDeepRL.Core.Options;

/// <summary>Values of options as text, the same in every culture.</summary>
public static class OptionText
{
    /// <summary>As the user would type it.</summary>
    public static string Format(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        Enum constant => EnumName(constant.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "none",
    };

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
            value = text;
        else if (type == typeof(bool) && bool.TryParse(text, out var flag))
            value = flag;
        else if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            value = integer;
        else if (type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wide))
            value = wide;
        else if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            value = number;
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
}
