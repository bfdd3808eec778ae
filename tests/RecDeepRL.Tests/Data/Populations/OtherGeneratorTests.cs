using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;
using RecDeepRL.Data.Populations.Quality;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class OtherGeneratorTests
{
    private static readonly Profiles s_three = new([CategoryFeature.Of("letter", ["a", "b", "c"])], "toy");

    [Fact]
    public void WithoutReplacementEveryUserComesOnce()
    {
        var generator = ResampleGenerator.Fit(s_three, new ResampleOptions { Replacement = false });
        Assert.Equal(["a", "b", "c"], Letters(generator.Sample(3, 1)).Order());
        Assert.Contains("only 3 to draw without replacement", Assert.Throws<UserMistakeException>(() => generator.Sample(4, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithReplacementEveryUserIsEquallyLikely()
    {
        var letters = Letters(ResampleGenerator.Fit(s_three, new ResampleOptions()).Sample(3000, 1));
        Chance.AssertUniform([.. letters.GroupBy(letter => letter).Select(group => group.LongCount())]);
    }

    [Fact]
    public void AMixtureHoldsEachShareToTheUserAndExactlyOnAverage()
    {
        var mixture = Mixture(("a", 3), ("b", 1), ("c", 6));
        var letters = Letters(mixture.Sample(1000, 1));
        Assert.Equal([300, 100, 600], new[] { "a", "b", "c" }.Select(letter => letters.Count(one => one == letter)));
        Assert.NotEqual(letters.Order(StringComparer.Ordinal), letters);
        // Of 7 users 2.1, .7 and 4.2 are due: the mean of the counts over evenly spread starts is exactly that.
        var starts = Enumerable.Range(0, 100).Select(step => mixture.Counts(7, (step + .5) / 100)).ToList();
        Assert.All(starts, counts => Assert.Equal(7, counts.Sum()));
        Assert.Equal(2.1, starts.Average(counts => counts[0]), 1e-9);
        Assert.Equal(.7, starts.Average(counts => counts[1]), 1e-9);
        Assert.All(starts, counts => Assert.InRange(counts[2], 4, 5));
    }

    [Fact]
    public void AMixtureCanTellTheSegment()
    {
        var sample = new MixtureGenerator(Mixture(("a", 1), ("b", 1)).Components, "segment").Sample(10, 1);
        Assert.Equal(Letters(sample).Select(letter => "all " + letter), ((TextColumn)sample.Find("segment")!).Values);
        Assert.Contains("'letter' exists already", Assert.Throws<UserMistakeException>(() => new MixtureGenerator(Mixture(("a", 1)).Components, "letter").Sample(1, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ComponentsOfDifferentColumnsAreRefused()
    {
        var other = IndependentGenerator.Fit(new Profiles([new ScaleFeature("height", false, [1, 2])], "toy"));
        var mixture = new MixtureGenerator([.. Mixture(("a", 1)).Components, new("heights", 1, other)], null);
        Assert.Contains("'all a' and 'heights' have different columns (letter (texts); height (numbers))", Assert.Throws<UserMistakeException>(() => mixture.Sample(10, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheAutoencoderLearnsARelationThatNoOrderShows()
    {
        // Each letter goes with one colour in 19 of 20 users, and with values around one of three places, the outer letters in the middle.
        var letters = Enumerable.Range(0, 900).Select(row => row % 3).ToArray();
        var profiles = new Profiles(
        [
            CategoryFeature.Of("letter", [.. letters.Select(letter => "abc"[letter].ToString())]),
            CategoryFeature.Of("colour", [.. letters.Select((letter, row) => new[] { "red", "green", "blue" }[row % 20 == 0 ? (letter + 1) % 3 : (letter + 2) % 3])]),
            new ScaleFeature("x", false, [.. letters.Select((letter, row) => new[] { 0.0, 9, 1 }[letter] + (row / 900.0))]),
        ], "toy");
        var told = new List<string>();
        var sample = VaeGenerator.Fit(profiles, new VaeOptions { Epochs = 60, BatchSize = 128, LearningRate = .005, HiddenSize = 32, LatentSize = 4, Bins = 12 }, 1, told.Add).Sample(900, 1);
        var read = new ProfileReading().ReadLike(sample, profiles);

        // More than half of each association is kept. Of independent columns χ² with 4 degrees of freedom, 4 ± 4·√8, gives V below √(4·√8/900/2) = .08.
        foreach (var other in new[] { 1, 2 })
        {
            var real = Association.Of(profiles.Features[0], profiles.Features[other])[0].Value;
            Assert.InRange(Association.Of(read.Features[0], read.Features[other])[0].Value, real / 2, 1);
        }
        Assert.Equal(10, told.Count);
        Assert.True(Loss(told[^1]) < Loss(told[0]), $"{told[0]}; {told[^1]}");

        static double Loss(string text) => double.Parse(text.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static MixtureGenerator Mixture(params (string Letter, double Weight)[] parts) => new(
        [.. parts.Select(part => new MixtureComponent("all " + part.Letter, part.Weight, IndependentGenerator.Fit(new Profiles([CategoryFeature.Of("letter", [part.Letter])], "toy"))))], null);

    private static string[] Letters(DataTable table) => ((TextColumn)table.Find("letter")!).Values;
}
