using MathNet.Numerics.Statistics;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Data.Populations;

/// <summary>What holds for every kind of generator.</summary>
public sealed class GeneratorTests
{
    private static readonly Profiles s_profiles = Toy.Profiles(600);

    private static readonly Dictionary<string, IProfileGenerator> s_fitted = GeneratorRegistry.All.ToDictionary(kind => kind.Name, kind => Fit(kind.Name, s_profiles));

    public static TheoryData<string> Kinds => [.. GeneratorRegistry.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ColumnsKeepTheirNamesTypesAndRanges(string kind)
    {
        var sample = s_fitted[kind].Sample(500, 3);
        Assert.Equal(500, sample.RowCount);
        foreach (var (real, synthetic) in s_profiles.ToTable().Columns.Zip(sample.Columns))
        {
            Assert.Equal((real.Name, real.GetType()), (synthetic.Name, synthetic.GetType()));
            if (real is TextColumn texts)
                Assert.Subset(texts.Values.ToHashSet(), ((TextColumn)synthetic).Values.ToHashSet());
            else
                Assert.All(Numbers(synthetic), value => Assert.InRange(value, Numbers(real).Min(), Numbers(real).Max()));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ASampleDependsOnItsSeedAlone(string kind)
    {
        var first = Texts(s_fitted[kind].Sample(50, 3));
        Assert.Equal(first, Texts(s_fitted[kind].Sample(50, 3)));
        Assert.NotEqual(first, Texts(s_fitted[kind].Sample(50, 4)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ASmallSampleIsTheBeginningOfALargeOne(string kind) =>
        Assert.Equal(Texts(s_fitted[kind].Sample(40, 3)), Texts(s_fitted[kind].Sample(5000, 3)).Take(40));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FitsAreRepeatable(string kind) =>
        Assert.Equal(Texts(s_fitted[kind].Sample(100, 3)), Texts(Fit(kind, s_profiles).Sample(100, 3)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ASavedGeneratorSamplesAsBefore(string kind)
    {
        using var folder = new TemporaryFolder();
        GeneratorFile.Save(folder.PathOf("model.json"), s_fitted[kind]);
        Assert.Equal(Texts(s_fitted[kind].Sample(100, 3)), Texts(GeneratorFile.Load(folder.PathOf("model.json")).Sample(100, 3)));
        Assert.Equal(["model.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("copula")]
    [InlineData("independent")]
    [InlineData("resample")]
    public void MarginalsAreThoseOfTheProfiles(string kind)
    {
        var sample = s_fitted[kind].Sample(4000, 3);
        var sizes = ((CategoryFeature)s_profiles.Features[3]).Counts();
        Chance.AssertFrequencies(
            [.. ((CategoryFeature)s_profiles.Features[3]).Labels.Select(label => ((TextColumn)sample.Columns[3]).Values.LongCount(value => value == label))],
            [.. sizes.Select(count => count / 600.0)]);
        // The distribution function of the fitted sample; interpolation moves it by at most one user of 600.
        var sorted = Numbers(s_profiles.ToTable().Columns[0]).Order().ToArray();
        Chance.AssertDistribution(Numbers(sample.Columns[0]), value => Interpolated(sorted, value));

        static double Interpolated(double[] sorted, double value)
        {
            var place = Array.BinarySearch(sorted, value);
            if (place >= 0)
                return place / (sorted.Length - 1.0);
            return ~place == 0 ? 0 : ~place == sorted.Length ? 1 : (~place - 1 + ((value - sorted[~place - 1]) / (sorted[~place] - sorted[~place - 1]))) / (sorted.Length - 1.0);
        }
    }

    [Fact]
    public void CopulaAndResamplingKeepCorrelations()
    {
        var real = Correlation.Pearson(Numbers(s_profiles.ToTable().Columns[0]), Numbers(s_profiles.ToTable().Columns[1]));
        foreach (var kind in new[] { "copula", "resample", "independent" })
        {
            var sample = s_fitted[kind].Sample(4000, 3);
            var correlation = Correlation.Pearson(Numbers(sample.Columns[0]), Numbers(sample.Columns[1]));
            // An estimate of a correlation .8 has the standard deviation (1 − .8²)/√n, .0057 here and .0147 in the fit to 600; of none it is 1/√n, .0158.
            if (kind == "independent")
                Assert.InRange(correlation, -.064, .064);
            else
                Assert.InRange(correlation, real - .06, real + .06);
        }
    }

    [Fact]
    public void OptionsTellTheirMeaningAndDefault()
    {
        foreach (var option in GeneratorRegistry.All.SelectMany(kind => OptionDescription.Of(kind.OptionsType)))
        {
            Assert.Matches(@"^\S.{9,}\.$", option.Meaning);
            Assert.EndsWith($" Default {OptionText.Format(option.Default)}.", option.Documentation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnUnknownKindIsRefusedWithTheNearest() =>
        Assert.Equal("Unknown kind of generator 'copla'. Did you mean 'copula'? Kinds are copula, vae, independent, resample.", Assert.Throws<UserMistakeException>(() => GeneratorRegistry.Find("copla")).Message);

    internal static double[] Numbers(DataColumn column) => column is NumberColumn numbers ? numbers.Values : [.. ((IntegerColumn)column).Values.Select(value => (double)value)];

    internal static List<string> Texts(DataTable table) => [.. Enumerable.Range(0, table.RowCount).Select(row => string.Join('|', table.Columns.Select(column =>
        column is NumberColumn numbers ? numbers.Values[row].ToString("R", System.Globalization.CultureInfo.InvariantCulture) : column is IntegerColumn integers ? $"{integers.Values[row]}" : ((TextColumn)column).Values[row])))];

    private static IProfileGenerator Fit(string name, Profiles profiles)
    {
        var kind = GeneratorRegistry.Find(name);
        var options = name == "vae" ? new VaeOptions { Epochs = 5, HiddenSize = 32 } : name == "copula" ? new CopulaOptions { Segments = 4 } : Activator.CreateInstance(kind.OptionsType)!;
        return kind.Create(new GeneratorContext(profiles, 1), options);
    }
}
