using System.ComponentModel.DataAnnotations;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Contracts;

/// <summary>Every option of everything registered refuses what it must not take, and takes its own bounds.</summary>
public sealed class HostileOptionTests
{
    public static TheoryData<Type, string> Options => RegistryTests.Options;

    [Theory]
    [MemberData(nameof(Options))]
    public void ValuesOutsideTheRangeAreRefusedByName(Type optionsType, string name)
    {
        var option = Find(optionsType, name);
        foreach (var text in HostileValues.Texts(option))
        {
            var fault = Record.Exception(() => OptionsBinder.Bind(optionsType, [KeyValuePair.Create(name, text)]));
            Assert.True(fault is UserMistakeException, $"'{text}' as {name}: {fault?.GetType().Name ?? "taken"}");
            AssertNames(fault!.Message, option, text);
            Assert.StartsWith($"{optionsType.Name} is invalid: {name}", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void EveryBoundIsAllowed(Type optionsType, string name)
    {
        var option = Find(optionsType, name);
        if (option.Range is not { } range)
            return;
        foreach (var bound in Ends(option.ValueType == typeof(ValueList<double>) ? typeof(double) : option.ValueType, range))
        {
            var text = OptionText.Format(bound);
            Assert.True(OptionText.TryParse(option, text, out var value) && option.Admits(value), $"{text} as {name}");
            Assert.Equal(text, OptionText.Format(value).Trim('[', ']'));
            // Alone it may break a rule between options, which then names the other one.
            if (Record.Exception(() => OptionsBinder.Bind(optionsType, [KeyValuePair.Create(name, text)])) is { } fault)
            {
                Assert.IsType<UserMistakeException>(fault);
                Assert.Contains(OptionDescription.Of(optionsType), other => other.Name != name && fault.Message.Contains(other.Name, StringComparison.Ordinal));
                Assert.DoesNotContain($"must be {option.Allowed}", fault.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("x", "must be a whole number of at least 1")]
    [InlineData("1.5", "must be a whole number of at least 1")]
    [InlineData("0", "must be at least 1")]
    [InlineData("2147483648", "must be in [1, 2147483647]")]
    public void AMessageNeverSaysWhatTheValueAlreadyIs(string text, string wanted) =>
        Assert.Equal(wanted, "must be " + RangeText.Wanted(new RangeAttribute(1, int.MaxValue), typeof(int), text));

    [Fact]
    public void AHugeTextIsCutAndControlCharactersAreShown()
    {
        Assert.Equal(new string('9', 200) + "… (1000000 characters)", OptionText.Received(new string('9', 1_000_000)));
        Assert.Equal(@"1\u000a2\u001b[31m", OptionText.Received("1\n2\u001b[31m"));
        Assert.Equal("blank (3 characters)", OptionText.Received(" \t "));
        Assert.Equal("empty", OptionText.Received(""));
    }

    /// <summary>The option's name, what came and what is allowed, on one line.</summary>
    internal static void AssertNames(string message, OptionDescription option, string text)
    {
        Assert.Contains(option.Name, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        // What is wrong within parts is said of the part: its place, and the option there or the kinds there are.
        if (option.ValueType == typeof(PartList) && message.Contains(option.Name + "[", StringComparison.Ordinal))
        {
            Assert.Matches("must be|unknown", message);
            return;
        }
        Assert.Contains($"{option.Name} was {OptionText.Received(text)}, must be ", message, StringComparison.Ordinal);
        if (option.Range is { } range)
        {
            Assert.Contains(OptionText.Format(range.Minimum), message, StringComparison.Ordinal);
            Assert.True(RangeText.IsUnbounded(range) || message.Contains(OptionText.Format(range.Maximum), StringComparison.Ordinal), message);
        }
        else
        {
            Assert.Contains(option.Allowed, message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<object> Ends(Type type, RangeAttribute range)
    {
        if (type == typeof(double))
        {
            var (minimum, maximum) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
            return [range.MinimumIsExclusive ? Math.BitIncrement(minimum) : minimum, range.MaximumIsExclusive ? Math.BitDecrement(maximum) : maximum];
        }
        var (low, high) = (Convert.ToDecimal(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDecimal(range.Maximum, CultureInfo.InvariantCulture));
        return [low + (range.MinimumIsExclusive ? 1 : 0), high - (range.MaximumIsExclusive ? 1 : 0)];
    }

    private static OptionDescription Find(Type optionsType, string name) => OptionDescription.Of(optionsType).Single(option => option.Name == name);
}
