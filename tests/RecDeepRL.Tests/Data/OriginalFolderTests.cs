using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Tests.Data;

public sealed class OriginalFolderTests : IDisposable
{
    private const string Popular = "popular_items_popularity.parquet";
    private const string Personal = "als_response_df_1000_items.parquet";
    private const string Relevance = "context_items_relevance.parquet";

    private readonly WrittenFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KeysBecomeIdsInAscendingOrderWhateverTheOrderOfRowsAndParts()
    {
        WritePersonal(0, [70, 7, 70], [3, 300, 300], [.1f, .2f, .3f]);
        WritePersonal(1, [7], [3], [.4f]);
        var table = new OriginalFolder(_folder.Path).ReadPersonal();
        Assert.Equal([7L, 70], table.UserKeys);
        Assert.Equal([3L, 300], table.ItemKeys);
        Assert.Equal([.4f, .2f, .1f, .3f], table.Probabilities);
    }

    [Fact]
    public void TheTablesFolderItselfIsAcceptedAndSoIsATableInOneFile()
    {
        _folder.WriteFile(Popular, ("item_idx", new[] { 1, 0 }), ("is_popular", new[] { 1, 0 }), ("is_unpopular", new[] { 0, 1 }), ("popularity", new[] { .75, .1 }));
        foreach (var folder in new[] { _folder.Path, _folder.Tables })
        {
            var items = new OriginalFolder(folder).ReadItemPopularity();
            Assert.Equal([0L, 1], items.ItemKeys);
            Assert.Equal([.1, .75], items.Popularity);
            Assert.Equal([false, true], items.IsPopular);
            Assert.Equal([true, false], items.IsUnpopular);
        }
    }

    [Fact]
    public void TheContextTablesDecideWhoTakesPart()
    {
        WriteContext([5, 4], [9]);
        // User 6 and item 8 have probabilities but no features: they take no part.
        _folder.WritePart(Relevance, 0, ("user_idx", new long[] { 4, 5, 6, 4 }), ("item_idx", new long[] { 9, 9, 9, 8 }), ("popularity", new[] { .25, .5, .75, 1.0 }));
        File.WriteAllLines(Path.Combine(_folder.Tables, "items_context_titles.csv"), ["item_id,title", "9,\"Godfather, The\""]);
        var data = new OriginalFolder(_folder.Path).ReadContext();
        Assert.Equal([4L, 5], data.Responses.UserKeys);
        Assert.Equal([9L], data.Responses.ItemKeys);
        Assert.Equal([.25f, .5f], data.Responses.Probabilities);
        Assert.Equal([4f, 4.1f, 4.2f, 4.3f, 5f, 5.1f, 5.2f, 5.3f], data.Users.Values);
        Assert.Equal(["Godfather, The"], data.ItemTitles);
        File.Delete(Path.Combine(_folder.Tables, "items_context_titles.csv"));
        Assert.Empty(new OriginalFolder(_folder.Path).ReadContext().ItemTitles);
    }

    [Fact]
    public void MovieLensFeaturesAreScaledAndSplit()
    {
        _folder.WriteFeatures("user_features.csv", "userid,gender,age,occupation,zip-code", "2,M,56,16,70072-12", "1,F,1,10,48067", "3,M,12,10,00000");
        _folder.WriteFeatures("1000_items_features.csv", "movieid,genres,year", "8,Drama,2000", "9,Animation|Drama,1950");
        var users = new OriginalFolder(_folder.Path).ReadPersonalUsers([1, 2, 3]);
        Assert.Equal(["female", "age", "occupation 10", "occupation 16"], users.Names);
        // Age 12 stands at (12 − 1) / (56 − 1) = .2.
        Assert.Equal([1f, 0f, 1f, 0f, 0f, 1f, 0f, 1f, 0f, .2f, 1f, 0f], users.Values);
        var items = new OriginalFolder(_folder.Tables).ReadPersonalItems([8, 9]);
        Assert.Equal(["year", "Animation", "Drama"], items.Names);
        Assert.Equal([1f, 0f, 1f, 0f, 1f, 1f], items.Values);
    }

    [Fact]
    public void LabelsAreOptionalAndEmptyWhereTheFileIsSilent()
    {
        Assert.Empty(new OriginalFolder(_folder.Path).ReadPersonalLabels([8, 9]));

        _folder.WriteFeatures("1000_items_features.csv", "movieid,genres,year", "9,Drama|Animation,1931");
        var labels = new OriginalFolder(_folder.Path).ReadPersonalLabels([8, 9]);
        Assert.Equal(["genre", "year"], labels.Select(label => label.Name));
        Assert.Equal(["", "Drama"], labels[0].Values);
        Assert.Equal(["", "1931"], labels[1].Values);
    }

    [Fact]
    public void AMissingFolderIsNamed() =>
        Says("There is no folder /nowhere. --data expects the original's folder, the one that holds response_models/data.", () => new OriginalFolder("/nowhere").ReadPersonal());

    [Fact]
    public void AMissingTableIsNamed() => Says($"There is no {At(Personal)}. Expected is a Parquet file or a folder of Parquet part files; check --data.", ReadPersonal);

    [Fact]
    public void AFolderWithoutPartsIsRefused()
    {
        Directory.CreateDirectory(At(Personal));
        File.WriteAllText(Path.Combine(At(Personal), "_SUCCESS"), "");
        Says($"{At(Personal)} holds no part file (*.parquet). Copy the folder again with all its files.", ReadPersonal);
    }

    [Fact]
    public void AnEmptyPartIsRefused()
    {
        var part = WritePersonal(0, [1], [1], [.5f]);
        File.WriteAllText(part, "");
        Says($"{part} is empty, expected is a Parquet file. Copy it again.", ReadPersonal);
    }

    [Theory]
    [InlineData(.5)]
    [InlineData(.95)]
    public void APartThatIsCutOffIsRefused(double kept)
    {
        var part = WritePersonal(0, [1, 1, 2, 2], [1, 2, 1, 2], [.5f, .5f, .5f, .5f]);
        var bytes = File.ReadAllBytes(part);
        File.WriteAllBytes(part, bytes[..(int)(bytes.Length * kept)]);
        Says($"{part} cannot be read as Parquet (", ReadPersonal);
    }

    [Fact]
    public void APartWithDamagedPagesIsRefused()
    {
        var part = WritePersonal(0, [1, 1, 2, 2], [1, 2, 1, 2], [.5f, .5f, .5f, .5f]);
        var bytes = File.ReadAllBytes(part);
        Array.Fill(bytes, (byte)0xFF, 4, 40); // The footer stays readable, the first column does not.
        File.WriteAllBytes(part, bytes);
        Says($"{part} cannot be read as Parquet (", ReadPersonal);
    }

    [Fact]
    public void ATableWithoutRowsIsRefused()
    {
        WritePersonal(0, [], [], []);
        Says($"{At(Personal)} holds no rows. Copy it again.", ReadPersonal);
    }

    [Fact]
    public void AMissingColumnIsNamed()
    {
        var part = _folder.WritePart(Personal, 0, ("user_idx", new long[] { 1 }), ("item_idx", new long[] { 1 }), ("score", new[] { .5f }));
        Says($"{part} has no column 'popularity', only 'user_idx', 'item_idx', 'score'. Check that it is the right table.", ReadPersonal);
    }

    [Fact]
    public void AColumnOfAnotherTypeIsNamed()
    {
        var part = _folder.WritePart(Personal, 0, ("user_idx", new[] { "1" }), ("item_idx", new long[] { 1 }), ("popularity", new[] { .5f }));
        Says($"Column 'user_idx' of {part} has type string, expected int32 or int64.", ReadPersonal);
        _folder.WritePart(Personal, 0, ("user_idx", new long[] { 1 }), ("item_idx", new long[] { 1 }), ("popularity", new[] { 1 }));
        Says($"Column 'popularity' of {part} has type int32, expected float or double.", ReadPersonal);
    }

    [Fact]
    public void ARowWithoutAValueIsNamed()
    {
        var part = _folder.WritePart(Personal, 0, ("user_idx", new long?[] { 1, null }), ("item_idx", new long[] { 1, 2 }), ("popularity", new[] { .5f, .5f }));
        Says($"Column 'user_idx' of {part} has no value in row 2. Every row needs one.", ReadPersonal);
        _folder.WritePart(Personal, 0, ("user_idx", new long[] { 1, 1 }), ("item_idx", new long[] { 1, 2 }), ("popularity", new double?[] { null, .5 }));
        Says($"Column 'popularity' of {part} has no value in row 1. Every row needs one.", ReadPersonal);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void AValueThatIsNoNumberIsNamed(float value, string shown)
    {
        var part = WritePersonal(0, [1, 1], [1, 2], [.5f, value]);
        Says($"Column 'popularity' of {part} holds {shown} in row 2, expected a finite number.", ReadPersonal);
    }

    [Theory]
    [InlineData(1.5f)]
    [InlineData(-.5f)]
    public void AValueThatIsNoProbabilityIsNamed(float value)
    {
        WritePersonal(0, [1, 4], [1, 1], [.5f, value]);
        Says($"{At(Personal)} gives user 4 and item 1 the probability {value}, expected is a value in [0, 1].", ReadPersonal);
    }

    [Fact]
    public void APairGivenTwiceIsNamed()
    {
        WritePersonal(0, [1, 1], [1, 2], [.5f, .5f]);
        WritePersonal(1, [1], [2], [.5f]);
        Says($"{At(Personal)} has two rows for user 1 and item 2. Keep one row for each pair.", ReadPersonal);
    }

    [Fact]
    public void TheFirstMissingPairIsNamed()
    {
        WritePersonal(0, [3, 2, 1, 1], [5, 6, 6, 5], [.5f, .5f, .5f, .5f]);
        Says($"{At(Personal)} has no row for user 2 and item 5. Every user needs a probability for every item; add the missing rows.", ReadPersonal);
    }

    [Theory]
    [InlineData(0, 2, 0, .5, "Column 'is_popular' of {0} holds 2 in row 2, expected 0 or 1.")]
    [InlineData(0, 1, 1, .5, "{0} calls item 0 both popular and unpopular. Set one of the two to 0.")]
    [InlineData(0, 1, 0, 1.5, "{0} gives item 0 the probability 1.5, expected is a value in [0, 1].")]
    [InlineData(4, 1, 0, .5, "{0} tells about item 4 twice, in rows 1 and 2. Keep one row for each item.")]
    public void FaultyItemsAreNamed(int item, int popular, int unpopular, double popularity, string expected)
    {
        _folder.WritePart(Popular, 0, ("item_idx", new[] { 4, item }), ("is_popular", new[] { 0, popular }), ("is_unpopular", new[] { 0, unpopular }), ("popularity", new[] { .5, popularity }));
        Says(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, At(Popular)), () => new OriginalFolder(_folder.Path).ReadItemPopularity());
    }

    [Fact]
    public void AContextUserWithoutProbabilitiesIsNamed()
    {
        WriteContext([4, 5], [9]);
        _folder.WritePart(Relevance, 0, ("user_idx", new long[] { 4 }), ("item_idx", new long[] { 9 }), ("popularity", new[] { .25 }));
        Says($"{At(Relevance)} has no row for user 5 and item 9. Every user needs a probability for every item; add the missing rows.", () => new OriginalFolder(_folder.Path).ReadContext());
    }

    [Fact]
    public void AnItemWithoutATitleIsNamed()
    {
        WriteContext([4], [9]);
        _folder.WritePart(Relevance, 0, ("user_idx", new long[] { 4 }), ("item_idx", new long[] { 9 }), ("popularity", new[] { .25 }));
        File.WriteAllLines(At("items_context_titles.csv"), ["item_id,title", "8,Another"]);
        Says($"{At("items_context_titles.csv")} has no row for item 9, which is needed. Add one.", () => new OriginalFolder(_folder.Path).ReadContext());
    }

    [Theory]
    [InlineData("There is no {0}. Expected is a CSV file with the columns userid, gender, age, occupation, zip-code; check --data.")]
    [InlineData("{0} is empty, expected is a CSV file with the columns userid, gender, age, occupation, zip-code. Copy it again.", "")]
    [InlineData("{0} holds no rows. Copy it again.", "userid,gender,age,occupation,zip-code")]
    [InlineData("{0} has no column 'age', only 'userid', 'gender', 'occupation', 'zip-code'. Check that it is the right file.", "userid,gender,occupation,zip-code", "1,F,2,3")]
    [InlineData("{0} cannot be read as CSV: line 2 is malformed or has fields missing. Copy it again.", "userid,gender,age,occupation,zip-code", "1,F,2")]
    [InlineData("Column 'age' of {0} holds 'old' in row 1, expected a whole number.", "userid,gender,age,occupation,zip-code", "1,F,old,3,0")]
    [InlineData("Column 'gender' of {0} holds 'X' in row 1, expected F or M.", "userid,gender,age,occupation,zip-code", "1,X,5,3,0")]
    [InlineData("{0} has no row for user 1, which is needed. Add one.", "userid,gender,age,occupation,zip-code", "2,F,5,3,0")]
    [InlineData("{0} tells about user 1 twice, in rows 1 and 2. Keep one row for each user.", "userid,gender,age,occupation,zip-code", "1,F,5,3,0", "1,F,5,3,0")]
    public void FaultyUserFeaturesAreNamed(string expected, params string[] lines)
    {
        var file = Path.Combine(_folder.Features, "user_features.csv");
        if (lines is [""])
            File.WriteAllText(file, "");
        else if (lines.Length > 0)
            _folder.WriteFeatures("user_features.csv", lines);
        Says(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, file), () => new OriginalFolder(_folder.Path).ReadPersonalUsers([1]));
    }

    [SkippableFact]
    public void EveryPairOfTaskFourIsRead()
    {
        var folder = new OriginalFolder(OriginalData.Require());
        var table = folder.ReadPersonal();
        Assert.Equal((6040, 1000, 6_040_000), (table.UserKeys.Length, table.ItemKeys.Length, table.Probabilities.Length));
        Assert.Equal((1L, 6040L), (table.UserKeys[0], table.UserKeys[^1]));
        Assert.DoesNotContain(table.Probabilities, float.IsNaN);
    }

    private void ReadPersonal() => new OriginalFolder(_folder.Path).ReadPersonal();

    private static void Says(string start, Action read)
    {
        var message = Assert.Throws<UserMistakeException>(read).Message;
        Assert.StartsWith(start, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private string At(string table) => Path.Combine(_folder.Tables, table);

    private string WritePersonal(int part, long[] users, long[] items, float[] probabilities) =>
        _folder.WritePart(Personal, part, ("user_idx", users), ("item_idx", items), ("popularity", probabilities));

    private void WriteContext(long[] users, int[] items)
    {
        _folder.WriteFile("users_context.parquet", [("user_idx", users), .. Features("user", [.. users])]);
        _folder.WriteFile("items_context.parquet", [("item_idx", items), .. Features("item", [.. items.Select(item => (long)item)])]);
    }

    private static IEnumerable<(string Name, Array Values)> Features(string kind, long[] keys) =>
        Enumerable.Range(0, 4).Select(feature => ($"{kind}_feature_{feature}", (Array)keys.Select(key => key + (.1 * feature)).ToArray()));
}
