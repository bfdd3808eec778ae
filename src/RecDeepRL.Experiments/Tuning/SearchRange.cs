using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Experiments.Tuning;

/// <summary>One option of a search and the values it may take: a list, or a range of numbers.</summary>
public sealed class SearchRange
{
    private readonly OptionDescription _option;
    private readonly double _low;
    private readonly double _high;
    private readonly bool _isLogarithmic;

    private SearchRange(OptionDescription option, IReadOnlyList<string>? values, double low, double high, bool isLogarithmic)
    {
        _option = option;
        Values = values;
        _low = low;
        _high = high;
        _isLogarithmic = isLogarithmic;
    }

    /// <summary>The option's name.</summary>
    public string Name => _option.Name;

    /// <summary>The values of a list, as the user would type them; none where it is a range.</summary>
    public IReadOnlyList<string>? Values { get; }

    /// <summary>Reads <c>key=a,b,c</c>, <c>key=low..high</c> (uniform) or <c>key=low..high:log</c> (uniform in the logarithm; low above 0).</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="source">The option that it was typed behind, for messages.</param>
    /// <exception cref="UserMistakeException">Another form, an unknown option, or values outside its range.</exception>
    public static SearchRange Parse(string text, Type optionsType, string source = "--search")
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
            throw new UserMistakeException($"{source} was '{text}', must be key=a,b,c or key=low..high or key=low..high:log.");
        var (name, domain) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        var options = OptionDescription.Of(optionsType);
        var option = options.FirstOrDefault(one => one.Name == name)
            ?? throw new UserMistakeException($"{source} names the unknown option '{name}'.{NearName.Suggest(name, options.Select(one => one.Name))} The options are {string.Join(", ", options.Select(one => one.Name))}.");
        var dots = domain.IndexOf("..", StringComparison.Ordinal);
        var range = dots > 0 ? Range(option, text, domain, dots, source) : new SearchRange(option, domain.Split(',', StringSplitOptions.TrimEntries), 0, 0, false);
        // The ends are checked by binding them, as a value given by hand would be.
        foreach (var value in range.Values ?? [range.At(0), range.At(1)])
            OptionsBinder.Bind(optionsType, [KeyValuePair.Create(name, value)]);
        return range;
    }

    /// <summary>The value at a share of the way through the range, or of the list.</summary>
    /// <param name="share">In [0, 1].</param>
    /// <returns>As the user would type it.</returns>
    public string At(double share)
    {
        if (Values is { } values)
            return values[Math.Min((int)(share * values.Count), values.Count - 1)];
        var value = _isLogarithmic ? _low * Math.Pow(_high / _low, share) : _low + ((_high - _low) * share);
        // Four digits tell all that a search of this kind can.
        return _option.ValueType == typeof(double)
            ? OptionText.Format(double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : Math.Round(value).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The places, as shares of the way, at which the values lie that stand for all: of a list each of its own, of a range even ones in the middle of equal parts.</summary>
    /// <param name="count">Places of a range.</param>
    public IReadOnlyList<double> Shares(int count)
    {
        var places = Values?.Count ?? count;
        return [.. Enumerable.Range(0, places).Select(place => (place + .5) / places)];
    }

    /// <summary>A value as a number that is in the order of the values: the number itself, or for other types the place in the list, with those that are not in it before all.</summary>
    /// <param name="value">As the user would type it.</param>
    public double NumberOf(string value)
    {
        if (_option.ValueType.IsPrimitive && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        // Values are compared as the option reads them, so that 'True' and 'true' are one.
        return Values?.Select(OptionalText).ToList().IndexOf(OptionalText(value)) ?? -1;
    }

    private string OptionalText(string value) => OptionText.TryParse(_option, value, out var parsed) ? OptionText.Format(parsed) : value;

    private static SearchRange Range(OptionDescription option, string text, string domain, int dots, string source)
    {
        var isLogarithmic = domain.EndsWith(":log", StringComparison.Ordinal);
        var end = isLogarithmic ? domain[(dots + 2)..^4] : domain[(dots + 2)..];
        if (!(option.ValueType == typeof(double) || option.ValueType == typeof(int) || option.ValueType == typeof(long))
            || !double.TryParse(domain[..dots], NumberStyles.Float, CultureInfo.InvariantCulture, out var low)
            || !double.TryParse(end, NumberStyles.Float, CultureInfo.InvariantCulture, out var high)
            || !(low < high) || (isLogarithmic && low <= 0))
            throw new UserMistakeException($"{source} was '{text}', must be key=low..high of a number, low below high, and above 0 with ':log'; {option.Name} is {option.Allowed}.");
        return new SearchRange(option, null, low, high, isLogarithmic);
    }
}
