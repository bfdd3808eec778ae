using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cli.Commands;

/// <summary>An option of a command that has bounds.</summary>
internal interface IBoundedOption
{
    RangeAttribute Range { get; }
}

/// <summary>An option of a command whose value is a number within bounds. Anything else is refused while the line is read, before the command does anything:
/// by name, with what was received and what is allowed.</summary>
/// <typeparam name="T">int, long or double, or one of them that may be absent.</typeparam>
internal sealed class NumberOption<T> : Option<T>, IBoundedOption
{
    private static readonly Type s_type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);

    /// <param name="least">The least value allowed.</param>
    /// <param name="most">The greatest value allowed; none for what the type holds.</param>
    public NumberOption(string name, long least, long most = long.MaxValue)
        : this(name, s_type == typeof(int)
            ? new RangeAttribute((int)least, (int)Math.Min(most, int.MaxValue))
            : new RangeAttribute(typeof(long), OptionText.Format(least), OptionText.Format(most)) { ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true })
    {
    }

    public NumberOption(string name, RangeAttribute range)
        : base(name)
    {
        Range = range;
        CustomParser = Read;
    }

    public RangeAttribute Range { get; }

    private T? Read(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (OptionText.Number(s_type, text) is { } number && !(number is double real && !double.IsFinite(real)) && Range.IsValid(number))
            return (T)number;
        result.AddError($"{Name} was {OptionText.Received(text)}, must be {RangeText.Wanted(Range, s_type, text)}");
        return default;
    }
}
