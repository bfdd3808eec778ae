using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.RegularExpressions;

namespace RecDeepRL.Core.Options;

/// <summary>One option of an agent, environment or part, described by its property: the doc comment tells its meaning, the attributes its bounds.</summary>
public sealed partial class OptionDescription
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionDescription>> s_described = new();

    /// <summary>The largest size of a number with a fraction: beyond it squares and sums of float32 begin to overflow, and no option has a use for it.</summary>
    public const double Largest = 1e9;

    private OptionDescription(PropertyInfo property, object defaults)
    {
        Property = property;
        Name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
        Default = property.GetValue(defaults);
        Range = Limited(property.GetCustomAttribute<RangeAttribute>());
        Parts = property.GetCustomAttribute<PartsAttribute>();
        ValueType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsOptional = ValueType != property.PropertyType || (!ValueType.IsValueType && Default is null);
    }

    /// <summary>What the user types, in camel case.</summary>
    public string Name { get; }

    /// <summary>The type of a value, without the nullable wrapper: int, long, double, bool, string, an enumeration,
    /// <see cref="ValueList{T}"/> of double or string, or <see cref="PartList"/>.</summary>
    public Type ValueType { get; }

    /// <summary>Whether the option may be absent; the user writes <c>none</c>.</summary>
    public bool IsOptional { get; }

    public object? Default { get; }

    /// <summary>Bounds of the value, or of each value of a list. Numbers whose attribute leaves an end open to the limit of the type end at
    /// <see cref="Largest"/> there.</summary>
    public RangeAttribute? Range { get; }

    /// <summary>What the parts of a <see cref="PartList"/> may be; none for other types.</summary>
    public PartsAttribute? Parts { get; }

    /// <summary>The property's doc comment: the meaning, and the default at its end.</summary>
    public string Documentation => DocumentationComments.SummaryOf(Property);

    /// <summary>One sentence or two for people: <see cref="Documentation"/> without the default at its end.</summary>
    public string Meaning => StatedDefault().Replace(Documentation, "");

    internal PropertyInfo Property { get; }

    /// <summary>The options of a type in the order of their declaration, its own before inherited ones.</summary>
    public static IReadOnlyList<OptionDescription> Of(Type optionsType) => s_described.GetOrAdd(optionsType, Describe);

    private static IReadOnlyList<OptionDescription> Describe(Type optionsType)
    {
        var defaults = Activator.CreateInstance(optionsType)!;
        return [.. optionsType.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.DeclaringType == optionsType ? 0 : 1).ThenBy(property => property.MetadataToken)
            .Select(property => new OptionDescription(property, defaults))];
    }

    /// <summary>What is allowed, such as <c>in [0, 1)</c>, <c>at least 1</c> or <c>one of a, b</c>.</summary>
    public string Allowed
    {
        get
        {
            var allowed = Parts is not null ? $$"""a JSON list such as [{"kind":"{{Parts.Descriptions[0].Name}}"}], with the kinds {{string.Join(", ", Parts.Descriptions.Select(part => part.Name))}}"""
                : ValueType == typeof(ValueList<double>) ? "numbers such as [0.8,0.2]" + (Range is null ? "" : ", each " + RangeText.Of(Range))
                : ValueType == typeof(ValueList<string>) ? """texts such as ["one","two"]"""
                : Range is not null ? RangeText.Of(Range)
                : ValueType.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(ValueType).Select(OptionText.EnumName))
                : ValueType == typeof(bool) ? "true or false"
                : ValueType == typeof(string) ? "text"
                : ValueType == typeof(double) ? "a number" : "a whole number";
            return IsOptional ? allowed + ", or none" : allowed;
        }
    }

    /// <summary>What is allowed, for the message that refuses a text: as <see cref="Allowed"/>, in words that the text does not itself fulfil.</summary>
    internal string Wanted(string text)
    {
        if (Range is null)
            return Allowed;
        var wanted = ValueType != typeof(ValueList<double>) ? RangeText.Wanted(Range, ValueType, text)
            : RangeText.IsUnbounded(Range) && ValueList.ParseNumbers(text)?.Any(double.IsPositiveInfinity) == true ? "numbers, each " + RangeText.BothEnds(Range)
            : null;
        return wanted is null ? Allowed : IsOptional ? wanted + ", or none" : wanted;
    }

    [GeneratedRegex(@"\s*Default \S+( \S+)?\.$")]
    private static partial Regex StatedDefault();

    private static RangeAttribute? Limited(RangeAttribute? range) =>
        range is { Minimum: double minimum, Maximum: double maximum }
            ? new RangeAttribute(Math.Max(minimum, -Largest), Math.Min(maximum, Largest)) { MinimumIsExclusive = range.MinimumIsExclusive, MaximumIsExclusive = range.MaximumIsExclusive }
            : range;

    /// <summary>Whether a value of the right type lies within the bounds. NaN and infinities never do.</summary>
    internal bool Admits(object? value)
    {
        if (value is null)
            return IsOptional;
        if (value is ValueList<double> numbers)
            return numbers.All(number => Admits(number));
        if (value is double number && !double.IsFinite(number))
            return false;
        return Range?.IsValid(value) ?? true;
    }
}
