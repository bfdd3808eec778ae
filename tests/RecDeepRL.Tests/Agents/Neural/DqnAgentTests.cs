using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class DqnAgentTests
{
    private static readonly float[] s_line = [0.2f, 0.5f, 0.8f];

    [Fact]
    public void TargetsAddTheDiscountedValueOfTheBestItemToEachSlotsOwnResponse()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = Known(toy, s_line, s_line);
        agent.Replay.Add(KnownNetworks.Round(toy, new[,] { { 1f, 0f }, { 0f, 0f }, { 1f, 1f } }));
        // Q(s, i) = .2, .5, .8: y = r + .9 · .8 = r + .72. A click does not end the episode.
        Assert.Equal([1.72f, 0.72f, 0.72f, 0.72f, 1.72f, 1.72f], agent.Targets(KnownValues.Rows(agent), 0).data<float>().ToArray(), KnownValues.Near);
    }

    [Fact]
    public void ATerminatedStateHasNoValueAndATruncatedOneHas()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = Known(toy, s_line, s_line);
        agent.Replay.Add(KnownNetworks.Round(toy, new float[3, 2], [true, false, false], [false, true, false]));
        Assert.Equal([0f, 0f, 0.72f, 0.72f, 0.72f, 0.72f], agent.Targets(KnownValues.Rows(agent), 0).data<float>().ToArray(), KnownValues.Near);
    }

    [Theory]
    [InlineData(true, 0.45f)]
    [InlineData(false, 0.72f)]
    public void DoubleEstimatesTakeTheOnlineNetworksItemAtTheTargetNetworksValue(bool doubleEstimates, float expected)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        // Online item 1 is best, and the target network values it at .5: .9 · .5. Alone the target network takes its own best, .8.
        using var agent = Known(toy, [0.2f, 0.9f, 0.8f], s_line, new DqnOptions { DoubleEstimates = doubleEstimates });
        agent.Replay.Add(KnownNetworks.Round(toy, new float[3, 2]));
        Assert.All(agent.Targets(KnownValues.Rows(agent), 0).data<float>().ToArray(), target => Assert.Equal(expected, target, 5));
    }

    [Fact]
    public void ADuelingValueIsThatOfTheStateAndTheAdvantageOverTheMeanItem()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = Known(toy, s_line, s_line, new DqnOptions { Dueling = true }, state: 2);
        agent.Replay.Add(KnownNetworks.Round(toy, new float[3, 2]));
        // 2 + .8 − .5 = 2.3 is the best item's; .9 · 2.3 = 2.07.
        Assert.All(agent.Targets(KnownValues.Rows(agent), 0).data<float>().ToArray(), target => Assert.Equal(2.07f, target, 5));
    }

    [Fact]
    public void TheLossIsTheMeanOverEverySlotOfTheSquaredError()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = Known(toy, s_line, s_line, new DqnOptions(), discount: 0);
        agent.Replay.Add(KnownNetworks.Round(toy, new[,] { { 1f, 0f }, { 0f, 1f } }));
        var errors = agent.Update(KnownValues.Rows(agent), 0);
        // Items 0 and 2 are valued at .2 and .8: (.8² + .8² + .2² + .2²)/4 = .34. Rows against slots by accident of broadcasting would give another number.
        Assert.Equal(0.34, agent.Diagnose()["loss"], 5);
        // Mean absolute error of each row: (.8 + .8)/2 and (.2 + .2)/2.
        Assert.Equal([0.8f, 0.2f], errors.data<float>().ToArray(), KnownValues.Near);
    }

    [Fact]
    public void ExploitingAsksTheAveragedNetworkExploringTheOnlineOneAndNegativeValuesBeatItemsThatMayNotBeShown()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = Known(toy, [0.9f, 0.5f, 0.8f], s_line);
        using (var observation = toy.Observe())
        {
            Assert.All(agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray(), item => Assert.Equal(2, item));
            Assert.All(agent.Recommend(observation, RecommendationMode.Explore).data<long>().ToArray(), item => Assert.Equal(0, item));
        }
        using (no_grad())
            agent.Target.Parameters["pairs.output.bias"].fill_(-10);
        using var masked = toy.Observe(tensor(new[,] { { true, true, false }, { true, true, false }, { true, false, false } }));
        Assert.Equal([1L, 1L, 0L], agent.Recommend(masked, RecommendationMode.Exploit).data<long>().ToArray());
    }

    [Fact]
    public void TheTargetStartsAsTheOnlineNetworkAndFollowsByTau()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = new DqnAgent(toy.ContextFor(1), new DqnOptions { HiddenSize = 8, EmbeddingSize = 3, BatchSize = 16, UpdatesPerIteration = 1, Tau = 0.25 });
        var before = agent.Online.Parameters.Values.clone();
        Assert.True(TensorComparison.SameAs(before, agent.Target.Parameters.Values));
        toy.Train(agent, 1);
        Assert.False(TensorComparison.SameAs(before, agent.Online.Parameters.Values));
        Assert.True(before.mul(0.75).add(agent.Online.Parameters.Values, alpha: 0.25).allclose(agent.Target.Parameters.Values, 1e-6, 1e-7));
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(8, 3)]
    [InlineData(40, 1)]
    public void FewNewSlatesBringFewUpdates(int slatesPerUpdate, int expected)
    {
        // 20 users: at most 7 updates, one for each 8 begun is 3, one for 40 is 1.
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = new DqnAgent(toy.ContextFor(1), new DqnOptions { HiddenSize = 4, EmbeddingSize = 2, BatchSize = 4, UpdatesPerIteration = 7, SlatesPerUpdate = slatesPerUpdate });
        toy.Train(agent, 1);
        Assert.Equal(expected, agent.Diagnose()["updates"]);
    }

    [Fact]
    public void FewerTargetItemsThanSlotsAreRefused()
    {
        using var toy = new ToyBandit(new float[3, 8], 4);
        Assert.Contains("targetItems was 3, must be at least the slate size, 4, or none",
            Assert.Throws<UserMistakeException>(() => new DqnAgent(toy.ContextFor(1), new DqnOptions { TargetItems = 3 })).Message, StringComparison.Ordinal);
    }

    private static DqnAgent Known(ToyBandit toy, float[] online, float[] target, DqnOptions? options = null, float state = 0, double discount = 0.9)
    {
        var agent = new DqnAgent(toy.ContextFor(1), KnownValues.Fixed(options ?? new DqnOptions()) with { Discount = discount });
        KnownValues.Set(agent.Online, online, state: state);
        KnownValues.Set(agent.Target, target, state: state);
        return agent;
    }
}
