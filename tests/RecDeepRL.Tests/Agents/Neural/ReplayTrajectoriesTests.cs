using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Returns of several steps. Rows hold their own reward, so that a wrong turn shows in the sum.</summary>
public sealed class ReplayTrajectoriesTests
{
    private sealed record Options : ReplayOptions;

    private static readonly EnvironmentSpec s_spec = new()
    {
        Name = "rows",
        UserCount = 10,
        ItemCount = 1000,
        SlateSize = 1,
        HistoryLength = 1,
        UserFeatureCount = 0,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 1,
        PopulationFingerprint = "",
    };

    [Fact]
    public void LaterRewardsAreThoseOfTheSameUserAndRoundsWithoutTheUserDoNotCount()
    {
        using var scope = NewDisposeScope();
        using var buffer = Buffer(3);
        Play(buffer, 0, (1, 1), (2, 10));
        Play(buffer, 1, (2, 20));
        Play(buffer, 2, (1, 2));
        Play(buffer, 5, (1, 4), (2, 30));
        var batch = Take(buffer, 3);
        // Oldest first: user 1's 1, 2, 4 and user 2's 10, 20, 30; discount ½. After 1 come 2/2 + 4/4 = 2, then ⅛ of what follows. After 10: 20/2 + 30/4 = 17.5.
        // After 20: 30/2 = 15, two steps known: ¼. After 2: 4/2 = 2. The latest rows know one step: ½.
        Assert.Equal([2f, 17.5f, 15f, 2f, 0f, 0f], Numbers(batch.LaterRewards!));
        Assert.Equal([0.125f, 0.125f, 0.25f, 0.25f, 0.5f, 0.5f], Numbers(batch.Discounts!));
        // What follows is the observation after the last step of the return, which holds that step's reward as item: 4, 30, 30, 4, 4, 30.
        Assert.Equal([4L, 30L, 30L, 4L, 4L, 30L], batch.Next!.RecentItems.data<long>().ToArray());
        // The rows themselves stay what they were.
        Assert.Equal([1f, 10f, 20f, 2f, 4f, 30f], Numbers(batch.Responses.squeeze(1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AReturnStopsAtTheEndOfAnEpisodeAndOnlyATerminatedOneHasNothingAfterIt(bool terminated)
    {
        using var scope = NewDisposeScope();
        using var buffer = Buffer(4);
        Play(buffer, 0, (1, 1));
        Play(buffer, 1, terminated, !terminated, (1, 2));
        Play(buffer, 2, (1, 100));
        Play(buffer, 3, (1, 200));
        var batch = Take(buffer, 4);
        // After 1 comes 2/2 = 1 and the end, not the next visitor's 100.
        Assert.Equal([1f, 0f, 100f, 0f], Numbers(batch.LaterRewards!));
        Assert.Equal([0.25f, 0.5f, 0.25f, 0.5f], Numbers(batch.Discounts!));
        Assert.Equal([terminated, terminated, false, false], batch.Terminated.data<bool>().ToArray());
        Assert.Equal([2L, 2L, 200L, 200L], batch.Next!.RecentItems.data<long>().ToArray());
    }

    [Fact]
    public void AtTheTurnOfTheRingNoReturnLeadsToARowOfAnotherTrajectory()
    {
        using var scope = NewDisposeScope();
        const int Capacity = 5;
        using var buffer = Buffer(3, Capacity);
        var written = new List<(int User, int Reward)>();
        var luck = new RandomStream(1, "users");
        for (var round = 0; round < 40; round++)
        {
            var user = (int)(luck.Bits(round, 0) % 3);
            var reward = 1 + (int)(luck.Bits(round, 1) % 7);
            Play(buffer, round, (user, reward));
            written.Add((user, reward));
            var here = written.TakeLast(Capacity).ToList();
            var batch = Take(buffer, 3);
            for (var row = 0; row < here.Count; row++)
            {
                var own = here.Skip(row).Where(other => other.User == here[row].User).Take(3).Select(other => other.Reward).ToList();
                Assert.Equal(own.Skip(1).Select((later, step) => later * MathF.Pow(0.5f, step + 1)).Sum(), Numbers(batch.LaterRewards!)[row], 6);
                Assert.Equal(MathF.Pow(0.5f, own.Count), Numbers(batch.Discounts!)[row], 6);
                Assert.Equal(own[^1], batch.Next!.RecentItems[row, 0].item<long>());
            }
        }
    }

    [Fact]
    public void FeedbackThatArrivesLateTakesItsPlaceInTheTrajectory()
    {
        using var scope = NewDisposeScope();
        using var buffer = Buffer(4);
        // Rounds arrive in the order 0, 3, 1, 2 for user 1; user 2 is there to be left alone.
        foreach (var round in new[] { 0, 3, 1, 2 })
            Play(buffer, round, (1, 1 + round), (2, 100));
        var batch = Take(buffer, 4);
        // In the order of the rounds user 1 is paid 1, 2, 3, 4. After 1: 2/2 + 3/4 + 4/8 = 2.25; after 4: nothing; after 2: 3/2 + 4/4 = 2.5; after 3: 4/2.
        Assert.Equal([2.25f, 0f, 2.5f, 2f], Numbers(batch.LaterRewards!.reshape(4, 2).select(1, 0)));
    }

    [Fact]
    public void RowsThatARoundHasNoRoomForBreakTheTrajectory()
    {
        using var scope = NewDisposeScope();
        using var buffer = Buffer(2, 3);
        Play(buffer, 0, (1, 1));
        // Four rows for three places: user 1's is dropped.
        Play(buffer, 1, (1, 2), (2, 3), (3, 4), (4, 5));
        Play(buffer, 2, (1, 6));
        Assert.Equal([0f, 0f, 0f], Numbers(Take(buffer, 2).LaterRewards!));
    }

    [Fact]
    public void ASavedBufferGoesOnWithTheSameTrajectories()
    {
        using var scope = NewDisposeScope();
        using var buffer = Buffer(3, 6);
        for (var round = 0; round < 5; round++)
            Play(buffer, round, (1, round), (2, 10 + round));
        using var state = new MemoryCheckpoint();
        buffer.Save(state);
        using var restored = Buffer(3, 6);
        restored.Load(state);
        foreach (var one in new[] { buffer, restored })
            Play(one, 5, (2, 7), (1, 8));
        Assert.Equal(Numbers(Take(buffer, 3).LaterRewards!), Numbers(Take(restored, 3).LaterRewards!));
        // Rewards 3, 13, 4, 14, 7, 8 are left: after 3 come 4/2 + 8/4, after 13 14/2 + 7/4, after 4 8/2, after 14 7/2.
        Assert.Equal([4f, 8.75f, 4f, 3.5f, 0f, 0f], Numbers(Take(restored, 3).LaterRewards!));
    }

    private static ReplayBuffer Buffer(int steps, int capacity = 100) => new(s_spec, new Options { ReturnSteps = steps, ReplayCapacity = capacity, BatchSize = 1 });

    /// <summary>All rows, oldest first, with a discount of one half.</summary>
    private static ReplayBatch Take(ReplayBuffer buffer, int steps) => buffer.Take(arange(buffer.Count - 1, -1, -1, ScalarType.Int64), steps, 0.5);

    private static float[] Numbers(Tensor values) => values.data<float>().ToArray();

    private static void Play(ReplayBuffer buffer, long iteration, params (int User, int Reward)[] rows) => Play(buffer, iteration, false, false, rows);

    /// <summary>One round in which every row's next observation shows its reward as an item.</summary>
    private static void Play(ReplayBuffer buffer, long iteration, bool terminated, bool truncated, params (int User, int Reward)[] rows)
    {
        using var scope = NewDisposeScope();
        var users = tensor(rows.Select(row => (long)row.User).ToArray());
        var rewards = tensor(rows.Select(row => (float)row.Reward).ToArray());
        buffer.Add(new Feedback
        {
            Observation = Observation(users, zeros_like(users), iteration),
            Slates = zeros(rows.Length, 1, dtype: ScalarType.Int64),
            Responses = rewards.unsqueeze(1),
            Reward = rewards,
            NextObservation = Observation(users, rewards.to_type(ScalarType.Int64), iteration + 1),
            Terminated = full([rows.Length], terminated, ScalarType.Bool),
            Truncated = full([rows.Length], truncated, ScalarType.Bool),
        });
    }

    private static Observation Observation(Tensor users, Tensor items, long iteration) => new()
    {
        UserIds = users,
        RecentItems = items.unsqueeze(1),
        RecentResponses = zeros(users.shape[0], 1),
        Iteration = iteration,
        DrawKey = iteration,
    };
}
