using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Tests.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What <see cref="ILearnsFromSums"/> promises, held against every registered agent that has it, in one environment of each shape.</summary>
public sealed class RoundSumsContractTests
{
    /// <summary>Those whose sums are whole numbers where responses are clicks.</summary>
    private static readonly string[] s_counting =
    [
        "random", "greedy", "epsilon-greedy", "softmax", "ucb", "ucb-tuned", "ucb-v", "moss", "kl-ucb", "bayes-ucb", "discounted-ucb", "sliding-window-ucb", "change-detection-ucb",
        "thompson", "gaussian-thompson", "discounted-thompson", "sliding-window-thompson", "kalman-thompson",
    ];

    private static readonly string[] s_weighing = ["exp3", "exp3s", "linucb", "hybrid-linucb", "linear-thompson"];

    /// <summary>Those that look at each user's responses, draw from rows of a buffer, or learn nothing by themselves.</summary>
    private static readonly string[] s_others =
    [
        "hlinucb", "logistic-ucb", "logistic-thompson", "knn", "tree-bootstrap", "implicit-als", "logistic-mf", "item-knn", "ease", "slim", "pair-beta", "pmf", "gaussian-tastes",
        "ddpg", "td3", "sac", "dqn", "slateq", "reinforce", "neural-linucb", "neural-linear", "neural-ucb", "neural-ts", "bootstrapped", "two-tower", "neural-cf", "oracle", "myopic", "best-fixed",
    ];

    public static TheoryData<string, string> Shapes => World.ShapesOf([.. s_counting, .. s_weighing]);

    public static TheoryData<string, string> InOneShape
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var agent in (IEnumerable<string>)[.. s_counting, .. s_weighing])
                pairs.Add(agent, "context");
            return pairs;
        }
    }

    [Fact]
    public void EveryAgentHasDecidedWhetherItLearnsFromSums()
    {
        var all = AgentRegistry.All.ToLookup(
            one =>
            {
                using var world = new World(one.Name, "context");
                return world.Agent is ILearnsFromSums;
            },
            one => one.Name);
        Assert.Equal(s_counting.Concat(s_weighing).Order(StringComparer.Ordinal), all[true].Order(StringComparer.Ordinal));
        Assert.Equal(s_others, all[false]);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SumsOfPartsTeachWhatTheWholeRoundDoes(string agent, string environment) => Compare(agent, environment, world => world.Environment);

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void SumsOfPartsTeachWhatTheWholeRoundDoesWhereItemsComeAndGo(string agent, string environment) =>
        Compare(agent, environment, world => new MaskedEnvironment(world.Environment, 3));

    [Theory]
    [InlineData("change-detection-ucb", "detector", "cusum")]
    [InlineData("change-detection-ucb", "window", "3")]
    [InlineData("kalman-thompson", "scale", "probability")]
    [InlineData("exp3s", "share", "0.5")]
    [InlineData("linucb", "degree", "2")]
    public void SumsOfPartsTeachWhatTheWholeRoundDoesWithOtherOptions(string agent, string option, string value) =>
        Compare(agent, "context", world => world.Environment, new Dictionary<string, string> { [option] = value });

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void SumsLookTheSameOfAnyPartAndSummingUpChangesNothing(string agent, string environment)
    {
        using var world = new World(agent, environment);
        world.Play(2);
        using var scope = NewDisposeScope();
        using var before = MemoryCheckpoint.Of(world.Agent);
        var round = world.Environment.Step(world.Agent.Recommend(world.Environment.Observe(), RecommendationMode.Explore));
        using var whole = MemoryCheckpoint.OfSums(world.Agent, round);
        Assert.Empty(whole.Counters);
        Assert.All(whole.Tensors.Values, sum => Assert.Equal(ScalarType.Float64, sum.dtype));
        foreach (var part in Split(round, 3))
        {
            using var sums = MemoryCheckpoint.OfSums(world.Agent, part);
            Assert.Empty(sums.Counters);
            Assert.Equal(whole.Tensors.Keys, sums.Tensors.Keys);
            Assert.All(sums.Tensors, sum => Assert.Equal(whole.Tensors[sum.Key].shape, sum.Value.shape));
            Assert.All(sums.Tensors.Values, sum => Assert.Equal(ScalarType.Float64, sum.dtype));
        }
        using var again = MemoryCheckpoint.OfSums(world.Agent, round);
        whole.AssertSameAs(again);
        using var after = MemoryCheckpoint.Of(world.Agent);
        before.AssertSameAs(after);
    }

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void NothingLeaksFromRoundToRound(string agent, string environment)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var world = new World(agent, environment))
        {
            Learn(3);
            var afterThree = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Learn(5);
            Assert.Equal(afterThree, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            void Learn(int rounds)
            {
                for (var round = 0; round < rounds; round++)
                {
                    // Not within a dispose scope, which would hide a leak.
                    using var observation = world.Environment.Observe();
                    using var slates = world.Agent.Recommend(observation, RecommendationMode.Explore);
                    using var feedback = world.Environment.Step(slates);
                    using var sums = MemoryCheckpoint.OfSums(world.Agent, feedback);
                    ((ILearnsFromSums)world.Agent).LearnSums(sums);
                }
            }
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>Two agents go through the same rounds, one as a whole, the other by the sums of one part, then of two, and so on.</summary>
    private static void Compare(string agent, string environment, Func<World, IEnvironment> played, IReadOnlyDictionary<string, string>? settings = null)
    {
        using var whole = new World(agent, environment, agentSettings: settings);
        using var parted = new World(agent, environment, agentSettings: settings);
        var rounds = played(whole);
        var clicks = true;
        for (var round = 0; round < 8; round++)
        {
            using var scope = NewDisposeScope();
            var feedback = rounds.Step(whole.Agent.Recommend(rounds.Observe(), RecommendationMode.Explore));
            clicks &= feedback.Responses.eq(feedback.Responses.square()).all().item<bool>();
            using var sums = AddedUp(parted.Agent, Split(feedback, round + 1));
            ((ILearnsFromSums)parted.Agent).LearnSums(sums);
            whole.Agent.Learn(feedback);

            var isExact = clicks && s_counting.Contains(agent);
            using var expected = MemoryCheckpoint.Of(whole.Agent);
            using var learned = MemoryCheckpoint.Of(parted.Agent);
            if (isExact)
                expected.AssertSameAs(learned);
            else
                AssertNear(expected, learned);
            var (figures, figuresOfSums) = (whole.Agent.Diagnose(), parted.Agent.Diagnose());
            Assert.Equal(figures.Keys, figuresOfSums.Keys);
            // Weights follow from the sums through a matrix, whose condition enlarges rounding.
            foreach (var (name, figure) in figures)
                Assert.Equal(figure, figuresOfSums[name], isExact ? 0 : 1e-7 * Math.Abs(figure));
        }
    }

    private static MemoryCheckpoint AddedUp(IAgent agent, IEnumerable<Feedback> parts)
    {
        var total = new MemoryCheckpoint();
        foreach (var part in parts)
        {
            using var own = MemoryCheckpoint.OfSums(agent, part);
            Assert.Empty(own.Counters);
            foreach (var (name, sum) in own.Tensors)
            {
                if (total.Tensors.TryGetValue(name, out var added))
                    added.add_(sum);
                else
                    total.Write(name, sum);
            }
        }
        return total;
    }

    /// <summary>Relative to the largest number of the tensor.</summary>
    private static void AssertNear(MemoryCheckpoint expected, MemoryCheckpoint learned)
    {
        Assert.Equal(expected.Counters, learned.Counters);
        Assert.Equal(expected.Tensors.Keys, learned.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            var error = (tensor - learned.Tensors[name]).abs().max().item<double>();
            Assert.True(error <= 1e-9 * tensor.abs().max().item<double>(), $"{name} differs by {error}");
        }
    }

    /// <summary>A round's users in random order, in so many parts: the first of one user, the others of about the same number; where users are few, parts of one.</summary>
    private static IEnumerable<Feedback> Split(Feedback feedback, int parts)
    {
        var users = feedback.Slates.shape[0];
        var order = new RandomStream(11, "parts").Uniform(parts, feedback.Slates.device, users).argsort();
        var (start, count) = (0L, parts == 1 ? users : 1L);
        for (var left = parts; start < users; start += count, left--)
        {
            if (start > 0)
                count = left <= 1 ? users - start : Math.Max(1, (users - start) / left);
            yield return Of(feedback, order.narrow(0, start, count));
        }
    }

    private static Feedback Of(Feedback feedback, Tensor rows) => new()
    {
        Observation = Of(feedback.Observation, rows),
        Slates = feedback.Slates.index_select(0, rows),
        Responses = feedback.Responses.index_select(0, rows),
        Reward = feedback.Reward.index_select(0, rows),
        NextObservation = Of(feedback.NextObservation, rows),
        Terminated = feedback.Terminated.index_select(0, rows),
        Truncated = feedback.Truncated.index_select(0, rows),
    };

    private static Observation Of(Observation observation, Tensor rows) => new()
    {
        UserIds = observation.UserIds.index_select(0, rows),
        UserFeatures = observation.UserFeatures?.index_select(0, rows),
        RecentItems = observation.RecentItems.index_select(0, rows),
        RecentResponses = observation.RecentResponses.index_select(0, rows),
        EligibleItems = observation.EligibleItems?.index_select(0, rows),
        Iteration = observation.Iteration,
        DrawKey = observation.DrawKey,
    };
}
