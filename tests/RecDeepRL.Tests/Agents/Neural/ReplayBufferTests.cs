using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class ReplayBufferTests
{
    private sealed record Options : ReplayOptions;

    private static readonly EnvironmentSpec s_spec = new()
    {
        Name = "rows",
        UserCount = 10_000,
        ItemCount = 10_000,
        SlateSize = 2,
        HistoryLength = 1,
        UserFeatureCount = 1,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 1,
        PopulationFingerprint = "",
    };

    [Fact]
    public void RowsComeBackAsTheyWentIn()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, 100, keepsNext: true);
        buffer.Add(Rows(0, 3));
        var batch = buffer.Take(arange(2, ScalarType.Int64) * 2);
        // Age 0 is row 2, age 2 is row 0; row r holds user r, items 2r and 2r + 1, response r / 8, next user's item r + 1.
        Assert.Equal([2L, 0L], batch.Observation.UserIds.data<long>().ToArray());
        Assert.Equal([4L, 5L, 0L, 1L], batch.Items.data<long>().ToArray());
        Assert.Equal([0.25f, 0.25f, 0f, 0f], batch.Responses.data<float>().ToArray());
        Assert.Equal([2f, 0f], batch.Observation.UserFeatures!.data<float>().ToArray());
        Assert.Equal([2L, 0L], batch.Observation.RecentItems.data<long>().ToArray());
        Assert.Equal([3L, 1L], batch.Next!.RecentItems.data<long>().ToArray());
        Assert.Equal([0.5f, 0.5f], batch.Next!.RecentResponses.data<float>().ToArray());
        Assert.Equal(ScalarType.Int64, batch.Items.dtype);
    }

    [Fact]
    public void TerminatedIsKeptAndTruncatedDoesNotPassForIt()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, 100, keepsNext: true);
        buffer.Add(Rows(0, 3));
        // Rows(…) terminates odd rows and truncates every third one, beginning with row 0.
        Assert.Equal([false, true, false], buffer.Take(Ages(3)).Terminated.data<bool>().ToArray());
    }

    [Theory]
    [InlineData(5, 3, 4)]     // wraps within a round
    [InlineData(5, 5, 3)]     // ends exactly at the end of the storage
    [InlineData(5, 7, 2)]     // more rows in a round than fit
    [InlineData(3000, 1300, 4)] // doubles from 1024 to 2048 to 3000, then wraps
    [InlineData(1, 2, 3)]
    public void TheLatestRowsStayWhenTheRingTurns(int capacity, int rowsPerRound, int rounds)
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, capacity, keepsNext: false);
        for (var round = 0; round < rounds; round++)
        {
            buffer.Add(Rows(round * rowsPerRound, rowsPerRound));
            var written = (long)(round + 1) * rowsPerRound;
            Assert.Equal(Math.Min(capacity, written), buffer.Count);
            var expected = Enumerable.Range(0, (int)buffer.Count).Select(age => written - 1 - age);
            Assert.Equal(expected, buffer.Take(Ages(buffer.Count)).Observation.UserIds.data<long>().ToArray());
        }
    }

    [Fact]
    public void TheLatestRoundsAreCountedWhileTheirRowsAreStillHere()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, 10, keepsNext: false);
        foreach (var (first, count) in new[] { (0, 4), (4, 1), (5, 3) })
            buffer.Add(Rows(first, count));
        Assert.Equal([3L, 4L, 8L, 8L], new int?[] { 1, 2, 3, null }.Select(buffer.CountOf));
        buffer.Add(Rows(8, 6));
        // 6 + 3 = 9 rows of the last two rounds; with the third it would be 10, with the fourth 14, of which 10 are left.
        Assert.Equal([6L, 9L, 10L, 10L, 10L], new int?[] { 1, 2, 3, 4, null }.Select(buffer.CountOf));
    }

    [Fact]
    public void SamplesAreUniformOverTheFilledRowsAndNoOther()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, 5000, keepsNext: false);
        buffer.Add(Rows(100, 50));
        const int Draws = 50_000;
        var users = buffer.Sample(new RandomStream(1, "test"), 0, Draws, buffer.Count).Observation.UserIds.data<long>().ToArray();
        Assert.All(users, user => Assert.InRange(user, 100, 149));
        // Each row: Binomial(50000, 1/50), mean 1000, deviation 31.3. χ² with 49 degrees of freedom: mean 49, deviation √98 = 9.9; four of them give 88.6.
        var counts = Enumerable.Range(100, 50).Select(user => users.Count(drawn => drawn == user)).ToArray();
        Assert.InRange(counts.Sum(count => Math.Pow(count - 1000, 2) / 1000), 9.4, 88.6);
    }

    [Fact]
    public void AWindowLeavesOlderRowsOutAndEachDrawIsAnother()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, 50, keepsNext: false);
        buffer.Add(Rows(0, 40));
        buffer.Add(Rows(40, 20));
        var stream = new RandomStream(1, "test");
        var first = buffer.Sample(stream, 0, 500, buffer.CountOf(1)).Observation.UserIds.data<long>().ToArray();
        var again = buffer.Sample(stream, 0, 500, buffer.CountOf(1)).Observation.UserIds.data<long>().ToArray();
        var second = buffer.Sample(stream, 1, 500, buffer.CountOf(1)).Observation.UserIds.data<long>().ToArray();
        Assert.Equal([.. Enumerable.Range(40, 20).Select(user => (long)user)], first.Distinct().Order());
        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(60)]
    public void ASavedBufferHoldsTheSameRowsAndGoesOnInTheSamePlace(int rows)
    {
        using var scope = NewDisposeScope();
        using var original = new ReplayBuffer(s_spec, 50, keepsNext: true);
        if (rows > 0)
            original.Add(Rows(0, rows));
        var checkpoint = new MemoryCheckpoint();
        original.Save(checkpoint);
        using var restored = new ReplayBuffer(s_spec, 50, keepsNext: true);
        restored.Add(Rows(500, 7));
        restored.Load(checkpoint);
        foreach (var buffer in new[] { original, restored })
            buffer.Add(Rows(rows, 20));
        var one = new MemoryCheckpoint();
        var other = new MemoryCheckpoint();
        original.Save(one);
        restored.Save(other);
        one.AssertSameAs(other);
        Assert.Equal(original.CountOf(1), restored.CountOf(1));
    }

    [Fact]
    public void ASmallRunDoesNotAllocateTheCapacity()
    {
        // 2³¹ − 1 rows would be over 100 GB.
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, int.MaxValue, keepsNext: true);
        buffer.Add(Rows(0, 3));
        Assert.Equal(3, buffer.Count);
    }

    private static Tensor Ages(long count) => arange(count, ScalarType.Int64);

    [Theory]
    [InlineData("count", 101)] // more than fit
    [InlineData("count", 4)] // more than were written
    [InlineData("written", 2)]
    [InlineData("written", 99)] // a ring that has not turned
    public void CountersThatNoBufferLeavesAreRefused(string counter, long value) => Refuses(state => state.Counters[counter] = value);

    [Theory]
    [InlineData("count")]
    [InlineData("written")]
    public void ACounterBelowNoneIsAMistakeOfTheUser(string counter)
    {
        using var state = State();
        state.Counters[counter] = -1;
        using var buffer = new ReplayBuffer(s_spec, 100, keepsNext: true);
        Assert.Contains($"'{counter}'", Assert.Throws<UserMistakeException>(() => buffer.Load(state)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("items", -1)]
    [InlineData("items", 10_000)]
    [InlineData("state.recentItems", -2)]
    [InlineData("next.recentItems", 10_000)]
    [InlineData("state.userIds", -1)]
    [InlineData("next.userIds", 10_000)]
    [InlineData("rounds", 101)]
    public void IdsThatThereAreNotAreRefused(string column, long id) => Refuses(state => state.Tensors[column].reshape(-1).narrow(0, 0, 1).fill_(id));

    [Theory]
    [InlineData("before", 3)]
    [InlineData("after", -2)]
    [InlineData("latestRows", 3)]
    public void RowsThatWereNeverWrittenAreRefused(string column, long row) => Refuses(state => state.Tensors[column].narrow(0, 0, 1).fill_(row), steps: 3);

    private static void Refuses(Action<MemoryCheckpoint> forge, int steps = 1)
    {
        using var scope = NewDisposeScope();
        using var state = State(steps);
        using var buffer = new ReplayBuffer(s_spec, new Options { ReplayCapacity = 100, ReturnSteps = steps });
        buffer.Load(state);
        Assert.Equal(3, buffer.Count);
        forge(state);
        Assert.Throws<ArgumentException>(() => buffer.Load(state));
    }

    /// <summary>Of three rows in a buffer of a hundred.</summary>
    private static MemoryCheckpoint State(int steps = 1)
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(s_spec, new Options { ReplayCapacity = 100, ReturnSteps = steps });
        buffer.Add(Rows(0, 3));
        var state = new MemoryCheckpoint();
        buffer.Save(state);
        return state;
    }

    private static Feedback Rows(int first, int count)
    {
        var rows = arange(first, first + count, ScalarType.Int64);
        return new Feedback
        {
            Observation = Observation(rows, 0, 1),
            Slates = stack([rows * 2, (rows * 2) + 1], 1),
            Responses = rows.to_type(ScalarType.Float32).div(8).unsqueeze(1).expand(-1, 2),
            Reward = zeros(count),
            NextObservation = Observation(rows, 1, 0.5f),
            Terminated = rows.remainder(2).eq(1),
            Truncated = rows.remainder(3).eq(0),
        };
    }

    private static Observation Observation(Tensor rows, long shift, float response) => new()
    {
        UserIds = rows.clone(),
        UserFeatures = rows.to_type(ScalarType.Float32).unsqueeze(1),
        RecentItems = rows.add(shift).unsqueeze(1),
        RecentResponses = full([rows.shape[0], 1], response),
        Iteration = 0,
        DrawKey = 0,
    };
}
