using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Populations;
using RecDeepRL.Data.Populations.Quality;

namespace RecDeepRL.Tests.Data.Populations;

public sealed class ProfileReadingTests
{
    private static readonly DataTable s_table = new(
    [
        new IntegerColumn("user_idx", [5, 6, 7]), new IntegerColumn("name", [1, 2, 3]), new IntegerColumn("age", [30, 30, 41]),
        new NumberColumn("score", [.5, 1, 2]), new TextColumn("town", ["b", "a", "b"]),
    ], "toy.csv");

    [Fact]
    public void KeysAndColumnsLeftOutAreNoFeatures()
    {
        var profiles = new ProfileReading { Key = "name", Without = ["town"] }.Read(s_table);
        Assert.Equal(["age", "score"], profiles.Features.Select(feature => feature.Name));
        Assert.Equal(["user_idx", "age", "score"], RecDeepRL.Data.Populations.Profiles.WithKeys(profiles.ToTable()).Columns.Select(column => column.Name));
    }

    [Fact]
    public void WholeNumbersOfFewValuesAreCategoriesAndStayWhole()
    {
        var category = Assert.IsType<CategoryFeature>(new ProfileReading { CategoriesUpTo = 2 }.Read(s_table).Features.Single(feature => feature.Name == "age"));
        Assert.Equal(["30", "41"], category.Labels);
        Assert.Equal([2L, 1L], category.Counts());
        Assert.Equal([30, 30, 41], Assert.IsType<IntegerColumn>(category.ToColumn()).Values);
        Assert.True(Assert.IsType<ScaleFeature>(new ProfileReading { CategoriesUpTo = 1 }.Read(s_table).Features.Single(feature => feature.Name == "age")).IsWhole);
    }

    [Fact]
    public void ASecondTableIsReadAsTheFirst()
    {
        var other = new DataTable([new TextColumn("town", ["c", "a"]), new IntegerColumn("score", [1, 2]), new IntegerColumn("age", [30, 99]), new TextColumn("segment", ["x", "y"])], "other.csv");
        var reading = new ProfileReading { Key = "name", Without = ["segment"] };
        var (_, second) = reading.ReadPair(s_table, other);
        Assert.Equal(["age", "score", "town"], second.Features.Select(feature => feature.Name));
        Assert.IsType<CategoryFeature>(second.Features[0]);
        Assert.Equal([1.0, 2.0], Assert.IsType<ScaleFeature>(second.Features[1]).Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    public void ANumberThatIsMissingMakesNoCategories(string absent)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "users.csv");
            File.WriteAllText(path, $"user_idx,age,score\n1,30,1.5\n2,{absent},2\n3,41,2.5\n");
            var table = TableFile.Read(path);
            foreach (var read in new Action[] { () => new ProfileReading().Read(table), () => FeatureFile.Read(path, "user", ["score", "age"]) })
                Assert.Contains($"Column 'age' of {path} holds '{absent}' in row 2, where others hold numbers", Assert.Throws<UserMistakeException>(read).Message, StringComparison.Ordinal);

            // Among texts an empty one is a category like others.
            var town = Assert.Single(new ProfileReading().Read(new DataTable([new TextColumn("town", ["Naab", absent, "7"])], "towns.csv")).Features);
            Assert.Equal(3, Assert.IsType<CategoryFeature>(town).Labels.Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void WhatCannotBeReadIsTold()
    {
        Told(() => new ProfileReading { Key = "nme" }.Read(s_table), "--key names 'nme'", "Did you mean 'name'?");
        Told(() => new ProfileReading { Without = ["zip"] }.Read(s_table), "--without names 'zip'");
        Told(() => new ProfileReading { Without = ["name", "age", "score", "town"] }.Read(s_table), "toy.csv has no feature");
        Told(() => new ProfileReading().Read(new DataTable([new TextColumn("zip", [.. Enumerable.Range(0, 257).Select(row => $"{row}")])])), "257 different texts", "at most 256", "--without zip");
        Told(() => new ProfileReading().Read(new DataTable([new IntegerColumn("id", [.. Enumerable.Range(0, 30).Select(row => (1L << 60) + row)])])), "2^53");
        Told(() => new ProfileReading().ReadPair(s_table, new DataTable([new IntegerColumn("age", [1])], "other.csv")), "other.csv has the columns 'age'", "--without");
        Told(() => new ProfileReading { Without = ["age", "town", "name"] }.ReadPair(s_table, new DataTable([new TextColumn("score", ["high"])], "other.csv")), "'score' holds numbers in toy.csv, but not in other.csv");

        Told(() => Holdout.Judge(GeneratorRegistry.Find("resample"), new ResampleOptions(), new ProfileReading().Read(new DataTable([new IntegerColumn("age", [.. Enumerable.Range(0, 39)])], "few.csv")), 1), "few.csv has 39 rows", "at least 40");

        static void Told(Action action, params string[] texts)
        {
            var message = Assert.Throws<UserMistakeException>(action).Message;
            Assert.All(texts, text => Assert.Contains(text, message, StringComparison.Ordinal));
        }
    }
}
