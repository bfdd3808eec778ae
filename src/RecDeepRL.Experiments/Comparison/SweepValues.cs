using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Tuning;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>The values that a sweep gives to one option.</summary>
public static class SweepValues
{
    /// <summary>Values of a range that does not say how many.</summary>
    public const int DefaultCount = 5;

    private const string Source = "--sweep";
    private const int LargestCount = 1000;

    /// <param name="key">Name of the option.</param>
    /// <param name="values"><c>a,b,c</c>; or of a number <c>low..high</c>, evenly spaced from end to end, with <c>:log</c> behind it for even ratios and <c>xN</c>
    /// for another number of values than <see cref="DefaultCount"/>.</param>
    /// <param name="optionsType">Of the agent or environment.</param>
    /// <returns>As the user would type them, each once.</returns>
    /// <exception cref="UserMistakeException">An unknown option, another form, or a value that is not allowed.</exception>
    public static IReadOnlyList<string> Of(string key, string values, Type optionsType)
    {
        var options = OptionDescription.Of(optionsType);
        var option = options.FirstOrDefault(one => one.Name == key)
            ?? throw new UserMistakeException($"{Source} names the unknown option '{key}'.{NearName.Suggest(key, options.Select(one => one.Name))} The options are {string.Join(", ", options.Select(one => one.Name))}.");
        var isNumber = option.ValueType == typeof(double) || option.ValueType == typeof(int) || option.ValueType == typeof(long);
        List<string> all = [.. (isNumber && values.Contains("..", StringComparison.Ordinal) ? Range(key, values, optionsType) : List(values)).Distinct()];
        foreach (var value in all)
            OptionsBinder.Bind(optionsType, [KeyValuePair.Create(key, value)]);
        return all;
    }

    private static IEnumerable<string> Range(string key, string values, Type optionsType)
    {
        var (domain, count) = (values, DefaultCount);
        if (values.LastIndexOf('x') is var cross and > 0)
        {
            if (!int.TryParse(values.AsSpan(cross + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 2 or > LargestCount)
                throw new UserMistakeException($"{Source} was '{key}={values}', must end with xN, where N is the number of values in [2, {LargestCount}].");
            domain = values[..cross];
        }
        var range = SearchRange.Parse($"{key}={domain}", optionsType, Source);
        return Enumerable.Range(0, count).Select(step => range.At(step / (count - 1.0)));
    }

    /// <summary>Parts between commas; not between those within brackets or quotes, since options may be lists themselves.</summary>
    private static List<string> List(string values)
    {
        var parts = new List<string>();
        var (start, depth, quoted) = (0, 0, false);
        for (var place = 0; place < values.Length; place++)
        {
            var letter = values[place];
            if (letter == '"' && (place == 0 || values[place - 1] != '\\'))
                quoted = !quoted;
            else if (!quoted && letter is '[' or '{')
                depth++;
            else if (!quoted && letter is ']' or '}')
                depth--;
            else if (letter == ',' && depth == 0 && !quoted)
            {
                parts.Add(values[start..place].Trim());
                start = place + 1;
            }
        }
        parts.Add(values[start..].Trim());
        return parts;
    }
}
