using RecDeepRL.Agents;
using RecDeepRL.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What <see cref="IHasPolicyState"/> promises, held against every registered agent that has it, in one environment of each shape.</summary>
public sealed class PolicyStateContractTests
{
    /// <summary>Rounds after which warm-ups are over and trees have been trained; networks are from the first round on.</summary>
    private const int Rounds = 14;

    private static readonly string[] s_agents =
    [
        "hlinucb", "logistic-ucb", "logistic-thompson", "tree-bootstrap", "ddpg", "td3", "sac", "dqn", "slateq", "reinforce", "neural-linucb", "neural-linear", "neural-ucb", "neural-ts",
        "bootstrapped", "two-tower", "neural-cf",
    ];

    /// <summary>Those that recommend by all that they have learned, or by most of it.</summary>
    private static readonly string[] s_others =
    [
        "random", "greedy", "epsilon-greedy", "softmax", "exp3", "exp3s", "ucb", "ucb-tuned", "ucb-v", "moss", "kl-ucb", "bayes-ucb", "discounted-ucb", "sliding-window-ucb", "change-detection-ucb",
        "thompson", "gaussian-thompson", "discounted-thompson", "sliding-window-thompson", "kalman-thompson", "linucb", "hybrid-linucb", "linear-thompson", "knn", "implicit-als", "logistic-mf",
        "item-knn", "ease", "slim", "pair-beta", "pmf", "gaussian-tastes", "oracle", "myopic", "best-fixed",
    ];

    public static TheoryData<string, string> Shapes => World.ShapesOf(s_agents);

    public static TheoryData<string, string> InOneShape
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var agent in s_agents)
                pairs.Add(agent, "context");
            return pairs;
        }
    }

    [Fact]
    public void EveryAgentHasDecidedWhetherItHasOne()
    {
        var all = AgentRegistry.All.ToLookup(
            one =>
            {
                using var world = new World(one.Name, "context");
                return world.Agent is IHasPolicyState;
            },
            one => one.Name);
        Assert.Equal(s_agents, all[true]);
        Assert.Equal(s_others, all[false]);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AReplicaRecommendsAsTheAgentThatLearns(string agent, string environment) => Compare(agent, environment, []);

    /// <summary>Options that change what a recommendation depends on.</summary>
    [Theory]
    [InlineData("hlinucb", "sweeps", "0")]
    [InlineData("neural-ucb", "userIds", "true")]
    [InlineData("neural-linucb", "ownOutput", "false", "loss", "squared")]
    [InlineData("neural-linear", "history", "true")]
    [InlineData("two-tower", "exploration", "softmax")]
    [InlineData("ddpg", "rerank", "false")]
    [InlineData("ddpg", "candidates", "4")]
    [InlineData("sac", "temperature", "0.1")]
    [InlineData("dqn", "dueling", "true", "encoder", "gru")]
    [InlineData("slateq", "choice", "multinomial-logit")]
    public void SoItDoesWithOtherOptions(string agent, params string[] settings) => Compare(agent, "context", settings);

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void APolicyIsSmallerThanAState(string agent, string environment)
    {
        using var world = new World(agent, environment);
        world.Play(3);
        using var policy = MemoryCheckpoint.OfPolicy(world.Agent);
        using var state = MemoryCheckpoint.Of(world.Agent);
        Assert.InRange(policy.Bytes, 1, state.Bytes - 1);
        Assert.DoesNotContain(policy.Tensors.Keys, name => name.Contains("replay", StringComparison.Ordinal) || name.Contains("ptimizer", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void APolicyOfAnotherShapeOrThatLacksAnythingIsRefused(string agent, string environment)
    {
        using var world = new World(agent, environment);
        using var larger = new World(agent, environment, items: 13);
        world.Play(1);
        using var policy = MemoryCheckpoint.OfPolicy(world.Agent);
        Assert.Throws<UserMistakeException>(() => ((IHasPolicyState)larger.Agent).LoadPolicy(policy));
        using var replica = new World(agent, environment);
        foreach (var name in policy.Tensors.Keys.Concat(policy.Counters.Keys).ToList())
        {
            using var rest = MemoryCheckpoint.OfPolicy(world.Agent);
            if (rest.Tensors.Remove(name, out var removed))
                removed.Dispose();
            rest.Counters.Remove(name);
            Assert.Throws<UserMistakeException>(() => ((IHasPolicyState)replica.Agent).LoadPolicy(rest));
        }
    }

    [Theory]
    [MemberData(nameof(InOneShape))]
    public void NothingLeaksFromUpdateToUpdate(string agent, string environment)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var learner = new World(agent, environment))
        using (var replica = new World(agent, environment))
        {
            learner.Play(3);
            Send(learner, replica);
            var afterOne = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (var update = 0; update < 5; update++)
            {
                learner.Play(1);
                Send(learner, replica);
            }
            Assert.Equal(afterOne, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Compare(string agent, string environment, string[] settings)
    {
        var options = settings.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        using var scope = NewDisposeScope();
        using var learner = new World(agent, environment, agentSettings: options);
        using var replica = new World(agent, environment, agentSettings: options);
        foreach (var rounds in new[] { 0, Rounds, 3 })
        {
            learner.Play(rounds);
            using var before = MemoryCheckpoint.Of(learner.Agent);
            Send(learner, replica);
            using var after = MemoryCheckpoint.Of(learner.Agent);
            before.AssertSameAs(after);
            AssertAlike(learner.Agent, replica.Agent, learner.Environment.Observe());
            AssertAlike(learner.Agent, replica.Agent, learner.Environment.ObserveAll(7));
        }
    }

    private static void Send(World learner, World replica)
    {
        using var policy = MemoryCheckpoint.OfPolicy(learner.Agent);
        ((IHasPolicyState)replica.Agent).LoadPolicy(policy);
    }

    private static void AssertAlike(IAgent learner, IAgent replica, Observation observation)
    {
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<RecommendationMode>())
        {
            var slates = learner.Recommend(observation, mode);
            Assert.True(slates.SameAs(replica.Recommend(observation, mode)), $"{mode}: the replica recommended something else");
            if (learner is not IExplainsSlates explaining)
                continue;
            using var expected = explaining.Explain(observation, slates, mode);
            using var said = ((IExplainsSlates)replica).Explain(observation, slates, mode);
            AssertSame(expected.Relevance, said.Relevance);
            AssertSame(expected.Propensity, said.Propensity);
        }
        if (learner is IEstimatesItems estimates)
            AssertSame(estimates.EstimateItems(observation), ((IEstimatesItems)replica).EstimateItems(observation));
    }

    private static void AssertSame(Tensor? expected, Tensor? said)
    {
        Assert.Equal(expected is null, said is null);
        Assert.True(expected is null || expected.nan_to_num(-9).SameAs(said!.nan_to_num(-9)), "the replica estimated or explained differently");
    }
}
