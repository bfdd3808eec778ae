using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Buffers of several learners, each with the rows of its own users, against one buffer with all rows.</summary>
public sealed class ReplayPartsTests
{
    private const int Users = 40;
    private const int BatchSize = 24;
    private const double Discount = 0.5;

    private static readonly EnvironmentSpec s_spec = new()
    {
        Name = "rows",
        UserCount = Users,
        ItemCount = 1000,
        SlateSize = 1,
        HistoryLength = 1,
        UserFeatureCount = 0,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 1,
        PopulationFingerprint = "",
    };

    private static readonly UserRange[] s_parts = [new(0, 13), new(13, 4), new(17, 23)];

    [Theory]
    [InlineData(1000, 1, null)]
    [InlineData(1000, 3, null)]
    [InlineData(1000, 3, 2)]
    [InlineData(57, 1, null)] // turns within the third round
    [InlineData(57, 3, 4)]
    [InlineData(25, 3, null)] // rounds that do not fit
    public void TogetherTheyDrawWhatOneBufferDraws(int capacity, int steps, int? rounds)
    {
        using var scope = NewDisposeScope();
        var options = new Options { ReplayCapacity = capacity, ReturnSteps = steps, ReplayRounds = rounds, BatchSize = BatchSize };
        using var whole = new ReplayBuffer(s_spec, options);
        var group = new Group();
        var members = Enumerable.Range(0, s_parts.Length).Select(member => group.Buffer(member, options)).ToList();
        var draw = 0L;
        for (var round = 0; round < 7; round++)
        {
            AddRound(round, whole, group, members);
            AssertSameDraws(group, whole, members, options, ref draw);
        }

        // Taken apart and put together again on the way, they go on as if they had not been.
        using var joined = new ReplayBuffer(s_spec, options);
        joined.LoadParts([.. members.Select(State)]);
        Assert.Equal(whole.Count, joined.Count);
        var again = Enumerable.Range(0, s_parts.Length).Select(member => group.Buffer(member, options)).ToList();
        for (var member = 0; member < again.Count; member++)
        {
            using var part = new MemoryCheckpoint();
            joined.SavePart(part, member, s_parts);
            again[member].Load(part);
        }
        for (var round = 7; round < 12; round++)
        {
            AssertSameDraws(group, whole, members, options, ref draw);
            AssertSameDraws(group, whole, again, options, ref draw);
            AssertSameBatch(whole.Sample(Stream(), draw, options, Discount), joined.Sample(Stream(), draw, options, Discount));
            AddRound(round, whole, group, members);
            AddRound(round, joined, group, again);
        }
        // The buffer of one, taken apart, is what those who were apart all along hold.
        for (var member = 0; member < members.Count; member++)
        {
            var fresh = group.Buffer(member, options);
            using var part = new MemoryCheckpoint();
            whole.SavePart(part, member, s_parts);
            fresh.Load(part);
            members[member] = fresh;
        }
        AssertSameDraws(group, whole, members, options, ref draw);
        foreach (var member in members.Concat(again))
            member.Dispose();
    }

    [Fact]
    public void WhoHasNoRowsYetTakesOneThatCountsNothing()
    {
        using var scope = NewDisposeScope();
        var options = new Options { ReplayCapacity = 30, ReturnSteps = 3, BatchSize = BatchSize };
        using var whole = new ReplayBuffer(s_spec, options);
        var group = new Group();
        var members = Enumerable.Range(0, s_parts.Length).Select(member => group.Buffer(member, options)).ToList();
        var draw = 0L;
        for (var round = 0; round < 8; round++)
        {
            // Nobody of the second part comes in the first four rounds, and then one user at a time.
            AddRound(round, whole, group, members, user => user is < 13 or >= 17 || user == 10 + round);
            var part = members[1].Sample(Stream(), ++draw, options, Discount);
            if (round < 3)
            {
                Assert.Equal(1, part.Items.shape[0]);
                Assert.Equal(0, group.ShareOf(members[1]));
                Assert.Equal(0, members[1].CountHere(null));
            }
            AssertSameDraws(group, whole, members, options, ref draw);
            using var joined = new ReplayBuffer(s_spec, options);
            joined.LoadParts([.. members.Select(State)]);
            AssertSameBatch(whole.Sample(Stream(), draw, options, Discount), joined.Sample(Stream(), draw, options, Discount));
        }
        members.ForEach(member => member.Dispose());
    }

    [Fact]
    public void RoundsThatMembersDoNotAgreeOnAreRefused()
    {
        using var scope = NewDisposeScope();
        var options = new Options { BatchSize = BatchSize };
        using var whole = new ReplayBuffer(s_spec, options);
        var group = new Group();
        var members = Enumerable.Range(0, s_parts.Length).Select(member => group.Buffer(member, options)).ToList();
        AddRound(0, whole, group, members);
        var states = members.Select(State).ToList();
        states[1].Tensors["groupRounds"].add_(1);
        Assert.Throws<ArgumentException>(() => whole.LoadParts([.. states]));
        Assert.Throws<ArgumentException>(() => whole.LoadParts([.. states.Take(1)]));
        members.ForEach(member => member.Dispose());
    }

    private static RandomStream Stream() => new(5, "test");

    private static MemoryCheckpoint State(ReplayBuffer buffer)
    {
        var state = new MemoryCheckpoint();
        buffer.Save(state);
        return state;
    }

    private static void AssertSameDraws(Group group, ReplayBuffer whole, List<ReplayBuffer> members, Options options, ref long draw)
    {
        var batch = whole.Sample(Stream(), ++draw, options, Discount);
        var seen = 0;
        foreach (var (member, range) in members.Zip(s_parts))
        {
            var part = member.Sample(Stream(), draw, options, Discount);
            var users = part.Observation.UserIds;
            if (group.ShareOf(member) == 0)
            {
                // A member that has none of the rows takes one that counts nothing.
                Assert.Equal(1, users.shape[0]);
                continue;
            }
            Assert.True(users.ge(range.First).logical_and(users.lt(range.First + range.Count)).all().item<bool>());
            Assert.True(batch.Observation.UserIds.index_select(0, part.Positions!).SameAs(users));
            Assert.True(batch.Ages!.index_select(0, part.Positions!).SameAs(part.Ages!));
            seen += (int)users.shape[0];
            AssertSameBatch(batch, part, part.Positions);
        }
        Assert.Equal(BatchSize, seen);
        AssertSameCounts(whole, members);
    }

    /// <summary>Of the latest rows of everybody each member counts those of its users.</summary>
    private static void AssertSameCounts(ReplayBuffer whole, List<ReplayBuffer> members)
    {
        foreach (var rounds in new int?[] { null, 1, 2, 5 })
        {
            var count = whole.CountOf(rounds);
            var users = whole.Take(arange(count, ScalarType.Int64)).Observation.UserIds;
            foreach (var (member, range) in members.Zip(s_parts))
            {
                Assert.Equal(count, member.CountOf(rounds));
                Assert.Equal(users.ge(range.First).logical_and(users.lt(range.First + range.Count)).sum().item<long>(), member.CountHere(rounds));
            }
        }
    }

    /// <param name="rows">Which rows of the expected ones; none for all.</param>
    private static void AssertSameBatch(ReplayBatch expected, ReplayBatch actual, Tensor? rows = null)
    {
        AssertSame(expected.Items, actual.Items);
        AssertSame(expected.Responses, actual.Responses);
        AssertSame(expected.Terminated, actual.Terminated);
        AssertSame(expected.LaterRewards!, actual.LaterRewards!);
        AssertSame(expected.Discounts!, actual.Discounts!);
        AssertSame(expected.Next!.RecentItems, actual.Next!.RecentItems);

        void AssertSame(Tensor wanted, Tensor there) => Assert.True((rows is null ? wanted : wanted.index_select(0, rows)).SameAs(there));
    }

    /// <summary>Some users of each part come, in the fourth round none of the second part.</summary>
    private static void AddRound(int round, ReplayBuffer whole, Group group, List<ReplayBuffer> members) =>
        AddRound(round, whole, group, members, user => (user + round) % 3 != 0 && (round != 3 || user is < 13 or >= 17));

    private static void AddRound(int round, ReplayBuffer whole, Group group, List<ReplayBuffer> members, Func<int, bool> comes)
    {
        var users = Enumerable.Range(0, Users).Where(comes).ToArray();
        using var all = Feedback(users, round);
        whole.Add(all);
        group.Rows = [.. s_parts.Select(part => (long)users.Count(user => user >= part.First && user < part.First + part.Count))];
        foreach (var (member, part) in members.Zip(s_parts))
        {
            using var own = Feedback([.. users.Where(user => user >= part.First && user < part.First + part.Count)], round);
            member.Add(own);
        }
    }

    /// <summary>User u in round t is shown item 20·t + u mod 20, and earns u + t.</summary>
    private static Feedback Feedback(int[] users, int round)
    {
        var ids = tensor(users.Select(user => (long)user).ToArray(), ScalarType.Int64);
        var items = ids.remainder(20).add(20 * round).unsqueeze(1);
        var earned = ids.add(round).to_type(ScalarType.Float32);
        return new Feedback
        {
            Observation = Observation(ids, items, round),
            Slates = items.clone(),
            Responses = earned.unsqueeze(1),
            Reward = earned.clone(),
            NextObservation = Observation(ids.clone(), items.add(1), round + 1),
            Terminated = ids.add(round).remainder(7).eq(0),
            Truncated = ids.add(round).remainder(11).eq(0),
        };
    }

    private static Observation Observation(Tensor users, Tensor items, int round) => new()
    {
        UserIds = users,
        RecentItems = items.clone(),
        RecentResponses = zeros([users.shape[0], 1]),
        Iteration = round,
        DrawKey = round,
    };

    private sealed record Options : ReplayOptions;

    /// <summary>The members of a group as one test drives them.</summary>
    private sealed class Group
    {
        private readonly Dictionary<ReplayBuffer, SharedLearning> _learners = [];

        public long[] Rows { get; set; } = [];

        public ReplayBuffer Buffer(int member, Options options)
        {
            var learner = new SharedLearning(new Member(this, member), options.ReplayCapacity);
            var buffer = new ReplayBuffer(s_spec, options, learner);
            _learners.Add(buffer, learner);
            return buffer;
        }

        /// <summary>Share of the latest batch that a member has drawn from its buffer.</summary>
        public double ShareOf(ReplayBuffer buffer) => _learners[buffer].Share;

        private sealed class Member(Group group, int member) : ILearningGroup
        {
            int ILearningGroup.Member => member;

            public int Members => s_parts.Length;

            public IReadOnlyList<long> Rows => group.Rows;

            public Tensor Sum(Tensor own) => throw new InvalidOperationException("nothing is summed up here");
        }
    }
}
