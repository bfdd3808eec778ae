using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Contracts;

/// <summary>Values that an option has to refuse, made from its description, so that an option is tested as soon as it is there.</summary>
internal static class HostileValues
{
    /// <summary>No number in any notation that is read here: words, units, hexadecimal, separators of thousands, the decimal comma, other digits, arithmetic.</summary>
    private static readonly string[] s_noNumbers =
        ["", " ", "perhaps", "true", "NaN", "nan", "Infinity", "-Infinity", "∞", "0x1", "1 000", "1'000", "1_000", "1.000,5", "3s", "50%", "1/2", "--1", "+-1", "1e", "٣", "１", "[1]", "{}", "{\"value\":1}"];

    /// <summary>What a user could type behind <c>name=</c>.</summary>
    public static IEnumerable<string> Texts(OptionDescription option)
    {
        var type = option.ValueType;
        return type == typeof(string) ? Plain(option)
            : type == typeof(bool) ? ["", " ", "perhaps", "yes", "on", "0", "1", "1.0", "[true]", "{}", .. Absent(option)]
            : type.IsEnum ? [.. NoConstants(type), .. Absent(option)]
            : type == typeof(ValueList<double>) ? [.. Lists(option), .. Absent(option)]
            : type == typeof(ValueList<string>) ? ["", " ", "one,,two", ",", "[1", "[[\"one\"]]", "[null]", "[true]", "[\"\"]", "{}", "{\"one\":1}"]
            : type == typeof(PartList) ? [.. Parts(option), .. Absent(option)]
            : [.. s_noNumbers, "1,5", "1,000", .. type == typeof(double) ? [] : (string[])["1.5", "1e3", "1.0"], .. Beyond(type, option.Range), .. Absent(option)];
    }

    /// <summary>What could stand behind the name in a configuration file: JSON of the wrong type or value. Texts are numbers in quotes too, which are read as numbers are.</summary>
    public static IEnumerable<string> Json(OptionDescription option)
    {
        var type = option.ValueType;
        var isNumber = type == typeof(int) || type == typeof(long) || type == typeof(double);
        IEnumerable<string> raw = type == typeof(string) ? ["[]", "{}", "[\"one\"]", "{\"one\":[1,{\"two\":null}]}"]
            : type == typeof(bool) ? ["0", "1", "[]", "{}", "[true]"]
            : type.IsEnum ? ["0", "1", "true", "[]", "{}"]
            : type == typeof(ValueList<double>) ? ["true", "{}", "[[1]]", "[true]", "[null]", "[1,\"x\"]", "[1e400]", "[1,-1e400]"]
            : type == typeof(ValueList<string>) ? ["{}", "[[]]", "[null]", "[{\"one\":1}]"]
            : type == typeof(PartList) ? ["5", "true", "[5]", "[null]", "[[]]", "[{}]", "[{\"kind\":5}]", "[{\"kind\":null}]"]
            : isNumber ? ["true", "false", "[]", "{}", "[1]", "{\"value\":1}", "1e400", "-1e400", .. type == typeof(double) ? [] : (string[])["1.5", "1e2", "9223372036854775808"]]
            : throw new NotSupportedException($"Values of {type} are not known here.");
        return raw.Concat(option.IsOptional || HasNone(type) ? [] : type == typeof(string) || type == typeof(ValueList<string>) ? [] : ["null"])
            .Concat(Texts(option).Select(text => JsonSerializer.Serialize(text)));
    }

    /// <summary>Just outside the bounds, by the smallest step that the type has, and far outside.</summary>
    public static IEnumerable<string> Beyond(Type type, RangeAttribute? range)
    {
        foreach (var huge in new[] { "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999" })
            if (type != typeof(double))
                yield return huge;
        if (type == typeof(double))
            foreach (var huge in new[] { "1e400", "-1e400" })
                yield return huge;
        if (range is null)
            yield break;
        foreach (var bound in JustOutside(type, range))
            yield return OptionText.Format(bound);
    }

    /// <summary>Outside the bounds by at least one, and what no type can hold.</summary>
    public static IEnumerable<string> FarOutside(Type type, RangeAttribute range)
    {
        var (minimum, maximum) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        return type != typeof(double) ? Beyond(type, range)
            : ["1e400", "-1e400", .. from bound in new[] { minimum - 1 - Math.Abs(minimum), maximum + 1 + Math.Abs(maximum) } where double.IsFinite(bound) select OptionText.Format(bound)];
    }

    private static IEnumerable<object> JustOutside(Type type, RangeAttribute range)
    {
        if (type == typeof(double))
        {
            var (minimum, maximum) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
            if (minimum > double.MinValue)
                yield return range.MinimumIsExclusive ? minimum : Math.BitDecrement(minimum);
            if (maximum < double.MaxValue)
                yield return range.MaximumIsExclusive ? maximum : Math.BitIncrement(maximum);
            yield break;
        }
        // One beyond the type's own bounds is a text that is no such number, which has to be refused alike.
        var (low, high) = (Convert.ToDecimal(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDecimal(range.Maximum, CultureInfo.InvariantCulture));
        yield return low - (range.MinimumIsExclusive ? 0 : 1);
        yield return high + (range.MaximumIsExclusive ? 0 : 1);
    }

    /// <summary>The word for what is absent, where nothing may be.</summary>
    private static string[] Absent(OptionDescription option) => option.IsOptional || HasNone(option.ValueType) ? [] : ["none"];

    private static bool HasNone(Type type) => type.IsEnum && Enum.IsDefined(type, "None");

    /// <summary>Any text is a text, but not JSON that is none, and where there may be none, not an empty one in its place.</summary>
    private static string[] Plain(OptionDescription option) => ["[1,2]", "{\"one\":1}", "[]", "{}", .. option.IsOptional ? (string[])[""] : []];

    private static IEnumerable<string> NoConstants(Type type)
    {
        var first = OptionText.EnumName(Enum.GetNames(type)[^1]);
        return ["", " ", "perhaps", "0", "1", "-1", "99", "true", first.ToUpperInvariant(), Enum.GetNames(type)[^1], first + "," + first, first + "s", $"[\"{first}\"]", "{}"];
    }

    private static IEnumerable<string> Lists(OptionDescription option)
    {
        string[] wrong = ["", " ", "perhaps", ",", "1,,2", "1,x", "1;2", "0x1", "50%", "NaN", "[\"NaN\"]", "[0,\"Infinity\"]", "1e400", "[1", "[[1]]", "[true]", "[null]", "[{}]", "{}", "{\"one\":1}", "true"];
        return wrong.Concat(option.Range is null ? [] : JustOutside(typeof(double), option.Range).Select(bound => $"[{OptionText.Format(bound)}]"));
    }

    private static IEnumerable<string> Parts(OptionDescription option)
    {
        string[] wrong = ["", " ", "perhaps", "[1", "[1]", "[null]", "[[]]", "[{}]", "{\"kind\":5}", "[true]", "[\"perhaps\"]", "{\"kind\":\"\"}", "{\"bias\":1}"];
        var within = from part in option.Parts!.Descriptions
                     from inner in OptionDescription.Of(part.OptionsType).Select(inner => (inner.Name, Value: Json(inner).First())).Append((Name: "perhaps", Value: "1"))
                     select $$"""[{"kind":"{{part.Name}}","{{inner.Name}}":{{inner.Value}}}]""";
        return wrong.Concat(within);
    }
}
