using System.ComponentModel.DataAnnotations;
using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Core.Options;

public sealed class OptionsBinderTests
{
    /// <summary>Two kinds.</summary>
    public enum SampleKind
    {
        PlainList,
        Sampled,
    }

    [Fact]
    public void WithoutValuesTheDefaultsStand() => Assert.Equal(new SampleOptions(), Bind());

    [Fact]
    public void EveryTypeIsReadFromItsText() =>
        Assert.Equal(
            new SampleOptions { Discount = .25, BatchSize = 7, Steps = 1L << 40, Fast = true, Kind = SampleKind.PlainList, Limit = 3, Title = "a b" },
            Bind("discount=0.25", "batchSize=7", "steps=1099511627776", "fast=TRUE", "kind=plain-list", "limit=3", "title=a b"));

    [Fact]
    public void ALaterValueReplacesAnEarlierOne() => Assert.Equal(.5, Bind("discount=7", "discount=0.5").Discount);

    [Fact]
    public void NoneEmptiesAnOptionalOption()
    {
        Assert.Null(Bind("limit=3", "limit=none").Limit);
        Assert.Null(Bind("title=none").Title);
        Refused("batchSize was none, must be a whole number of at least 1", "batchSize=none");
        Assert.Equal(5, Bind("limit=5").Limit);
        Refused("limit was 0, must be in [1, 10], or none", "limit=0");
    }

    [Fact]
    public void EveryFaultIsInTheOneMessage() =>
        Assert.Equal(
            "SampleOptions is invalid: discount was 1.2, must be in [0, 1); batchSize was 0, must be at least 1; "
            + "unknown option 'fst'. Did you mean 'fast'?; kind was best, must be one of plain-list, sampled.",
            Assert.Throws<UserMistakeException>(() => Bind("discount=1.2", "batchSize=0", "fst=true", "kind=best")).Message);

    [Theory]
    [InlineData("discount=NaN", "must be a number in [0, 1)")]
    [InlineData("discount=inf", "must be a number in [0, 1)")]
    [InlineData("discount=Infinity", "must be in [0, 1)")]
    [InlineData("discount=∞", "must be a number in [0, 1)")]
    [InlineData("discount=-Infinity", "must be in [0, 1)")]
    [InlineData("discount=", "must be a number in [0, 1)")]
    [InlineData("discount= ", "must be a number in [0, 1)")]
    [InlineData("discount=1e999", "must be in [0, 1)")]
    [InlineData("discount=-0.1", "must be in [0, 1)")]
    [InlineData("discount=1", "must be in [0, 1)")]
    [InlineData("discount=0,5", "must be a number in [0, 1)")]
    [InlineData("discount=half", "must be a number in [0, 1)")]
    public void NumbersOutsideTheRangeAreRefusedByNameWithTheRange(string setting, string allowed) => Refused(allowed, setting);

    [Theory]
    [InlineData("batchSize=0", "must be at least 1")]
    [InlineData("batchSize=-3", "must be at least 1")]
    [InlineData("batchSize=1.5", "must be a whole number of at least 1")]
    [InlineData("batchSize=2147483648", "must be in [1, 2147483647]")]
    [InlineData("batchSize=1e3", "must be a whole number of at least 1")]
    [InlineData("batchSize=", "must be a whole number of at least 1")]
    public void WholeNumbersOutsideTheRangeAreRefused(string setting, string allowed) => Refused(allowed, setting);

    [Theory]
    [InlineData("rate=0", "must be above 0")]
    [InlineData("rate=NaN", "must be a number above 0")]
    [InlineData("rate=Infinity", "must be in (0, 1000000000]")]
    [InlineData("rate=1e309", "must be in (0, 1000000000]")]
    public void AnOpenLowerBoundIsRefusedToo(string setting, string allowed) => Refused(allowed, setting);

    [Theory]
    [InlineData("fast=1", "must be true or false")]
    [InlineData("fast=", "must be true or false")]
    [InlineData("kind=PlainList", "must be one of plain-list, sampled")]
    [InlineData("kind=0", "must be one of plain-list, sampled")]
    [InlineData("steps=9223372036854775808", "must be in [0, 9223372036854775807]")]
    public void OtherValuesAreRefusedWithWhatIsAllowed(string setting, string allowed) => Refused(allowed, setting);

    [Fact]
    public void NamesAreCaseSensitiveAndSuggested() => Refused("unknown option 'Discount'. Did you mean 'discount'?", "Discount=0.5");

    [Fact]
    public void OptionsThatDoNotGoTogetherAreRefused() => Refused("batchSize must be at most steps", "batchSize=5", "steps=4");

    [Fact]
    public void OptionsSetInCodeAreCheckedAlike()
    {
        OptionsBinder.Validate(new SampleOptions());
        var error = Assert.Throws<UserMistakeException>(() => OptionsBinder.Validate(new SampleOptions { Discount = double.NaN, BatchSize = -1 }));
        Assert.Contains("discount was NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("batchSize was -1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextsOfOptionsBindToTheSameOptionsInEveryCulture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            // InvariantGlobalization knows no comma culture by name; one made by hand does the same.
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
            var options = new SampleOptions { Discount = 1.0 / 3, Rate = 1e-300, Steps = long.MaxValue, Limit = 4, Kind = SampleKind.PlainList };
            Assert.Equal(options, OptionsBinder.Bind(typeof(SampleOptions), OptionsBinder.ToTexts(options)));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void DescriptionsTellNameDefaultRangeAndMeaning()
    {
        var discount = OptionDescription.Of(typeof(SampleOptions))[0];
        Assert.Equal(("discount", .9, "in [0, 1)"), (discount.Name, discount.Default, discount.Allowed));
        Assert.Equal("Discount per step, in [0, 1), see BatchSize. Default 0.9.", discount.Documentation);
        Assert.Equal("Discount per step, in [0, 1), see BatchSize.", discount.Meaning);
    }

    private static SampleOptions Bind(params string[] settings) =>
        (SampleOptions)OptionsBinder.Bind(typeof(SampleOptions), settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));

    private static void Refused(string message, params string[] settings)
    {
        var error = Assert.Throws<UserMistakeException>(() => Bind(settings)).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.StartsWith("SampleOptions is invalid: ", error, StringComparison.Ordinal);
        Assert.Matches(@"[^.?][.?]$", error);
    }

    /// <summary>An option of every kind.</summary>
    public sealed record SampleOptions : IValidatableObject
    {
        /// <summary>Discount per step,
        /// in [0, 1), see <see cref="BatchSize"/>. Default 0.9.</summary>
        [Range(0.0, 1.0, MaximumIsExclusive = true)]
        public double Discount { get; init; } = .9;

        /// <summary>A count.</summary>
        [Range(1, int.MaxValue)]
        public int BatchSize { get; init; } = 2;

        /// <summary>A long count.</summary>
        [Range(typeof(long), "0", "9223372036854775807")]
        public long Steps { get; init; } = 100;

        /// <summary>A positive number.</summary>
        [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
        public double Rate { get; init; } = 1;

        /// <summary>A flag.</summary>
        public bool Fast { get; init; }

        /// <summary>A choice.</summary>
        public SampleKind Kind { get; init; } = SampleKind.Sampled;

        /// <summary>May be absent.</summary>
        [Range(1, 10)]
        public int? Limit { get; init; }

        /// <summary>A text that may be absent.</summary>
        public string? Title { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (BatchSize > Steps)
                yield return new ValidationResult("batchSize must be at most steps");
        }
    }
}
