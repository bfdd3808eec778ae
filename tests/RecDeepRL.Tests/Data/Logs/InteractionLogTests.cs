using DuckDB.NET.Data;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Data.Logs;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Data.Logs;

public sealed class InteractionLogTests : IDisposable
{
    private readonly WrittenLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void WhatIsReadIsWhatWasWritten()
    {
        _log.Write(rounds: 3, agent: new Opinion());

        var read = InteractionLog.Read(_log.Folder);
        Assert.Equal(3, read.IterationCount);
        var rows = read.Iterations().ToList();
        Assert.Equal([0L, 1L, 2L], rows.Select(one => one.Iteration));
        // Round 2 shows user 5 (key 105) the items 7 and 8, whose keys are 3 + 7·7 = 52 and 59; only item 8 is even.
        var last = rows[2];
        Assert.Equal((100, 105L, 105L), (last.Count, last.UserKeys[10], last.UserKeys[11]));
        Assert.Equal([52L, 59L], last.ItemKeys[10..12]);
        Assert.Equal([0f, 1f], last.Responses[10..12]);
        Assert.Equal([0, 1], last.Slots[10..12]);
        // The opinion: item / 10, unknown for item 0; the propensity is 1 / (slot + 2).
        Assert.Equal([.7f, .8f], last.Relevance[10..12]);
        Assert.Equal([.5f, 1 / 3f], last.Propensity[10..12]);
        Assert.Equal(Enumerable.Range(0, 100).Where(row => last.ItemKeys[row] == 3), Enumerable.Range(0, 100).Where(row => float.IsNaN(last.Relevance[row])));
    }

    [Fact]
    public void AnAgentWithoutOpinionsLeavesTheirColumnsEmpty()
    {
        _log.Write(rounds: 1);

        var rows = Assert.Single(InteractionLog.Read(_log.Folder).Iterations());
        Assert.All(rows.Relevance.Concat(rows.Propensity), value => Assert.True(float.IsNaN(value)));
        Assert.Equal(0L, Query<long>("SELECT count(relevance) + count(propensity) FROM log"));
    }

    [Fact]
    public void LargeRoundsAreWholeToo()
    {
        // 700,000 users × 2 slots are two chunks, each encoded on two threads.
        _log.Write(rounds: 1, users: 700_000);

        var rows = Assert.Single(InteractionLog.Read(_log.Folder).Iterations());
        Assert.Equal(1_400_000, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            var item = ((row / 2) + (row % 2)) % 20;
            if ((rows.UserKeys[row], rows.ItemKeys[row], rows.Responses[row], rows.Slots[row]) != (100 + (row / 2), 3 + (7 * item), 1 - (item % 2), row % 2))
                Assert.Fail($"row {row} differs");
        }
    }

    [Fact]
    public void OtherReadersSeeTheSameRows()
    {
        _log.Write(rounds: 4, agent: new Opinion());

        var rows = InteractionLog.Read(_log.Folder).Iterations().ToList();
        Assert.Equal(400L, Query<long>("SELECT count(*) FROM log"));
        Assert.Equal(rows.Sum(one => one.UserKeys.Sum()), (long)Query<System.Numerics.BigInteger>("SELECT sum(user_idx) FROM log"));
        Assert.Equal(rows.Sum(one => one.ItemKeys.Sum() * one.Iteration), (long)Query<System.Numerics.BigInteger>("SELECT sum(item_idx * __iter) FROM log"));
        Assert.Equal(rows.Sum(one => (double)one.Responses.Sum()), Query<double>("SELECT sum(response) FROM log"));
        Assert.Equal(rows.Sum(one => one.Relevance.Where(float.IsFinite).Sum(value => (double)value)), Query<double>("SELECT sum(relevance) FROM log"), 1e-6);
        Assert.Equal(200.0 / 2 + (200.0 / 3), Query<double>("SELECT sum(propensity) FROM log"), 1e-4);
        Assert.Equal("BIGINT,BIGINT,FLOAT,FLOAT,INTEGER,INTEGER,FLOAT", Query<string>("SELECT string_agg(column_type) FROM (DESCRIBE SELECT user_idx, item_idx, relevance, response, __iter, slot, propensity FROM log)"));
    }

    [Fact]
    public void ARoundWithoutUsersIsAnIterationWithoutRows()
    {
        using (var writer = _log.Open())
        {
            using var scope = NewDisposeScope();
            writer.Add(WrittenLog.Round(0, users: 0), null);
            writer.Add(WrittenLog.Round(1), null);
            writer.Complete();
        }

        Assert.Equal([0, 100], InteractionLog.Read(_log.Folder).Iterations().Select(rows => rows.Count));
        Assert.Equal(100L, Query<long>("SELECT count(*) FROM log"));
    }

    [Fact]
    public void AppendingGoesOnAfterTheLastIterationAndTakesLeftoversAway()
    {
        _log.Write(rounds: 2);
        File.WriteAllText(_log.PathOf(".iteration-00000002.parquet.part"), "half a file");

        _log.Write(rounds: 2, append: true, slateSize: 3, users: 10);

        Assert.Equal([100, 100, 30, 30], InteractionLog.Read(_log.Folder).Iterations().Select(rows => rows.Count));
        Assert.Empty(Directory.GetFiles(_log.Folder, "*.part"));
        Assert.Equal([(0L, 2), (2L, 3)], InteractionLog.Read(_log.Folder).Description.Runs.Select(run => (run.FirstIteration, run.SlateSize)));
    }

    [Fact]
    public void AnUnfinishedRoundLeavesNothing()
    {
        using (var writer = _log.Open())
        {
            using var scope = NewDisposeScope();
            writer.Add(WrittenLog.Round(0), null);
            Assert.Throws<InvalidOperationException>(() => writer.Add(WrittenLog.Round(1), new Failing()));
        }

        Assert.Equal(1, InteractionLog.Read(_log.Folder).IterationCount);
        Assert.Empty(Directory.GetFiles(_log.Folder, "*.part"));
    }

    [Fact]
    public void ALogIsNeverOverwritten()
    {
        _log.Write(rounds: 1);
        Assert.Contains("--append", Mistake(() => _log.Write(rounds: 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoWritersAtOnceAreRefused()
    {
        using var first = _log.Open();
        Assert.Contains("Another process", Mistake(() => _log.Open(append: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherColumnsOrTypesAreRefused()
    {
        _log.Write(rounds: 1);
        TableFile.Write(_log.PathOf("iteration-00000001.parquet"), new DataTable([new IntegerColumn("user_idx", [1]), new NumberColumn("score", [1])], "test"));

        Assert.Contains("iteration-00000001.parquet has the columns user_idx", Mistake(() => _log.Write(rounds: 1, append: true)), StringComparison.Ordinal);
        Assert.Contains("iteration-00000001.parquet has the columns user_idx", Mistake(() => InteractionLog.Read(_log.Folder).Iterations().ToList()), StringComparison.Ordinal);
    }

    [Fact]
    public void AGapIsRefusedByName()
    {
        _log.Write(rounds: 3);
        File.Delete(_log.PathOf("iteration-00000001.parquet"));

        Assert.Contains("iteration-00000001.parquet is missing", Mistake(() => InteractionLog.Read(_log.Folder)), StringComparison.Ordinal);
        Assert.Contains("iteration-00000001.parquet is missing", Mistake(() => _log.Write(rounds: 1, append: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsRefusedByNameWhereverItIs()
    {
        _log.Write(rounds: 2, users: 2000);
        var path = _log.PathOf("iteration-00000001.parquet");
        var whole = File.ReadAllBytes(path);
        Assert.Equal(2, InteractionLog.Read(_log.Folder).Iterations().Count());
        // One bit in the middle of each twentieth of the file, and the file cut off there: what is read is right, or it is refused by name.
        var expected = InteractionLog.Read(_log.Folder).Iterations().Last();
        for (var part = 0; part < 20; part++)
        {
            var place = ((2 * part) + 1) * whole.Length / 40;
            var damaged = whole.ToArray();
            damaged[place] ^= 0x10;
            foreach (var bytes in new[] { damaged, whole[..place] })
            {
                File.WriteAllBytes(path, bytes);
                try
                {
                    var read = InteractionLog.Read(_log.Folder).Iterations().Last();
                    Assert.Equal(expected.UserKeys, read.UserKeys);
                    Assert.Equal(expected.ItemKeys, read.ItemKeys);
                    Assert.Equal(expected.Responses, read.Responses);
                }
                catch (UserMistakeException mistake)
                {
                    Assert.Contains("iteration-00000001.parquet", mistake.Message, StringComparison.Ordinal);
                }
            }
        }
        File.WriteAllBytes(path, whole[..^20]);
        Assert.Contains("iteration-00000001.parquet is damaged (Invalid: ", Mistake(() => InteractionLog.Read(_log.Folder).Iterations().ToList()), StringComparison.Ordinal);
    }

    [Fact]
    public void ARenamedIterationIsNoticed()
    {
        _log.Write(rounds: 2);
        File.Copy(_log.PathOf("iteration-00000000.parquet"), _log.PathOf("iteration-00000001.parquet"), overwrite: true);

        Assert.Contains("another iteration than 1", Mistake(() => InteractionLog.Read(_log.Folder).Iterations().ToList()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "is damaged")]
    [InlineData("""{ "format": 2, "runs": [] }""", "has format 2")]
    [InlineData("""{ "format": 1 }""", "is damaged")]
    public void ADescriptionThatIsNoneIsRefused(string text, string complaint)
    {
        _log.Write(rounds: 1);
        File.WriteAllText(_log.PathOf("log.json"), text);
        Assert.Contains(complaint, Mistake(() => InteractionLog.Read(_log.Folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void KeysBecomeTheIdsOfAPopulation()
    {
        _log.Write(rounds: 1);
        using var scope = NewDisposeScope();

        using var round = Assert.Single(InteractionLog.Read(_log.Folder).RoundsOf(WrittenLog.People(), 2));
        using var expected = WrittenLog.Round(0);
        Assert.True(round.UserIds.SameAs(expected.Observation.UserIds));
        Assert.True(round.Slates.SameAs(expected.Slates));
        Assert.True(round.Responses.SameAs(expected.Responses));
    }

    [Fact]
    public void UnknownKeysAndOtherSlatesAreRefusedByName()
    {
        _log.Write(rounds: 1);
        var log = InteractionLog.Read(_log.Folder);

        Assert.Contains("user 149 in row 99", Mistake(() => log.RoundsOf(WrittenLog.People(users: 49), 2).ToList()), StringComparison.Ordinal);
        Assert.Contains("item 136 in row 38", Mistake(() => log.RoundsOf(WrittenLog.People(items: 19), 2).ToList()), StringComparison.Ordinal);
        Assert.Contains("slates of 2, the environment of 3", Mistake(() => log.RoundsOf(WrittenLog.People(), 3).ToList()), StringComparison.Ordinal);
    }

    private T Query<T>(string sql)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql.Replace("FROM log", $"FROM read_parquet('{_log.Folder}/*.parquet')", StringComparison.Ordinal);
        return (T)command.ExecuteScalar()!;
    }

    private static string Mistake(Func<object> action) => Assert.Throws<UserMistakeException>(action).Message;

    private static string Mistake(Action action) => Assert.Throws<UserMistakeException>(action).Message;

    private sealed class Opinion : IExplainsSlates
    {
        public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
        {
            var relevance = slates.to_type(ScalarType.Float32).div(10);
            return new SlateExplanation(
                relevance.masked_fill(slates.eq(0), float.NaN),
                arange(slates.shape[1], ScalarType.Float32).add(2).reciprocal().expand(slates.shape));
        }
    }

    private sealed class Failing : IExplainsSlates
    {
        public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode) => throw new InvalidOperationException();
    }
}
