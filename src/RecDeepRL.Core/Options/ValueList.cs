using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace RecDeepRL.Core.Options;

/// <summary>An immutable list as the value of an option. Two lists are equal where their values are, in order.</summary>
/// <typeparam name="T"><see cref="double"/> or <see cref="string"/>.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Of))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
    where T : notnull
{
    private readonly T[] _values;

    internal ValueList(T[] values) => _values = values;

    public int Count => _values.Length;

    public T this[int index] => _values[index];

    public bool Equals(ValueList<T>? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode() => _values.Aggregate(_values.Length, HashCode.Combine);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As a JSON array without spaces.</summary>
    public override string ToString() => OptionJson.Compact(OptionJson.Of(this));
}

/// <summary>Makes lists of values and reads them from text.</summary>
public static class ValueList
{
    public static ValueList<T> Of<T>(ReadOnlySpan<T> values)
        where T : notnull => new(values.ToArray());

    /// <summary>Reads numbers: a JSON array, or numbers separated by commas.</summary>
    /// <returns>None where the text is neither. Numbers may be outside every range, NaN and infinities among them.</returns>
    internal static ValueList<double>? ParseNumbers(string text)
    {
        var values = new List<double>();
        foreach (var piece in Pieces(text) ?? [""])
        {
            if (!double.TryParse(piece, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return null;
            values.Add(number);
        }
        return new([.. values]);
    }

    /// <summary>Reads texts: a JSON array of strings, or texts separated by commas, spaces around them not counted.</summary>
    /// <returns>None where the text is neither, or one of the texts is empty.</returns>
    internal static ValueList<string>? ParseTexts(string text) =>
        Pieces(text) is { } pieces && !pieces.Contains("") ? new([.. pieces]) : null;

    private static List<string>? Pieces(string text)
    {
        if (text.AsSpan().TrimStart().StartsWith("{"))
            return null;
        if (!text.AsSpan().TrimStart().StartsWith("["))
            return [.. text.Split(',', StringSplitOptions.TrimEntries)];
        try
        {
            using var document = JsonDocument.Parse(text, OptionJson.Lenient);
            return document.RootElement.EnumerateArray().All(value => value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
                ? [.. document.RootElement.EnumerateArray().Select(OptionJson.TextOf)]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
