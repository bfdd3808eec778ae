using System.Globalization;
using CsvHelper;
using DuckDB.NET.Data;
using RecDeepRL.Experiments.Comparison;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.Comparison;

/// <summary>The tables of a comparison, read by others.</summary>
public sealed class ResultTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ResultTablesTests()
    {
        var plan = new ComparisonPlan
        {
            Pairs =
            [
                SmallRuns.Plan("random", "popular"), SmallRuns.Plan("ucb", "popular") with { AgentOptions = new Dictionary<string, string> { ["exploration"] = "0.5" } },
                SmallRuns.Plan("ucb", "composed", iterations: 4),
            ],
            Seeds = [1, 2],
        }.Resolve(SmallRuns.Registered);
        using var folder = ComparisonFolder.Open(_folder.Path, plan, "cpu", "");
        new ComparisonRunner(SmallRuns.Registered, CPU, 1) { Finished = folder.Save }.Run(plan, CancellationToken.None);
        folder.Conclude(SmallRuns.Registered);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DuckDbReadsARowForEachCellAndIterationWithEveryOption()
    {
        var rounds = _folder.PathOf("iterations.parquet");

        // 2 seeds · (6 + 6 + 4) iterations.
        Assert.Equal([32L], Query($"select count(*) from '{rounds}'"));
        Assert.Equal([null, .5, 2.0], Query($"select distinct \"agent.exploration\" from '{rounds}' order by 1 nulls first"));
        Assert.Equal([24L], Query($"select count(*) from '{rounds}' where \"environment.response\" is null"));
        Assert.Equal([60L], Query($"select distinct \"environment.users\" from '{rounds}'"));
        Assert.Equal(
            [("VARCHAR", "environment"), ("BIGINT", "iteration"), ("DOUBLE", "mean_expected"), ("DOUBLE", "agent.exploration"), ("VARCHAR", "agent.selection"), ("BOOLEAN", "environment.excludeSeen")],
            new[] { "environment", "iteration", "mean_expected", "agent.exploration", "agent.selection", "environment.excludeSeen" }
                .Select(name => ((string)Query($"select column_type from (describe select * from '{rounds}') where column_name = '{name}'")[0]!, name)));
    }

    [Fact]
    public void TheIterationsAddUpToTheResults()
    {
        // The mean while training is over all slates shown, so users weigh the means of the iterations.
        var differences = Query(
            $"""
            select max(abs(r.training_mean - i.mean)) from '{_folder.PathOf("results.parquet")}' r join (
                select environment, agent, seed, sum(users * mean_responses) / sum(users) as mean from '{_folder.PathOf("iterations.parquet")}' group by all) i
            using (environment, agent, seed)
            """);

        Assert.InRange((double)differences[0]!, 0, 1e-12);
    }

    [Theory]
    [InlineData("results")]
    [InlineData("iterations")]
    public void BothFormatsHoldTheSame(string name)
    {
        using var text = new StreamReader(_folder.PathOf(name + ".csv"));
        using var reader = new CsvReader(text, CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        var columns = reader.HeaderRecord!;
        Assert.Equal(columns, Query($"select column_name from (describe select * from '{_folder.PathOf(name + ".parquet")}')"));
        var count = 0;
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"select * from '{_folder.PathOf(name + ".parquet")}'";
        using var rows = command.ExecuteReader();
        while (reader.Read())
        {
            Assert.True(rows.Read());
            foreach (var (place, column) in columns.Index())
            {
                var written = rows.IsDBNull(place) ? "" : rows.GetValue(place) is bool flag ? (flag ? "true" : "false") : Convert.ToString(rows.GetValue(place), CultureInfo.InvariantCulture);
                Assert.Equal(written, reader.GetField(column));
            }
            count++;
        }
        Assert.False(rows.Read());
        Assert.True(count >= 6);
    }

    [Fact]
    public void ConcludingAgainChangesNoByte()
    {
        string[] names = ["results.csv", "results.parquet", "iterations.csv", "iterations.parquet", "statistics.json"];
        var before = names.Select(name => File.ReadAllBytes(_folder.PathOf(name))).ToList();
        using (var folder = ComparisonFolder.Open(_folder.Path, ComparisonFolder.Read(_folder.Path).Plan!, "cpu", ""))
            folder.Conclude(SmallRuns.Registered);

        Assert.Equal(before, names.Select(name => File.ReadAllBytes(_folder.PathOf(name))));
    }

    private static DuckDBConnection Connect()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }

    /// <summary>The first column of the answer.</summary>
    private static List<object?> Query(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var values = new List<object?>();
        while (rows.Read())
            values.Add(rows.IsDBNull(0) ? null : rows.GetValue(0));
        return values;
    }
}
