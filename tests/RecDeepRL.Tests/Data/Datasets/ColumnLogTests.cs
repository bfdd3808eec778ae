using System.Text;
using Parquet;
using Parquet.Schema;
using RecDeepRL.Data.Datasets;
using static RecDeepRL.Tests.Data.Datasets.SourceFolder;

namespace RecDeepRL.Tests.Data.Datasets;

public sealed class ColumnLogTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ColumnsDelimiterAndEncodingMayBeNamed()
    {
        _folder.Write("visits.csv", "été;who;what;when\n1;9;4;2020-07-05 00:08:23.438\n0;8;4;1970-01-01T00:00:00Z\n0;8;5;1970-01-01 01:00:00+01:00\n", Encoding.Latin1);
        var data = Read("visits.csv", new LogColumns { User = "who", Item = "what", Time = "when", TimeUnit = TimeUnit.Date, Delimiter = ";", Encoding = "latin1" }, "été");
        Assert.Equal("visits", data.Name);
        Assert.Equal([9L, 8, 8], Integers(data.Interactions, "user_idx"));
        Assert.Equal([4L, 4, 5], Integers(data.Interactions, "item_idx"));
        Assert.Equal([1.0, 0, 0], Numbers(data.Interactions, "response"));
        Assert.Equal([1593907703L, 0, 0], Integers(data.Interactions, "timestamp")); // 18448 days, 8 minutes and 23 seconds: 18448 · 86400 + 503.
        Assert.Null(data.Users);
        Assert.Null(data.Items);
    }

    [Theory]
    [InlineData(TimeUnit.Seconds, "1593907703", 1593907703)]
    [InlineData(TimeUnit.Seconds, "1593907703.9", 1593907703)]
    [InlineData(TimeUnit.Milliseconds, "1593907703999", 1593907703)]
    [InlineData(TimeUnit.Microseconds, "1593907703999999", 1593907703)]
    public void TimesComeOutInWholeSeconds(TimeUnit unit, string text, long seconds)
    {
        _folder.Write("log.csv", $"user_id,item_id,t\n1,2,{text}\n");
        Assert.Equal([seconds], Integers(Read("log.csv", new LogColumns { Time = "t", TimeUnit = unit }).Interactions, "timestamp"));
    }

    [Fact]
    public void WithoutAColumnEveryRowIsAResponseOfOneAndWithoutATimeThereIsNone()
    {
        _folder.Write("log.csv", "user_id,item_id\n1,2\n1,2\n");
        var data = Read("log.csv", new LogColumns());
        Assert.Equal([1.0, 1], Numbers(data.Interactions, "response"));
        Assert.Equal(["user_idx", "item_idx", "response"], Names(data.Interactions));
    }

    [Fact]
    public void TextKeysAreNumberedAndKept()
    {
        _folder.Write("log.csv", "user_id,item_id,stars\nann,B0\u00e9,5\nbob,\"x, \"\"y\"\"\",1\nann,\"x, \"\"y\"\"\",2\n");
        var data = Read("log.csv", new LogColumns { TextKeys = true }, "stars");
        Assert.Equal([0L, 1, 0], Integers(data.Interactions, "user_idx"));
        Assert.Equal([0L, 1, 1], Integers(data.Interactions, "item_idx"));
        Assert.Equal(["ann", "bob"], Texts(data.Users, "key"));
        Assert.Equal(["B0é", "x, \"y\""], Texts(data.Items, "key"));
        _folder.Write("empty.csv", "user_id,item_id,stars\n,b,5\n");
        Refuses(() => Read("empty.csv", new LogColumns { TextKeys = true }), "line 2, column 'user_id': '' was received, expected is a key");
    }

    [Fact]
    public void AQuotedFieldMayHaveSeveralLines()
    {
        _folder.Write("log.csv", "user_id,review,item_id,stars\n1,\"good\nvery \"\"good\"\"\n\",2,5\n3,bad,4,x\n");
        Refuses(() => Read("log.csv", new LogColumns(), "stars"), "log.csv, line 5, column 'stars': 'x'");
        _folder.Write("log.csv", "user_id,review,item_id,stars\n1,\"good\nvery \"\"good\"\"\n\",2,5\n3,bad,4,1\n");
        Assert.Equal([2L, 4], Integers(Read("log.csv", new LogColumns(), "stars").Interactions, "item_idx"));
    }

    [Fact]
    public void AParquetTableIsReadWhateverTheTypesOfItsNumbers()
    {
        WriteParquet("log.parquet", ("u", new[] { 1, 2 }), ("i", new long[] { 30, 40 }), ("r", new[] { .5f, 1f }), ("t", new long[] { 1_000, 2_999 }));
        var data = Read("log.parquet", new LogColumns { User = "u", Item = "i", Time = "t", TimeUnit = TimeUnit.Milliseconds }, "r");
        Assert.Equal([1L, 2], Integers(data.Interactions, "user_idx"));
        Assert.Equal([30L, 40], Integers(data.Interactions, "item_idx"));
        Assert.Equal([.5, 1], Numbers(data.Interactions, "response"));
        Assert.Equal([1L, 2], Integers(data.Interactions, "timestamp"));
    }

    [Fact]
    public void PartsOfAFolderFollowEachOtherAndDatesAndTextKeysAreUnderstood()
    {
        Directory.CreateDirectory(_folder.PathOf("log"));
        WriteParquet("log/part-0.parquet", ("user_id", new[] { "a", "b" }), ("item_id", new[] { 5, 5 }), ("t", new[] { DateTime.UnixEpoch.AddSeconds(61), DateTime.UnixEpoch }));
        WriteParquet("log/part-1.parquet", ("user_id", new[] { "b" }), ("item_id", new[] { 6 }), ("t", new[] { DateTime.UnixEpoch.AddDays(1) }));
        var data = Read("log", new LogColumns { Time = "t", TextKeys = true });
        Assert.Equal([0L, 1, 1], Integers(data.Interactions, "user_idx"));
        Assert.Equal([61L, 0, 86400], Integers(data.Interactions, "timestamp"));
        Assert.Equal(["a", "b"], Texts(data.Users, "key"));
        Assert.Equal(["5", "6"], Texts(data.Items, "key"));
    }

    [Fact]
    public void MistakesAreTold()
    {
        _folder.Write("log.csv", "user_id,item_id,stars\n1,2,3\n").Write("twice.csv", "user_id,user_id\n1,2\n").Write("none.csv", "user_id,item_id\n");
        WriteParquet("log.parquet", ("user_id", new[] { "a" }), ("item_id", new[] { 5 }), ("t", new long[] { -5 }), ("f", new[] { .5 }));
        Refuses(() => DatasetSource.Read(_folder.PathOf("absent")), "There is no", "absent");
        Refuses(() => DatasetSource.Read(_folder.PathOf("log.csv")), "is a file", "--user-column");
        Refuses(() => DatasetSource.Read(_folder.Path), "holds no data set that is known by its files", "movielens-1m (ratings.dat, users.dat, movies.dat)");
        Refuses(() => Read("log.csv", new LogColumns { User = "who" }), "has no column 'who', only 'user_id', 'item_id', 'stars'");
        Refuses(() => Read("twice.csv", new LogColumns()), "names a column twice");
        Refuses(() => Read("none.csv", new LogColumns()), "holds no interactions");
        Refuses(() => Read("log.csv", new LogColumns { Encoding = "klingon" }), "Unknown encoding 'klingon'", "utf-8");
        Refuses(() => Read("log.csv", new LogColumns { Delimiter = "" }), "--delimiter");
        Refuses(() => Read("log.parquet", new LogColumns()), "log.parquet, row 1, column 'user_id': 'a'", "--text-keys");
        Refuses(() => Read("log.parquet", new LogColumns { User = "absent" }), "has no column 'absent', only 'user_id'");
        Refuses(() => Read("log.parquet", new LogColumns { User = "f" }), "column 'f': numbers that are not whole");
        Refuses(() => Read("log.parquet", new LogColumns { User = "item_id", Time = "t" }), "row 1, column 't'", "1970");
        Refuses(() => DatasetSource.Read(_folder.PathOf("log.csv"), new ImportOptions { Format = "log2" }), "Unknown format 'log2'. Did you mean 'log'?");
        Refuses(() => DatasetSource.Read(_folder.Path, new ImportOptions { Format = "movielens-1m" }), "is not in the format movielens-1m", "users.dat");
        Refuses(() => DatasetSource.Read(_folder.Path, new ImportOptions { Format = "movielens-1m", Log = new LogColumns() }), "given for the format log, not for movielens-1m");
        Refuses(() => DatasetSource.Read(_folder.PathOf("log.csv"), new ImportOptions { SkipBad = -1 }), "--skip-bad was -1");
        Refuses(() => DatasetSource.Read(_folder.PathOf("log.csv"), new ImportOptions { Threshold = double.NaN }), "--threshold was NaN");
    }

    private Dataset Read(string file, LogColumns columns, string? response = null) =>
        DatasetSource.Read(_folder.PathOf(file), new ImportOptions { Log = columns, Response = response });

    private void WriteParquet(string name, params (string Name, Array Values)[] columns) => Task.Run(async () =>
    {
        var fields = columns.Select(column => new DataField(column.Name, column.Values.GetType().GetElementType()!)).ToArray();
        await using var stream = File.Create(_folder.PathOf(name));
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields.Cast<Field>()), stream);
        using var group = writer.CreateRowGroup();
        for (var column = 0; column < columns.Length; column++)
        {
            await (columns[column].Values switch
            {
                int[] values => group.WriteAsync<int>(fields[column], values),
                long[] values => group.WriteAsync<long>(fields[column], values),
                float[] values => group.WriteAsync<float>(fields[column], values),
                double[] values => group.WriteAsync<double>(fields[column], values),
                DateTime[] values => group.WriteAsync<DateTime>(fields[column], values),
                string[] values => group.WriteAsync(fields[column], values),
                var other => throw new ArgumentException($"No column of {other.GetType()} is written."),
            });
        }
    }).GetAwaiter().GetResult();
}
