using System.CommandLine;
using System.Globalization;
using RecDeepRL.Cli;
using RecDeepRL.Cli.Commands;
using RecDeepRL.Core.Options;
using RecDeepRL.Tests.Contracts;

namespace RecDeepRL.Tests.Cli;

/// <summary>Every option of every command whose value is a number, a word or a yes or no refuses all else while the line is read, before a command does anything.
/// What there is comes from the tree of commands, so an option is tested as soon as it is there.</summary>
public sealed class FlagTests
{
    private static readonly RootCommand s_root = Program.Root();

    /// <summary>The words of each command, and each of its options that is no text.</summary>
    public static TheoryData<string, string> Flags
    {
        get
        {
            var flags = new TheoryData<string, string>();
            Collect(s_root, []);
            return flags;

            void Collect(Command command, string[] words)
            {
                foreach (var option in command.Options.Where(option => option is not (System.CommandLine.Help.HelpOption or VersionOption) && TypeOf(option) is { } type && (type.IsPrimitive || type.IsEnum)))
                    flags.Add(string.Join(' ', words), option.Name);
                foreach (var inner in command.Subcommands)
                    Collect(inner, [.. words, inner.Name]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public void WhatIsNotAllowedIsRefusedByName(string command, string name)
    {
        var option = Find(command, name);
        var type = TypeOf(option)!;
        if (type == typeof(bool))
        {
            foreach (var text in new[] { "perhaps", "0", "1", "yes", "no", "0.5", "" })
                Assert.Equal([$"{name} was {OptionText.Received(text)}, must be true or false, or stand alone for true"], Faults(command, name, text));
            return;
        }
        if (type.IsEnum)
        {
            foreach (var text in new[] { "perhaps", "0", "1", "99", " ", Enum.GetNames(type)[0], "a,b" })
                Assert.Contains(Faults(command, name, text), fault => fault.StartsWith($"{name} was {OptionText.Received(text)}, must be one of ", StringComparison.Ordinal));
            return;
        }
        var range = Assert.IsAssignableFrom<IBoundedOption>(option).Range;
        Assert.Equal(type, range.OperandType);
        Assert.Contains($"Required argument missing for option: '{name}'", Faults(command, name, ""));
        string[] wrong =
        [
            " ", "perhaps", "true", "NaN", "Infinity", "-Infinity", "0x1", "1 000", "1,000", "1,5", "3s", "50%", "--1", "[1]", "{}", "٣",
            .. type == typeof(double) ? [] : (string[])["1.5", "1e3"], .. HostileValues.Beyond(type, range),
        ];
        foreach (var text in wrong)
        {
            var fault = Assert.Single(Faults(command, name, text), fault => fault.Contains(name + " ", StringComparison.Ordinal));
            Assert.StartsWith($"{name} was {OptionText.Received(text)}, must be {RangeText.Wanted(range, type, text)}", fault, StringComparison.Ordinal);
            Assert.Contains(OptionText.Format(range.Minimum), fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public void TheBoundsAreTaken(string command, string name)
    {
        var option = Find(command, name);
        string[] right = option is IBoundedOption { Range: { } range }
            ?
            [
                OptionText.Format(range.MinimumIsExclusive ? Math.BitIncrement(Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture)) : range.Minimum),
                OptionText.Format(range.MaximumIsExclusive ? Math.BitDecrement(Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)) : range.Maximum),
            ]
            : TypeOf(option) is { IsEnum: true } type ? [.. Enum.GetNames(type).Select(OptionText.EnumName)] : ["true", "false"];
        foreach (var text in right)
        {
            var parsed = s_root.Parse([.. command.Split(' '), $"{name}={text}"]);
            Assert.DoesNotContain(parsed.Errors, error => error.Message.Contains(name + " ", StringComparison.Ordinal));
            Assert.Equal(text, OptionText.Format(parsed.GetResult(option)!.GetValueOrDefault<object>()));
        }
    }

    [Fact]
    public void TheTreeHasTheFlagsThatPeopleUse()
    {
        var flags = Flags.Select(row => $"{row[0]} {row[1]}").ToList();
        Assert.All(
            new[] { "train --iterations", "train --seed", "compare --seeds", "compare --jobs", "tune --budget", "tune --metric", "evaluate --threads", "population generate --count", "ope --switch", "response inspect --slate-size" },
            flag => Assert.Contains(flag, flags));
    }

    private static IReadOnlyList<string> Faults(string command, string name, string text) =>
        Program.Mistakes(s_root.Parse([.. command.Split(' '), $"{name}={text}"]), [.. command.Split(' '), $"{name}={text}"]);

    private static Type? TypeOf(Option option) => Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;

    private static Option Find(string command, string name) =>
        command.Split(' ').Aggregate((Command)s_root, (at, word) => at.Subcommands.Single(inner => inner.Name == word)).Options.Single(option => option.Name == name);
}
