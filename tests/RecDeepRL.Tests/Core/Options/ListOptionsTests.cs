using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Core.Options;

public sealed class ListOptionsTests
{
    [Theory]
    [InlineData("0.8,0.2", new[] { .8, .2 })]
    [InlineData(" 0.8 , -2e0 ", new[] { .8, -2 })]
    [InlineData("[0.8, 0.2,]", new[] { .8, .2 })]
    [InlineData("[\"0.5\"]", new[] { .5 })]
    [InlineData("3", new[] { 3.0 })]
    [InlineData("[]", new double[0])]
    public void NumbersAreReadFromJsonOrFromCommas(string text, double[] expected) => Assert.Equal(expected, Bind("weights", text).Weights);

    [Theory]
    [InlineData("")]
    [InlineData("1,,2")]
    [InlineData("[1")]
    [InlineData("[1] 2")]
    [InlineData("[[1]]")]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("a")]
    [InlineData("11")]
    [InlineData("1,NaN")]
    [InlineData("1e999")]
    public void WhatIsNoListOfNumbersInRangeIsRefused(string text) =>
        Refused($"weights was {(text.Length == 0 ? "empty" : text)}, must be numbers such as [0.8,0.2], each in [-10, 10], or none", "weights", text);

    [Theory]
    [InlineData("taste, noise", new[] { "taste", "noise" })]
    [InlineData("""["a,b"," c "]""", new[] { "a,b", " c " })]
    [InlineData("one", new[] { "one" })]
    [InlineData("[]", new string[0])]
    public void TextsAreReadFromJsonOrFromCommas(string text, string[] expected) => Assert.Equal(expected, Bind("names", text).Names);

    [Theory]
    [InlineData("")]
    [InlineData("a,,b")]
    [InlineData("[\"a\",")]
    [InlineData("""[{"a":1}]""")]
    public void WhatIsNoListOfTextsIsRefused(string text) => Refused("must be texts such as [\"one\",\"two\"]", "names", text);

    [Fact]
    public void ListsAreEqualWhereTheirValuesAre()
    {
        ValueList<double> list = [1, 2];
        Assert.Equal(list, [1, 2]);
        Assert.Equal(list.GetHashCode(), ((ValueList<double>)[1, 2]).GetHashCode());
        Assert.NotEqual(list, [2, 1]);
        Assert.False(list.Equals(null));
        Assert.Null(Bind("weights", "none").Weights);
    }

    [Fact]
    public void NumbersSetInCodeAreCheckedToo()
    {
        OptionsBinder.Validate(new SampleOptions { Weights = [10, -10] });
        Assert.Contains(
            "weights was [1,\"NaN\"], must be numbers",
            Assert.Throws<UserMistakeException>(() => OptionsBinder.Validate(new SampleOptions { Weights = [1, double.NaN] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAndTextsComeBackFromTheirTexts() =>
        Gen.Select(Gen.Double[-10, 10].Array[0, 5], Gen.String[1, 8].Array[0, 4]).Sample((numbers, texts) =>
        {
            var options = new SampleOptions { Weights = ValueList.Of<double>(numbers), Names = ValueList.Of<string>(texts) };
            Assert.Equal(options, OptionsBinder.Bind(typeof(SampleOptions), OptionsBinder.ToTexts(options)));
        }, iter: 300, threads: 1);

    [Fact]
    public void PartsComeBackFromTheirTextsWithEveryOption() =>
        Gen.Select(Gen.OneOfConst("curve", "flat"), Gen.Double[0, 1], Gen.String[1, 8].Where(text => !IsListOrObject(text)), Gen.Bool).Array[0, 4].Sample(parts =>
        {
            var json = new JsonArray([.. parts.Select(part => (JsonNode)new JsonObject { ["kind"] = part.Item1, ["height"] = part.Item2, ["label"] = part.Item3, ["steep"] = part.Item4 })]);
            var first = Bind("parts", json.ToJsonString());
            var texts = OptionsBinder.ToTexts(first);
            var second = (SampleOptions)OptionsBinder.Bind(typeof(SampleOptions), texts);
            Assert.Equal(texts, OptionsBinder.ToTexts(second));
            Assert.Equal(parts.Select(part => part.Item1), second.Parts.Select(part => part.Kind));
            foreach (var (given, part) in parts.Zip(second.Parts))
            {
                // A text that reads 'none' or 'null' is that of an absent option, as everywhere.
                var expected = given.Item3 is "none" or "null" ? null : given.Item3;
                Assert.Equal(new CurveOptions { Height = given.Item2, Label = expected, Steep = given.Item4 }, OptionsBinder.Bind(typeof(CurveOptions), part.Options));
            }
        }, iter: 200, threads: 1);

    /// <summary>A text that is a whole list or object by itself may come from a file that has one where a text is wanted.</summary>
    [Theory]
    [InlineData("[]")]
    [InlineData(" {} ")]
    [InlineData("[1,2]")]
    public void AListIsNoText(string text) =>
        Refused($"parts[0] (curve): label was {text}, must be text, or none", "parts", new JsonArray(new JsonObject { ["kind"] = "curve", ["label"] = text }).ToJsonString());

    [Theory]
    [InlineData("""[{"kind":"curve","height":0.25}]""")]
    [InlineData("""{ "kind": "curve", "height": 0.25, }""")]
    [InlineData("""[ /* why */ {"height":"0.25","kind":"curve"}]""")]
    public void APartIsReadFromAnyJsonOfIt(string text)
    {
        var part = Assert.Single(Bind("parts", text).Parts);
        Assert.Equal("curve", part.Kind);
        Assert.Equal(new CurveOptions { Height = .25 }, OptionsBinder.Bind(typeof(CurveOptions), part.Options));
    }

    [Theory]
    [InlineData("curve")]
    [InlineData("[\"curve\"]")]
    [InlineData("""[{"kind":"curve"}]""")]
    public void AKindStandsForAPartWithoutOptions(string text) =>
        Assert.Equal(
            """[{"kind":"curve","height":0.5,"label":null,"steep":false,"bends":[1,2]}]""",
            OptionsBinder.ToTexts(Bind("parts", text)).Single(one => one.Key == "parts").Value);

    [Fact]
    public void PartListsAreEqualWhereTheirJsonIs()
    {
        Assert.Equal(PartList.Parse("""[{"kind":"curve"}]"""), PartList.Parse("""  [ {"kind" : "curve"} ] """));
        Assert.NotEqual(PartList.Parse("""[{"kind":"curve"}]"""), PartList.Parse("""[{"kind":"flat"}]"""));
        Assert.Equal("""[{"kind":"curve"}]""", OptionText.Format(PartList.Parse("""{"kind":"curve"}""")));
        Assert.Throws<FormatException>(() => PartList.Parse("[1]"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[1]")]
    [InlineData("[[]]")]
    [InlineData("""[{"kind":1}]""")]
    [InlineData("""{"kind":"curve"},{"kind":"curve"}]""")]
    public void WhatIsNoListOfPartsIsRefused(string text) =>
        Refused($$"""parts was {{(text.Length == 0 ? "empty" : text)}}, must be a JSON list such as [{"kind":"curve"}], with the kinds curve, flat""", "parts", text);

    [Fact]
    public void EveryFaultOfEveryPartIsInTheOneMessage() =>
        Assert.Equal(
            "SampleOptions is invalid: weights was 11, must be numbers such as [0.8,0.2], each in [-10, 10], or none; "
            + "parts[0] (curve): height was 2, must be in [0, 1]; parts[0] (curve): unknown option 'stepe'. Did you mean 'steep'?; "
            + "parts[1] is of the unknown kind 'curv'. Did you mean 'curve'? 'list parts' shows all; "
            + "parts[2] has no kind, must be one of curve, flat; parts[3] (curve): label was 'upright', must be another.",
            Assert.Throws<UserMistakeException>(() => OptionsBinder.Bind(typeof(SampleOptions),
            [
                KeyValuePair.Create("weights", "11"),
                KeyValuePair.Create("parts", """[{"kind":"curve","height":2,"stepe":true},{"kind":"curv"},{"height":1},{"kind":"curve","label":"upright"}]"""),
            ])).Message);

    private static bool IsListOrObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonArray or JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static SampleOptions Bind(string name, string text) => (SampleOptions)OptionsBinder.Bind(typeof(SampleOptions), [KeyValuePair.Create(name, text)]);

    private static void Refused(string message, string name, string text) =>
        Assert.Contains(message, Assert.Throws<UserMistakeException>(() => Bind(name, text)).Message, StringComparison.Ordinal);

    /// <summary>Lists of every kind.</summary>
    public sealed record SampleOptions
    {
        /// <summary>Some numbers.</summary>
        [Range(-10.0, 10.0)]
        public ValueList<double>? Weights { get; init; }

        /// <summary>Some texts.</summary>
        public ValueList<string> Names { get; init; } = [];

        /// <summary>Some parts.</summary>
        [Parts<SampleRegistry>]
        public PartList Parts { get; init; } = PartList.Parse("[]");
    }

    /// <summary>Options of a part.</summary>
    public sealed record CurveOptions : IValidatableObject
    {
        /// <summary>A number.</summary>
        [Range(0.0, 1.0)]
        public double Height { get; init; } = .5;

        /// <summary>A text that may be absent.</summary>
        public string? Label { get; init; }

        /// <summary>A flag.</summary>
        public bool Steep { get; init; }

        /// <summary>Numbers inside a part.</summary>
        [Range(0.0, 9.0)]
        public ValueList<double> Bends { get; init; } = [1, 2];

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Label == "upright")
                yield return new ValidationResult("label was 'upright', must be another");
        }
    }

    private sealed class SampleRegistry : IPartRegistry
    {
        private static readonly ComponentRegistration<string, string>[] s_all =
        [
            ComponentRegistration.Of<string, CurveOptions, string>("curve", "a sample", (_, _) => ""),
            ComponentRegistration.Of<string, CurveOptions, string>("flat", "another", (_, _) => ""),
        ];

        public static string Label => "sample";

        public static IReadOnlyList<IComponentDescription> Descriptions => s_all;
    }
}
