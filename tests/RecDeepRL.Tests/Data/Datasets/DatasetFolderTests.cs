using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;
using RecDeepRL.Tests.Experiments;
using static RecDeepRL.Tests.Data.Datasets.SourceFolder;

namespace RecDeepRL.Tests.Data.Datasets;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly SourceFolder _source = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _source.Dispose();
        _folder.Dispose();
    }

    private string Out => _folder.PathOf("out");

    [Fact]
    public void WhatIsImportedIsWhatIsReadInMemory()
    {
        WriteSource(rows: 700_000); // Three chunks: two of 262,144 rows and a rest.
        var manifest = Import();
        var inMemory = _source.Read();
        var read = DatasetFolder.Read(Out);
        Assert.Equal("movielens-csv", read.Name);
        foreach (var column in new[] { "user_idx", "item_idx", "timestamp" })
            Assert.Equal(Integers(inMemory.Interactions, column), Integers(read.Interactions, column));
        Assert.Equal(Numbers(inMemory.Interactions, "response"), Numbers(read.Interactions, "response"));
        Assert.Equal(Names(inMemory.Items), Names(read.Items));
        Assert.Equal(Texts(inMemory.Items, "title"), Texts(read.Items, "title"));
        Assert.Null(read.Users);
        Assert.Equal(700_000, manifest.Rows);
    }

    [Fact]
    public void TheManifestCountsWhatIsThere()
    {
        _source.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,5,3,100\n1,6,5,50\nx,7,5,50\n2,6,4,200\n").Write("movies.csv", "movieId,title,genres\n6,B (1991),Drama\n5,A (1990),Drama\n8,C (1992),Drama\n");
        var manifest = DatasetSource.Open(_source.Path, new ImportOptions { SkipBad = 5 }).Import(Out);
        Assert.Equal(JsonSerializer.Serialize(manifest), JsonSerializer.Serialize(DatasetFolder.ReadManifest(Out)));
        Assert.Equal((3L, 2, 2, 3, 1L), (manifest.Rows, manifest.Users, manifest.Items, manifest.ItemRows, manifest.SkippedRows));
        Assert.Equal((4.0, 3.0, 5.0), (manifest.MeanResponse, manifest.LeastResponse, manifest.GreatestResponse)); // (3 + 5 + 4) / 3.
        Assert.Equal((50L, 200L, 0L), (manifest.FirstTime, manifest.LastTime, manifest.RowsWithoutTime));
        Assert.Equal([new FrequentKey(6, 2), new FrequentKey(5, 1)], manifest.FrequentItems);
        Assert.Equal([new FrequentKey(1, 2), new FrequentKey(2, 1)], manifest.FrequentUsers);
        Assert.Equal(["ratings.csv", "movies.csv"], manifest.Files);
        Assert.Equal("B (1991)", DatasetFolder.ReadTitles(Out)[6]);
        Assert.Equal(["dataset.json", "interactions.parquet", "items.parquet"], Directory.GetFiles(Out).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void DuckDbReadsTheFolder()
    {
        WriteSource(rows: 300_000);
        var manifest = Import();
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT count(*), count(DISTINCT user_idx), count(DISTINCT item_idx), avg(response), min("timestamp"), max("timestamp"), count(title)
            FROM '{Path.Combine(Out, "interactions.parquet")}' JOIN '{Path.Combine(Out, "items.parquet")}' USING (item_idx)
            """;
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal((manifest.Rows, (long)manifest.Users, (long)manifest.Items), (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));
        Assert.Equal(manifest.MeanResponse, row.GetDouble(3), 12);
        Assert.Equal((manifest.FirstTime, manifest.LastTime, 300_000L), (row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)));
        command.CommandText = $"SELECT string_agg(DISTINCT type ORDER BY type) FROM parquet_schema('{Path.Combine(Out, "interactions.parquet")}') WHERE name <> 'root' AND type IS NOT NULL";
        Assert.Equal("DOUBLE,INT64", command.ExecuteScalar());
    }

    [Fact]
    public void ADatasetOfOnesOwnIsWrittenAndRead()
    {
        var dataset = new Dataset
        {
            Name = "mine",
            Interactions = new DataTable([new IntegerColumn("user_idx", [4, 4]), new IntegerColumn("item_idx", [1, 2]), new NumberColumn("response", [.25, 1])]),
            Users = new DataTable([new IntegerColumn("user_idx", [4]), new TextColumn("gender", ["F"])]),
        };
        DatasetFolder.Write(Out, dataset);
        var read = DatasetFolder.Read(Out);
        Assert.Equal("mine", read.Name);
        Assert.Equal([4L, 4], Integers(read.Interactions, "user_idx"));
        Assert.Equal([.25, 1], Numbers(read.Interactions, "response"));
        Assert.Equal(["user_idx", "item_idx", "response"], Names(read.Interactions));
        Assert.Equal(["F"], Texts(read.Users, "gender"));
        Assert.Null(read.Items);
        Assert.Throws<ArgumentException>(() => DatasetFolder.Write(_folder.PathOf("other"), dataset with { Interactions = dataset.Users }));
        Assert.False(Directory.Exists(_folder.PathOf("other")));
    }

    [Fact]
    public void AnExistingDestinationIsRefusedAndUntouched()
    {
        WriteSource(rows: 10);
        Directory.CreateDirectory(Out);
        Refuses(() => Import(), "exists already");
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    [Theory]
    [InlineData("out")]
    [InlineData("some/folders/out")]
    public void AFailedImportLeavesNothing(string destination)
    {
        WriteSource(rows: 300_000, lastLine: "1,x,3,4\n"); // Bad only after a row group was written.
        Refuses(() => DatasetSource.Open(_source.Path).Import(_folder.PathOf(destination)), "line 300002, column 'movieId'");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void ACancelledImportLeavesNothing()
    {
        WriteSource(rows: 300_000);
        using var cancellation = new CancellationTokenSource();
        var shares = new List<double>();
        Assert.Throws<OperationCanceledException>(() => DatasetSource.Open(_source.Path).Import(
            Out,
            progress =>
            {
                shares.Add(progress.Share);
                if (progress.Rows >= 262_144)
                    cancellation.Cancel();
            },
            cancellation.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        // A look at every 65,536 rows; the fifth was after the cancellation.
        Assert.Equal(4, shares.Count);
        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[^1], .8, 1); // 262,144 of 300,000 rows are .87, and reading is ahead of the rows by a buffer.
    }

    [Fact]
    public void WhatAKilledProcessLeftIsClearedAway()
    {
        WriteSource(rows: 10);
        Directory.CreateDirectory(Out + ".part");
        File.WriteAllText(Out + ".part/interactions.parquet", "half");
        File.WriteAllText(Out + ".part/.lock", "");
        Import();
        Assert.Equal(10, DatasetFolder.Read(Out).Interactions.RowCount);
        Assert.False(Directory.Exists(Out + ".part"));
    }

    [Fact]
    public void ADestinationThatAnotherImportWritesIsRefused()
    {
        WriteSource(rows: 10);
        Directory.CreateDirectory(Out + ".part");
        using (new FileStream(Out + ".part/.lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            Refuses(() => Import(), "Another import");
        Assert.True(File.Exists(Out + ".part/.lock"));
    }

    [Theory]
    [InlineData("interactions.parquet", "There is no")]
    [InlineData("items.parquet", "There is no")]
    [InlineData("dataset.json", "holds no dataset.json")]
    public void AMissingFileIsTold(string file, string told)
    {
        WriteSource(rows: 10);
        Import();
        File.Delete(Path.Combine(Out, file));
        Refuses(() => DatasetFolder.Read(Out), told);
    }

    [Theory]
    [InlineData("\"rows\": 10", "\"rows\": 11", "interactions.parquet holds 10 rows, dataset.json says 11")]
    [InlineData("\"users\": 2", "\"users\": 3", "holds 2 distinct users, dataset.json says 3")]
    [InlineData("\"items\": 10", "\"items\": 9", "holds 10 distinct items, dataset.json says 9")]
    [InlineData("\"itemRows\": 1000", "\"itemRows\": 999", "items.parquet holds 1000 rows, dataset.json says 999")]
    [InlineData("\"version\": 1", "\"version\": 2", "has version 2, this program reads version 1")]
    [InlineData("\"rows\": 10", "\"row\": 10", "cannot be read")]
    [InlineData("{", "", "cannot be read")]
    public void ACountThatDoesNotAgreeIsTold(string said, string instead, string told)
    {
        WriteSource(rows: 10);
        Import();
        var file = Path.Combine(Out, "dataset.json");
        var text = File.ReadAllText(file);
        Assert.Contains(said, text, StringComparison.Ordinal);
        var first = text.IndexOf(said, StringComparison.Ordinal);
        File.WriteAllText(file, string.Concat(text.AsSpan(0, first), instead, text.AsSpan(first + said.Length)));
        Refuses(() => DatasetFolder.Read(Out), told);
    }

    [Fact]
    public void ACutFileOfInteractionsIsTold()
    {
        WriteSource(rows: 1000);
        Import();
        var file = Path.Combine(Out, "interactions.parquet");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        Refuses(() => DatasetFolder.Read(Out), "interactions.parquet cannot be read as Parquet");
        Refuses(() => DatasetFolder.Read(_folder.PathOf("absent")), "There is no folder");
    }

    private DatasetManifest Import() => DatasetSource.Open(_source.Path).Import(Out);

    /// <summary>Row r: user r % 2 up to 1000 rows and r / 1000 beyond, so that no pair occurs twice; item r % 1000; stars 1 to 5.</summary>
    private void WriteSource(int rows, string lastLine = "")
    {
        using (var ratings = new StreamWriter(_source.PathOf("ratings.csv")) { NewLine = "\n" })
        {
            ratings.WriteLine("userId,movieId,rating,timestamp");
            for (var row = 0; row < rows; row++)
                ratings.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(rows <= 1000 ? row % 2 : row / 1000)},{row % 1000},{1 + (row % 9 * .5)},{1_000_000 + row}"));
            ratings.Write(lastLine);
        }
        _source.Write("movies.csv", "movieId,title,genres\n" + string.Concat(Enumerable.Range(0, 1000).Select(movie => $"{movie},Movie {movie} (1990),Drama\n")));
    }
}
