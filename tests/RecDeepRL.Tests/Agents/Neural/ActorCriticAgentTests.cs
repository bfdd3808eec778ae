using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What holds for every actor-critic.</summary>
public sealed class ActorCriticAgentTests
{
    private static readonly string[] s_small = ["hiddenSize=8", "embeddingSize=3", "batchSize=16", "updatesPerIteration=3"];

    public static TheoryData<string> Names => KnownNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ATerminatedStateHasNoValueAndATruncatedOneHas(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = KnownNetworks.WithTarget(name, toy, settings: name == "sac" ? ["temperature=0"] : []);
        using var feedback = KnownNetworks.Round(toy, new float[3, 2], [true, false, false], [false, true, false]);
        agent.Replay.Add(feedback);
        // The best two of .2, .5, .8 are worth 1.3: .9 · 1.3 = 1.17.
        Assert.Equal([0f, 1.17f, 1.17f], agent.Futures(KnownNetworks.Rows(agent)).data<float>().ToArray(), Near);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AResponseIsAPaymentAndNotTheEndOfAnEpisode(string name)
    {
        // Were the reward taken for 'done', a click would cut the bootstrap.
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = KnownNetworks.WithTarget(name, toy, settings: name == "sac" ? ["temperature=0"] : []);
        using var feedback = KnownNetworks.Round(toy, new[,] { { 1f, 1f }, { 1f, 0f }, { 0f, 0f } });
        agent.Replay.Add(feedback);
        Assert.Equal([1.17f, 1.17f, 1.17f], agent.Futures(KnownNetworks.Rows(agent)).data<float>().ToArray(), Near);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithSeveralStepsTheRewardsOnTheWayComeBeforeTheValue(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = KnownNetworks.WithTarget(name, toy, settings: name == "sac" ? ["temperature=0", "returnSteps=2"] : ["returnSteps=2"]);
        foreach (var responses in new[] { new[,] { { 1f, 0f }, { 0f, 0f }, { 0f, 0f } }, new[,] { { 1f, 1f }, { 0f, 1f }, { 0f, 0f } } })
        {
            using var feedback = KnownNetworks.Round(toy, responses);
            agent.Replay.Add(feedback);
        }
        // First round: γ · R₁ + γ² · 1.3 = .9 · (2, 1, 0) + 1.053. Second round: 1.17.
        Assert.Equal([2.853f, 1.953f, 1.053f, 1.17f, 1.17f, 1.17f], agent.Futures(KnownNetworks.Rows(agent, steps: 2)).data<float>().ToArray(), Near);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheCriticsLossIsTheMeanSquaredErrorOfResponsesAndOfWhatFollowsTheSlate(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = KnownNetworks.WithTarget(name, toy, settings: name == "sac" ? ["temperature=0", "tau=1e-9"] : ["tau=1e-9"]);
        using (no_grad())
            agent.Online.CriticParameters.Values.zero_();
        using var feedback = KnownNetworks.Round(toy, new[,] { { 3f, 0f }, { 0f, 1f } });
        agent.Replay.Add(feedback);
        var batch = KnownNetworks.Rows(agent);
        agent.Update(batch);
        agent.Update(batch with { Weights = tensor(new[] { 1f, 0.5f }) });
        // Online Q = 0. Responses: (9 + 0 + 0 + 1)/4 = 2.5. What follows: 1.17 for both slates, over γ/(1 − γ) = 9 and squared .0169, and for each of two slots half: .00845.
        // With the rows' weights 1 and ½: (9 + ½)/4 + .0169 · (1 + ½)/2/2 = 2.3813375. Rows against slots by accident of broadcasting would give another number.
        // Two critics have two losses.
        var expected = (2.50845 + 2.3813375) / 2 * agent.Online.Critics.Count;
        Assert.Equal(expected, agent.Diagnose()["critic_loss"], 5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TargetsStartAsTheOnlineNetworksAndFollowByTau(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = KnownNetworks.Create(name, toy.ContextFor(1), [.. s_small, "updatesPerIteration=1", "tau=0.25"]);
        var before = agent.Online.CriticParameters.Values.clone();
        Assert.True(TensorComparison.SameAs(before, agent.Target.CriticParameters.Values));
        Assert.True(TensorComparison.SameAs(agent.Online.ActorParameters.Values, agent.Target.ActorParameters.Values));
        toy.Train(agent, 1);
        var expected = before.mul(0.75).add(agent.Online.CriticParameters.Values, alpha: 0.25);
        Assert.False(TensorComparison.SameAs(before, agent.Online.CriticParameters.Values));
        Assert.True(expected.allclose(agent.Target.CriticParameters.Values, 1e-6, 1e-7));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheActorsLossMovesTheActorAndNeitherCriticNorEmbeddings(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 2, 1);
        // With critics that cannot move by their own loss, whatever moves them would be the actor's.
        using var agent = KnownNetworks.Create(name, toy.ContextFor(1), [.. s_small, "criticLearningRate=5e-324"]);
        var critic = agent.Online.CriticParameters.Values.clone();
        var actor = agent.Online.ActorParameters.Values.clone();
        toy.Train(agent, 2);
        Assert.True(TensorComparison.SameAs(critic, agent.Online.CriticParameters.Values));
        Assert.False(TensorComparison.SameAs(actor, agent.Online.ActorParameters.Values));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheActorClimbsTheCritic(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[30, 3], 1);
        using var agent = KnownNetworks.WithOnline(name, toy, settings: name == "sac" ? ["tau=1e-9", "temperature=0"] : ["tau=1e-9"]);
        var before = Point(agent, toy);
        toy.Train(agent, 4);
        // Q(s, e) = e, so the actor's point has to rise: 20 steps of Adam at least, of about .001 each, with sac through a tanh of slope .7 or less.
        Assert.True(Point(agent, toy) > before + 0.005);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ExplorationIsEachUsersOwnAndOfBothSigns(string name)
    {
        using var scope = NewDisposeScope();
        const int Users = 4000;
        using var toy = new ToyBandit(new float[Users, 12], 1);
        using var agent = KnownNetworks.Create(name, toy.ContextFor(1), [.. s_small, "embeddingSize=2", .. name == "sac" ? (string[])[] : ["noise=0.1"]]);
        using var observation = toy.Observe();
        var states = agent.Online.Encoder.States(observation, agent.Online.Encoder.Items()).detach();
        var noise = agent.Points(agent.Online, observation, states, explores: true).sub(agent.Points(agent.Online, observation, states, explores: false)).detach();
        // Everybody is in the same state. Half of 8000 draws are negative ± 4 · √(.25/8000) = .0224.
        Assert.InRange(noise.lt(0).to_type(ScalarType.Float32).mean().item<float>(), 0.5f - 0.0224f, 0.5f + 0.0224f);
        Assert.True(noise.select(1, 0).unique().output.shape[0] > Users / 2, "users share their noise");
        if (name != "sac")
        {
            // Draws of deviation .1: mean 0 ± 4 · .1/√8000 = .0045; deviation .1 ± 4 · .1/√16000 = .0032.
            Assert.InRange(noise.mean().item<float>(), -0.0045f, 0.0045f);
            Assert.InRange(noise.std().item<float>(), 0.1f - 0.0032f, 0.1f + 0.0032f);
        }
        // Correlation of the coordinates of a user, and of a user with the next: 0 ± 4/√4000 = .063.
        var scaled = noise.sub(noise.mean([0])).div(noise.std([0]));
        Assert.InRange(scaled.select(1, 0).mul(scaled.select(1, 1)).mean().item<float>(), -0.0633f, 0.0633f);
        Assert.InRange(scaled.select(1, 0).narrow(0, 0, Users - 1).mul(scaled.select(1, 0).narrow(0, 1, Users - 1)).mean().item<float>(), -0.0633f, 0.0633f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutRerankingTheNearestItemsAreShownAndWithItTheCriticsBest(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var observation = toy.Observe();
        // The actor's point is .6 (with sac tanh .6 = .54): item 1 at .5 is nearest. Q(s, e) = e: item 2 at .8 is best; with two candidates, 1 and 2, as well; with one, 1.
        foreach (var (rerank, candidates, expected) in new[] { ("false", "none", 1L), ("true", "none", 2), ("true", "2", 2), ("true", "1", 1) })
        {
            using var agent = KnownNetworks.WithTarget(name, toy, settings: ["rerank=" + rerank, "candidates=" + candidates]);
            Assert.All(agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray(), item => Assert.Equal(expected, item));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ExploitingAsksTheAveragedNetworksAndExploringTheOnlineOnes(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = KnownNetworks.WithTarget(name, toy);
        using (no_grad())
        {
            agent.Online.CopyFrom(agent.Target);
            agent.Online.CriticParameters["items.embedding"][0, 0] = 2;
        }
        // Averaged, item 2 stands highest, at .8; online it is item 0, at tanh 2 = .96.
        using var observation = toy.Observe();
        Assert.All(agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray(), item => Assert.Equal(2, item));
        Assert.All(agent.Recommend(observation, RecommendationMode.Explore).data<long>().ToArray(), item => Assert.Equal(0, item));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NegativeValuesAreStillRankedAboveItemsThatMayNotBeShown(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = KnownNetworks.WithTarget(name, toy);
        using (no_grad())
        {
            foreach (var critic in new[] { "critic", "critic2" }.Take(agent.Target.Critics.Count))
                agent.Target.CriticParameters[critic + ".output.bias"].fill_(-10);
        }
        // Q = e − 10 and less; item 2 is best but not eligible, so item 1.
        using var observation = toy.Observe(tensor(new[,] { { true, true, false }, { true, true, false }, { true, false, false } }));
        Assert.Equal([1L, 1L, 0L], agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FewerCandidatesThanSlotsAreRefused(string name)
    {
        using var toy = new ToyBandit(new float[3, 8], 4);
        Assert.Contains("candidates was 3, must be at least the slate size, 4", Assert.Throws<UserMistakeException>(() => KnownNetworks.Create(name, toy.ContextFor(1), "candidates=3")).Message, StringComparison.Ordinal);
        KnownNetworks.Create(name, toy.ContextFor(1), "candidates=4").Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ResumingWithPrioritiesAndSeveralStepsEqualsGoingOn(string name)
    {
        string[] settings = [.. s_small, "returnSteps=3", "priorityExponent=0.6", "replayCapacity=70", "encoder=decayed"];
        using var toy = ToyBandit.TwoGroups(30, 8, 2, 1);
        using var copy = ToyBandit.TwoGroups(30, 8, 2, 1);
        using var uninterrupted = KnownNetworks.Create(name, toy.ContextFor(5), settings);
        using var saved = KnownNetworks.Create(name, copy.ContextFor(5), settings);
        toy.Train(uninterrupted, 6);
        copy.Train(saved, 3);
        using var resumed = KnownNetworks.Create(name, copy.ContextFor(5), settings);
        resumed.Load(MemoryCheckpoint.Of(saved));
        copy.Train(resumed, 3);
        MemoryCheckpoint.Of(uninterrupted).AssertSameAs(MemoryCheckpoint.Of(resumed));
    }

    [Fact]
    public void RoundsOfFewUsersHaveFewerUpdates()
    {
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = KnownNetworks.Create("ddpg", toy.ContextFor(1), [.. s_small, "updatesPerIteration=40", "slatesPerUpdate=8"]);
        toy.Train(agent, 2);
        // 20 slates in each of two rounds: 20/8, rounded up, is 3.
        Assert.Equal(6, agent.Diagnose()["updates"]);
    }

    private static float Point(ActorCriticAgent agent, ToyBandit toy)
    {
        using var scope = NewDisposeScope();
        using var observation = toy.Observe();
        var states = agent.Online.Encoder.States(observation, agent.Online.Encoder.Items());
        return agent.Points(agent.Online, observation, states, explores: false).mean().item<float>();
    }

    private static bool Near(float one, float other) => Math.Abs(one - other) < 1e-5;
}
