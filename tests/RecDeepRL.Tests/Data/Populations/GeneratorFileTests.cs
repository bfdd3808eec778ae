using RecDeepRL.Core;
using RecDeepRL.Data.Populations;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class GeneratorFileTests
{
    [Theory]
    [InlineData("", "is not a saved generator")]
    [InlineData("[1]", "is not a saved generator")]
    [InlineData("""{ "format": "other" }""", "is not a saved generator")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 2 }""", "has version 2, this program reads version 1")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1 }""", "is damaged")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "oracle" } }""", "is damaged")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "independent", "marginals": [] } }""", "there is no column")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "independent", "marginals": [null] } }""", "is damaged")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "independent", "marginals": [{ "$type": "scale", "name": "x", "isWhole": false, "quantiles": [2, 1] }] } }""", "do not ascend")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "independent", "marginals": [{ "$type": "category", "name": "x", "isWhole": false, "labels": ["a"], "counts": [0] }] } }""", "counts below 0, or none above")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "independent", "marginals": [{ "$type": "category", "name": "x", "isWhole": true, "labels": ["a"], "counts": [1] }] } }""", "no whole numbers")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "resample", "replacement": true, "features": [{ "$type": "category", "name": "x", "isWhole": false, "labels": ["a"], "codes": [1] }] } }""", "a code without a label")]
    [InlineData("""{ "format": "recdeeprl-population", "version": 1, "generator": { "kind": "mixture", "components": [], "segmentColumn": null } }""", "there is no component")]
    public void WhatIsNoGeneratorIsRefused(string text, string told)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("model.json"), text);
        var message = Assert.Throws<UserMistakeException>(() => GeneratorFile.Load(folder.PathOf("model.json"))).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void AnImpossibleCopulaIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("model.json");
        var good = CopulaGenerator.Fit(Toy.Profiles(60), new CopulaOptions { Segments = 1 }, 1);
        GeneratorFile.Save(path, good with { Segments = [good.Segments[0] with { Correlations = [[1, 2], [2, 1]] }] });
        Assert.Contains("not 5 by 5", Assert.Throws<UserMistakeException>(() => GeneratorFile.Load(path)).Message, StringComparison.Ordinal);
        GeneratorFile.Save(path, good with { Segments = [good.Segments[0] with { Marginals = good.Segments[0].Marginals[..2], Correlations = [[1, 2], [2, 1]] }] });
        Assert.Contains("not positive definite", Assert.Throws<UserMistakeException>(() => GeneratorFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADecoderThatDoesNotFitItsColumnsIsRefused()
    {
        using var folder = new TemporaryFolder();
        GeneratorFile.Save(folder.PathOf("model.json"), new VaeGenerator([new CategoryMarginal("x", false, ["a", "b"], [1, 1])], 4, [new VaeLayer(2, 3, new float[6], new float[3])]));
        Assert.Contains("do not fit", Assert.Throws<UserMistakeException>(() => GeneratorFile.Load(folder.PathOf("model.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMixtureIsSavedWithItsComponents()
    {
        using var folder = new TemporaryFolder();
        var mixture = new MixtureGenerator([new("one", .5, ResampleGenerator.Fit(Toy.Profiles(30), new ResampleOptions())), new("two", .5, IndependentGenerator.Fit(Toy.Profiles(30, 2)))], "segment");
        GeneratorFile.Save(folder.PathOf("model.json"), mixture);
        Assert.Equal(GeneratorTests.Texts(mixture.Sample(20, 1)), GeneratorTests.Texts(GeneratorFile.Load(folder.PathOf("model.json")).Sample(20, 1)));
    }

    [Fact]
    public void MissingFilesAndFoldersAreTold()
    {
        Assert.Contains("absent.json", Assert.Throws<UserMistakeException>(() => GeneratorFile.Load("absent.json")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<UserMistakeException>(() => GeneratorFile.Save("absent/model.json", IndependentGenerator.Fit(Toy.Profiles(30)))).Message, StringComparison.Ordinal);
    }
}
