using System.CommandLine;
using System.CommandLine.Parsing;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Cli.Commands;

/// <summary>An option of a command whose value is one of a few words, the constants of an enumeration as <see cref="OptionText.EnumName"/> writes them.
/// Anything else, numbers among them, is refused while the line is read.</summary>
internal sealed class WordOption<T> : Option<T>
    where T : struct, Enum
{
    public WordOption(string name)
        : base(name) => CustomParser = Read;

    private T Read(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        foreach (var value in Enum.GetValues<T>())
        {
            if (OptionText.Format(value) == text)
                return value;
        }
        result.AddError($"{Name} was {OptionText.Received(text)}, must be one of {string.Join(", ", Enum.GetValues<T>().Select(value => OptionText.Format(value)))}");
        return default;
    }
}
