using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What holds for all neural agents.</summary>
public sealed class NeuralAgentContractTests
{
    private static readonly string[] s_small = ["hiddenSize=8", "embeddingSize=4", "batchSize=16"];

    public static TheoryData<string> Agents =>
        ["ddpg", "td3", "sac", "dqn", "slateq", "reinforce", "neural-linucb", "neural-linear", "neural-ucb", "neural-ts", "bootstrapped", "two-tower", "neural-cf"];

    [Theory]
    [Trait("Category", "Learning")]
    [MemberData(nameof(Agents))]
    public void LearningFindsTheTastesOfTwoGroupsInEverySeed(string name)
    {
        // Best: 0.8. Best for both groups alike: 0.5.
        for (var seed = 0; seed < 3; seed++)
        {
            using var toy = ToyBandit.TwoGroups(100, 20, 2, seed);
            string[] rates = name switch
            {
                "reinforce" => ["slatesPerUpdate=1", "learningRate=0.005", "valueLearningRate=0.01", "entropy=0.05"], // A policy has further to go than an estimate.
                _ => LooksAhead(name) ? ["slatesPerUpdate=1"] : [],
            };
            using var agent = Create(name, toy, seed, ["hiddenSize=32", "embeddingSize=8", "batchSize=64", .. rates]);
            toy.Train(agent, 8);
            Assert.True(toy.Score(agent) > 0.75, $"seed {seed}: {toy.Score(agent)}");
        }
    }

    [Fact]
    [Trait("Category", "Learning")]
    public void TheActorAloneFindsTheTastesOfTwoGroupsInEverySeed()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            using var toy = ToyBandit.TwoGroups(100, 20, 2, seed);
            using var agent = Create("ddpg", toy, seed, "hiddenSize=32", "embeddingSize=8", "batchSize=64", "rerank=false", "noise=0.5", "updatesPerIteration=80", "slatesPerUpdate=1");
            toy.Train(agent, 10);
            Assert.True(toy.Score(agent) > 0.75, $"seed {seed}: {toy.Score(agent)}");
        }
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void SavingLoadingAndGoingOnEqualsGoingOn(string name)
    {
        // The buffer of 70 slates has turned by the time of the checkpoint.
        string[] options = [.. s_small, "replayCapacity=70"];
        using var toy = ToyBandit.TwoGroups(30, 8, 2, 1);
        using var copy = ToyBandit.TwoGroups(30, 8, 2, 1);
        using var uninterrupted = Create(name, toy, 5, options);
        using var saved = Create(name, copy, 5, options);
        toy.Train(uninterrupted, 6);
        copy.Train(saved, 3);
        using var resumed = Create(name, copy, 5, options);
        resumed.Load(MemoryCheckpoint.Of(saved));
        copy.Train(resumed, 3);
        MemoryCheckpoint.Of(uninterrupted).AssertSameAs(MemoryCheckpoint.Of(resumed));
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void RecommendingChangesNothingAndTheSameQuestionGetsTheSameAnswerInParts(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(31, 150, 3, 1);
        using var agent = Create(name, toy, 5, Small(name, "candidates=20", "randomShare=0.3"));
        toy.Train(agent, 2);
        var before = MemoryCheckpoint.Of(agent);
        foreach (var mode in Enum.GetValues<RecommendationMode>())
        {
            using var observation = toy.Observe();
            var whole = agent.Recommend(observation, mode);
            using var first = observation.Slice(0, 7);
            using var rest = observation.Slice(7, 24);
            Assert.True(TensorComparison.SameAs(whole, cat([agent.Recommend(first, mode), agent.Recommend(rest, mode)])));
            Assert.True(TensorComparison.SameAs(whole, agent.Recommend(observation, mode)));
        }
        before.AssertSameAs(MemoryCheckpoint.Of(agent));
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void SlatesAreDistinctAndEligibleInBothModes(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 12, 4, 1);
        using var agent = Create(name, toy, 5, Small(name, "candidates=5", "randomShare=0.5"));
        // User u may be shown items u mod 9 to u mod 9 + 3 only: exactly one slate is possible.
        var place = arange(12, ScalarType.Int64).unsqueeze(0).sub(arange(20, ScalarType.Int64).remainder(9).unsqueeze(1));
        var eligible = place.ge(0).logical_and(place.lt(4));
        for (var round = 0; round < 2; round++)
        {
            using var observation = toy.Observe(eligible);
            foreach (var mode in Enum.GetValues<RecommendationMode>())
            {
                var slates = agent.Recommend(observation, mode);
                Guard.Slates(slates, 20, toy.Spec);
                Assert.True(eligible.gather(1, slates).all().item<bool>());
            }
            toy.Train(agent, 1);
        }
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void LearningWorksWhereTheCallerHasGradientsSwitchedOff(string name)
    {
        using var toy = ToyBandit.TwoGroups(20, 8, 1, 1);
        using var same = ToyBandit.TwoGroups(20, 8, 1, 1);
        using var one = Create(name, toy, 5, s_small);
        using var other = Create(name, same, 5, s_small);
        using (no_grad())
        {
            toy.Train(one, 2);
            Assert.False(is_grad_enabled());
        }
        same.Train(other, 2);
        MemoryCheckpoint.Of(one).AssertSameAs(MemoryCheckpoint.Of(other));
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void ALossThatIsNoNumberStopsLearningAndIsNamed(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 8, 1, 1);
        using var agent = Create(name, toy, 5, s_small);
        using var observation = toy.Observe();
        using var feedback = toy.Step(agent.Recommend(observation, RecommendationMode.Explore));
        feedback.Responses.fill_(float.NaN);
        var error = Assert.Throws<ArithmeticException>(() => agent.Learn(feedback));
        Assert.Contains(name + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains("oss holds NaN or an infinity", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The loss of the one update is a number, what it moves is none: a gradient that overflowed does the same.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void AGradientThatIsNoNumberStopsLearningInTheSameRoundAndIsNamed(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 8, 1, 1);
        string[] once = LooksAhead(name) ? ["updatesPerIteration=1"] : ["stepsPerTraining=1"];
        using var agent = Create(name, toy, 5, [.. s_small, .. once]);
        toy.Train(agent, 2);
        using var state = MemoryCheckpoint.Of(agent);
        var moments = state.Tensors.Where(one => one.Key.EndsWith("irstMoment", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(moments);
        foreach (var (moment, values) in moments)
        {
            using var sound = values.clone();
            values.fill_(float.NaN);
            agent.Load(state);
            using var observation = toy.Observe();
            using var feedback = toy.Step(agent.Recommend(observation, RecommendationMode.Explore));
            var error = Assert.Throws<ArithmeticException>(() => agent.Learn(feedback));
            Assert.Matches($@"^{name}: \S+ holds NaN or an infinity(, and so do \d+ other tensors)?\.$", error.Message);
            values.copy_(sound);
        }
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void NoTensorIsLeftBehind(string name)
    {
        using var toy = ToyBandit.TwoGroups(20, 8, 2, 1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var agent = Create(name, toy, 5, s_small))
        {
            toy.Train(agent, 1);
            Ask(agent, toy);
            var after = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (var round = 0; round < 5; round++)
            {
                toy.Train(agent, 1);
                Ask(agent, toy);
                agent.Diagnose();
            }
            Assert.Equal(after, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void FiguresAreMeansSinceTheLastCall(string name)
    {
        using var toy = ToyBandit.TwoGroups(20, 8, 2, 1);
        using var agent = Create(name, toy, 5, [.. s_small, .. LooksAhead(name) ? (string[])["updatesPerIteration=7", "slatesPerUpdate=1"] : ["stepsPerTraining=7"]]);
        toy.Train(agent, 2);
        var figures = agent.Diagnose();
        Assert.Equal(14, figures["updates"]);
        Assert.Equal(40, figures["replay_rows"]);
        Assert.All(figures.Values, value => Assert.True(double.IsFinite(value)));
        Assert.Equal(0, agent.Diagnose()["updates"]);
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void ABatchLargerThanTheBufferIsRefused(string name) =>
        Assert.Contains("batchSize was 11, must be at most replayCapacity, 10",
            Assert.Throws<UserMistakeException>(() => OptionsBinder.Bind(AgentRegistry.Find(name).OptionsType, Pairs("batchSize=11", "replayCapacity=10"))).Message, StringComparison.Ordinal);

    /// <summary>Whether an agent learns of later rounds, and so counts updates and not trainings.</summary>
    private static bool LooksAhead(string name) => name is "ddpg" or "td3" or "sac" or "dqn" or "slateq" or "reinforce";

    private static string[] Small(string name, params string[] ofActorCritics) => name is "ddpg" or "td3" or "sac" ? [.. s_small, .. ofActorCritics] : s_small;

    private static void Ask(IAgent agent, ToyBandit toy)
    {
        using var observation = toy.Observe();
        agent.Recommend(observation, RecommendationMode.Explore).Dispose();
        agent.Recommend(observation, RecommendationMode.Exploit).Dispose();
    }

    private static IAgent Create(string name, ToyBandit toy, long seed, params string[] options)
    {
        var registration = AgentRegistry.Find(name);
        return registration.Create(toy.ContextFor(seed), OptionsBinder.Bind(registration.OptionsType, Pairs(options)));
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(params string[] options) =>
        options.Select(option => KeyValuePair.Create(option.Split('=')[0], option.Split('=')[1]));
}
