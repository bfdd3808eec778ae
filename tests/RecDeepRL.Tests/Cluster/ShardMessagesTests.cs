using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Cluster;

/// <summary>What shards and clients say to each other, whole and spoilt.</summary>
public sealed class ShardMessagesTests
{
    [Fact]
    public void StatesComeBackAsTheyWere()
    {
        using var scope = NewDisposeScope();
        using var state = new SavedState();
        state.Write("a.b", rand(3, 4));
        state.Write("empty", zeros([0, 5], ScalarType.Int64));
        state.Write("flags", tensor(new[] { true, false }));
        state.Write("count", long.MinValue);
        state.Write("a.count", 7);

        using var read = StateBytes.Read(StateBytes.Write(state), "the test");

        Assert.Equal(state.Counters, read.Counters);
        Assert.Equal(state.Tensors.Keys, read.Tensors.Keys);
        Assert.All(state.Tensors, one => Assert.True(one.Value.SameAs(read.Tensors[one.Key])));
    }

    [Fact]
    public void SpoiltStatesAreRefused()
    {
        using var scope = NewDisposeScope();
        using var state = new SavedState();
        state.Write("weights", rand(3));
        state.Write("count", 7);
        var whole = StateBytes.Write(state);
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains("the test", Assert.Throws<UserMistakeException>(() => StateBytes.Read(whole[..length], "the test")).Message, StringComparison.Ordinal);
        // A counter that is no whole number.
        using var other = new SavedState();
        other.Write("#count", rand(1));
        Assert.Equal("the test is damaged: the counter 'count' is no whole number.", Assert.Throws<UserMistakeException>(() => StateBytes.Read(StateBytes.Write(other), "the test")).Message);
    }

    [Fact]
    public void RepliesCarryTheBeginningOfTheAnswer()
    {
        var read = ShardReply.Read(new ShardReply(ShardOutcome.Done, 5) { Text = "text" }.ToBytes([1, 2, 3]), out var beginning);
        Assert.Equal(new ShardReply(ShardOutcome.Done, 5) { Text = "text" }, read);
        Assert.Equal([1, 2, 3], beginning.ToArray());
    }

    [Fact]
    public void SpoiltRepliesAreRefused()
    {
        byte[][] spoilt =
        [
            [], [1, 2, 3], [255, 255, 255, 127], [0, 0, 0, 0], [2, 0, 0, 0, (byte)'{', (byte)'}'], [4, 0, 0, 0, .. "null"u8],
            // More at the beginning than there is in all, and less than nothing.
            new ShardReply(ShardOutcome.Done, 2).ToBytes([1, 2, 3]), new ShardReply(ShardOutcome.Done, -1).ToBytes([]),
            [.. new ShardReply(ShardOutcome.Done, 0).ToBytes([])[..^1]],
        ];
        Assert.All(spoilt, bytes => Assert.StartsWith("A worker sent what is no reply of a shard", Assert.Throws<InvalidDataException>(() => ShardReply.Read(bytes, out _)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void FaultsOfAShardArriveAsWhatTheyAre()
    {
        Assert.Equal("no (Said by shard 2, whose folders are those of its worker's machine.)", Assert.Throws<UserMistakeException>(() => ShardReply.Of(new UserMistakeException("no")).RequireDone(2)).Message);
        Assert.Equal("shard 2: NaN", Assert.Throws<ArithmeticException>(() => ShardReply.Of(new ArithmeticException("NaN")).RequireDone(2)).Message);
        // A fault of the program is none of a number.
        Assert.Throws<RemoteFaultException>(() => ShardReply.Of(new DivideByZeroException("zero")).RequireDone(2));
        new ShardReply(ShardOutcome.Done, 0).RequireDone(2);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""null""")]
    [InlineData("""[1""")]
    public void SpoiltOrdersAreRefused(string text) =>
        Assert.StartsWith("What was asked of the worker is no shard", Assert.Throws<UserMistakeException>(() => ShardOrder.Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(3, 3)]
    [InlineData(-1, 3)]
    [InlineData(0, 33)]
    [InlineData(0, 0)]
    public void OrdersOfShardsThatThereAreNotAreRefused(int shard, int shards)
    {
        var order = new ShardOrder("build", "cpu", SmallRuns.Plan("thompson", "popular"), 60, shard, shards, Merging.Sums, MeasureOracle: true);
        Assert.Contains($"It is shard {shard} of {shards}", Assert.Throws<UserMistakeException>(() => ShardOrder.Read(order.ToText())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OrdersComeBackAsTheyWere()
    {
        var order = new ShardOrder("build", "cpu", SmallRuns.Plan("thompson", "popular"), 60, 1, 3, Merging.Transitions, MeasureOracle: false) { Log = "/log", LogPatience = 30 };
        Assert.Equal(order.ToText(), ShardOrder.Read(order.ToText()).ToText());
    }

    [Fact]
    public void AShardRefusesAnotherPopulationAndAnAgentThatLearnsOtherwise()
    {
        var plan = SmallRuns.Plan("thompson", "popular").Resolve(SmallRuns.WithStubs);
        var order = new ShardOrder("build", "cpu", plan, 59, 0, 1, Merging.Sums, MeasureOracle: true);
        Assert.Equal("The population has 60 users here and 59 at the client. Keep the same data at the same place everywhere.", Assert.Throws<UserMistakeException>(() => new Shard(SmallRuns.WithStubs, order, CPU, Alone)).Message);
        Assert.Equal("61 users from user 0 on were asked for, the population has users 0 to 59.", Assert.Throws<UserMistakeException>(() => new Shard(SmallRuns.WithStubs, order with { UserCount = 61 }, CPU, Alone)).Message);
        var neural = order with { UserCount = 60, Plan = SmallRuns.Plan("dqn", "popular").Resolve(SmallRuns.WithStubs) };
        Assert.Equal("The agent 'dqn' does not learn from sums.", Assert.Throws<UserMistakeException>(() => new Shard(SmallRuns.WithStubs, neural, CPU, Alone)).Message);
    }

    private static SavedState Alone(SavedState own) => throw new InvalidOperationException("nobody else is there");

    [Fact]
    public void BlocksOfUsersMakeUpThePopulationForAnyNumberOfShards()
    {
        foreach (var users in new[] { 32, 33, 100, 6040, 10_000_000, int.MaxValue })
        {
            var blocks = new UserBlocks(users);
            for (var shards = 1; shards <= UserBlocks.Count; shards++)
            {
                var next = 0;
                for (var shard = 0; shard < shards; shard++)
                {
                    var held = UserBlocks.Of(shard, shards);
                    var range = blocks.Users(held);
                    Assert.Equal(next, range.First);
                    Assert.True(range.Count > 0, $"shard {shard} of {shards} has none of {users} users");
                    next += range.Count;
                    // The nodes of the tree that it sends are its blocks, in order, and few.
                    var nodes = UserBlocks.Cover(held).ToList();
                    Assert.Equal(Enumerable.Range(held.First, held.Count), nodes.SelectMany(node => Enumerable.Range(node.First, node.Count)));
                    Assert.All(nodes, node => Assert.Equal(0, node.First % node.Count));
                    Assert.True(nodes.Count <= (int.IsPow2(shards) ? 1 : 8));
                }
                Assert.Equal(users, next);
            }
        }
    }
}
