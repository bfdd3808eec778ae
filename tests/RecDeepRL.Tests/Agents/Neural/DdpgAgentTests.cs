using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class DdpgAgentTests
{
    private static readonly DdpgOptions s_small = new() { HiddenSize = 8, EmbeddingSize = 3, BatchSize = 16, UpdatesPerIteration = 3 };

    [Fact]
    public void TargetsAddTheDiscountedValueOfTheItemNearestToTheTargetActorsPoint()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = WithKnownTarget(toy);
        using var feedback = Round(toy, responses: new[,] { { 1f, 0f }, { 0f, 0f }, { 1f, 1f } });
        agent.Replay.Add(feedback);

        var targets = agent.Learner.Targets(agent.Replay.Take(arange(3, ScalarType.Int64)));

        // Items stand at .2, .5 and .8 and Q'(s, e) = e. The actor's point is .6, the nearest item .5, so y = r + .9 · .5 = r + .45. Age 0 is the last user.
        Assert.Equal([2, 3], [targets.shape[1], targets.shape[0]]);
        Assert.Equal([1.45f, 1.45f, 0.45f, 0.45f, 1.45f, 0.45f], targets.data<float>().ToArray(), Near);
    }

    [Fact]
    public void ATerminatedStateHasNoValueAndATruncatedOneHas()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = WithKnownTarget(toy);
        bool[] terminated = [true, false, false];
        bool[] truncated = [false, true, false];
        using var feedback = Round(toy, responses: new float[3, 2], terminated, truncated);
        agent.Replay.Add(feedback);
        var targets = agent.Learner.Targets(agent.Replay.Take(arange(2, -1, -1, ScalarType.Int64)));
        Assert.Equal([0f, 0f, 0.45f, 0.45f, 0.45f, 0.45f], targets.data<float>().ToArray(), Near);
    }

    [Fact]
    public void AResponseIsAPaymentAndNotTheEndOfAnEpisode()
    {
        // Were the reward taken for 'done', a click would cut the bootstrap: 1 instead of 1.45.
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = WithKnownTarget(toy);
        using var feedback = Round(toy, responses: new[,] { { 1f, 1f }, { 1f, 1f }, { 1f, 1f } });
        agent.Replay.Add(feedback);
        Assert.All(agent.Learner.Targets(agent.Replay.Take(arange(3, ScalarType.Int64))).data<float>().ToArray(), target => Assert.Equal(1.45f, target, 5));
    }

    [Fact]
    public void TheCriticsLossIsTheMeanOverEverySlotOfTheSquaredError()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = new DdpgAgent(toy.ContextFor(1), s_small with { Discount = 0, CriticLearningRate = 1e-12, ActorLearningRate = 1e-12 });
        using (no_grad())
            agent.Learner.Online.CriticParameters.Values.zero_();
        using var feedback = Round(toy, responses: new[,] { { 3f, 0f }, { 0f, 1f } });
        agent.Replay.Add(feedback);
        agent.Learner.Update(agent.Replay.Take(arange(2, ScalarType.Int64)));
        // Q = 0 everywhere and discount 0: (9 + 0 + 0 + 1) / 4 = 2.5. Rows against slots by accident of broadcasting would give another number.
        Assert.Equal(2.5, agent.Diagnose()["critic_loss"], 5);
    }

    [Fact]
    public void TargetsStartAsTheOnlineNetworksAndFollowByTau()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = new DdpgAgent(toy.ContextFor(1), s_small with { UpdatesPerIteration = 1, Tau = 0.25 });
        var before = agent.Learner.Online.CriticParameters.Values.clone();
        Assert.True(TensorComparison.SameAs(before, agent.Learner.Target.CriticParameters.Values));
        Assert.True(TensorComparison.SameAs(agent.Learner.Online.ActorParameters.Values, agent.Learner.Target.ActorParameters.Values));
        toy.Train(agent, 1);
        var expected = before.mul(0.75).add(agent.Learner.Online.CriticParameters.Values, alpha: 0.25);
        Assert.False(TensorComparison.SameAs(before, agent.Learner.Online.CriticParameters.Values));
        Assert.True(expected.allclose(agent.Learner.Target.CriticParameters.Values, 1e-6, 1e-7));
    }

    [Fact]
    public void TheActorsLossMovesTheActorAndNeitherCriticNorEmbeddings()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 2, 1);
        // With a critic that cannot move by its own loss, whatever moves it would be the actor's.
        using var agent = new DdpgAgent(toy.ContextFor(1), s_small with { CriticLearningRate = double.Epsilon });
        var critic = agent.Learner.Online.CriticParameters.Values.clone();
        var actor = agent.Learner.Online.ActorParameters.Values.clone();
        toy.Train(agent, 2);
        Assert.True(TensorComparison.SameAs(critic, agent.Learner.Online.CriticParameters.Values));
        Assert.False(TensorComparison.SameAs(actor, agent.Learner.Online.ActorParameters.Values));
    }

    [Fact]
    public void TheActorClimbsTheCritic()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[30, 3], 1);
        using var agent = WithKnownTarget(toy, online: true, tau: 1e-9);
        var before = Point(agent, toy);
        toy.Train(agent, 3);
        // Q(s, e) = e, so the actor's point has to rise: 30 steps of Adam, of about .001 each.
        Assert.True(Point(agent, toy) > before + 0.01);
    }

    [Fact]
    public void NoiseIsEachUsersOwnOfBothSignsAndOfTheStatedSize()
    {
        using var scope = NewDisposeScope();
        const int Users = 4000;
        using var toy = new ToyBandit(new float[Users, 12], 1);
        using var agent = new DdpgAgent(toy.ContextFor(1), s_small with { EmbeddingSize = 2 });
        using var observation = toy.Observe();
        var states = agent.Learner.Online.Encoder.States(observation, agent.Learner.Online.Encoder.Items()).detach();
        var noise = agent.Policy.Points(agent.Learner.Online, observation, states, 0.1).sub(agent.Policy.Points(agent.Learner.Online, observation, states, 0)).detach();
        // 8000 draws of deviation .1: mean 0 ± 4 · .1/√8000 = .0045; deviation .1 ± 4 · .1/√16000 = .0032; half are negative ± 4 · √(.25/8000) = .0224.
        Assert.InRange(noise.mean().item<float>(), -0.0045f, 0.0045f);
        Assert.InRange(noise.std().item<float>(), 0.1f - 0.0032f, 0.1f + 0.0032f);
        Assert.InRange(noise.lt(0).to_type(ScalarType.Float32).mean().item<float>(), 0.5f - 0.0224f, 0.5f + 0.0224f);
        Assert.True(noise.select(1, 0).unique().output.shape[0] > Users / 2, "users share their noise");
        // Correlation of the coordinates of a user, and of a user with the next: 0 ± 4/√4000 = .063.
        var scaled = noise.div(0.1f);
        Assert.InRange(scaled.select(1, 0).mul(scaled.select(1, 1)).mean().item<float>(), -0.0633f, 0.0633f);
        Assert.InRange(scaled.select(1, 0).narrow(0, 0, Users - 1).mul(scaled.select(1, 0).narrow(0, 1, Users - 1)).mean().item<float>(), -0.0633f, 0.0633f);
    }

    [Fact]
    public void NoiseDecaysWithTheRoundsAndIsAbsentFromExploitation()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 6, 1, 1);
        using var agent = new DdpgAgent(toy.ContextFor(1), s_small with { Noise = 0.4, NoiseDecay = 0.5 });
        Assert.Equal(0.4, agent.Diagnose()["noise"], 10);
        toy.Train(agent, 3);
        Assert.Equal(0.05, agent.Diagnose()["noise"], 10);
    }

    [Fact]
    public void WithoutRerankingTheNearestItemsAreShownAndWithItTheCriticsBest()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var observation = toy.Observe();
        // The actor's point is .6: item 1 at .5 is nearest. Q(s, e) = e: item 2 at .8 is best; with two candidates, 1 and 2, as well; with one, 1.
        foreach (var (rerank, candidates, expected) in new (bool, int?, long)[] { (false, null, 1), (true, null, 2), (true, 2, 2), (true, 1, 1) })
        {
            using var agent = WithKnownTarget(toy, rerank: rerank, candidates: candidates);
            var slates = agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray();
            Assert.All(slates, item => Assert.Equal(expected, item));
        }
    }

    [Fact]
    public void TheCriticsValueBetweenItemsIsHeldToThatOfTheItemThePointLeadsTo()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = WithKnownTarget(toy, online: true);
        using var feedback = Round(toy, responses: new float[3, 2]);
        agent.Replay.Add(feedback);
        agent.Learner.Update(agent.Replay.Take(arange(3, ScalarType.Int64)));
        // Q(s, e) = e: the point .6 leads to the item at .5, so (.6 − .5)² = .01.
        Assert.Equal(0.01, agent.Diagnose()["grounding_loss"], 6);
    }

    [Fact]
    public void ExploitingAsksTheAveragedNetworksAndExploringTheOnlineOnes()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = WithKnownTarget(toy);
        using (no_grad())
        {
            agent.Learner.Online.CopyFrom(agent.Learner.Target);
            agent.Learner.Online.CriticParameters["items.embedding"][0, 0] = 2;
        }
        // Averaged, item 2 stands highest, at .8; online it is item 0, at tanh 2 = .96.
        using var observation = toy.Observe();
        Assert.All(agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray(), item => Assert.Equal(2, item));
        Assert.All(agent.Recommend(observation, RecommendationMode.Explore).data<long>().ToArray(), item => Assert.Equal(0, item));
    }

    [Fact]
    public void NegativeValuesAreStillRankedAboveItemsThatMayNotBeShown()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 1);
        using var agent = WithKnownTarget(toy);
        using (no_grad())
            agent.Learner.Target.CriticParameters["critic.output.bias"].fill_(-10);
        // Q = e − 10; item 2 is best but not eligible, so item 1.
        using var observation = toy.Observe(tensor(new[,] { { true, true, false }, { true, true, false }, { true, false, false } }));
        Assert.Equal([1L, 1L, 0L], agent.Recommend(observation, RecommendationMode.Exploit).data<long>().ToArray());
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(0)]
    public void FewerCandidatesThanSlotsAreRefused(int fewer)
    {
        using var toy = new ToyBandit(new float[3, 8], 4);
        if (fewer < 0)
            Assert.Contains("candidates was 1, must be at least the slate size, 4", Assert.Throws<UserMistakeException>(() => new DdpgAgent(toy.ContextFor(1), s_small with { Candidates = 4 + fewer })).Message, StringComparison.Ordinal);
        else
            new DdpgAgent(toy.ContextFor(1), s_small with { Candidates = 4 }).Dispose();
    }

    /// <summary>An agent whose networks are known: items at .2, .5, .8 on a line, Q(s, e) = e for e > 0, the actor's point .6 for every user; discount .9.</summary>
    private static DdpgAgent WithKnownTarget(ToyBandit toy, bool online = false, double tau = 0.01, bool rerank = true, int? candidates = null)
    {
        var agent = new DdpgAgent(toy.ContextFor(1), new DdpgOptions
        {
            Discount = 0.9,
            HiddenSize = 1,
            EmbeddingSize = 1,
            Tau = tau,
            Rerank = rerank,
            Candidates = candidates,
            CriticLearningRate = 1e-12,
            ActorLearningRate = 0.001,
            Warmup = 0,
            BatchSize = 16,
            UpdatesPerIteration = 10,
            RandomShare = 0,
            Noise = 0,
        });
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var networks = online ? agent.Learner.Online : agent.Learner.Target;
        networks.CriticParameters.Values.zero_();
        networks.ActorParameters.Values.zero_();
        networks.CriticParameters["items.embedding"].copy_(tensor(new[,] { { 0.2f }, { 0.5f }, { 0.8f } }).atanh());
        foreach (var weight in new[] { "critic.item.weight", "critic.hidden.weight", "critic.output.weight" })
            networks.CriticParameters[weight].fill_(1);
        networks.ActorParameters["actor.2.bias"].fill_(0.6);
        return agent;
    }

    private static Feedback Round(ToyBandit toy, float[,] responses, bool[]? terminated = null, bool[]? truncated = null)
    {
        var users = responses.GetLength(0);
        return new Feedback
        {
            Observation = toy.Observe(),
            Slates = arange(2, ScalarType.Int64).mul(2).expand(users, 2).contiguous(),
            Responses = tensor(responses),
            Reward = tensor(responses).sum(1),
            NextObservation = toy.Observe(),
            Terminated = terminated is null ? zeros([users], ScalarType.Bool) : tensor(terminated),
            Truncated = truncated is null ? zeros([users], ScalarType.Bool) : tensor(truncated),
        };
    }

    private static float Point(DdpgAgent agent, ToyBandit toy)
    {
        using var scope = NewDisposeScope();
        using var observation = toy.Observe();
        return agent.Learner.Online.Actor(agent.Learner.Online.Encoder.States(observation, agent.Learner.Online.Encoder.Items())).mean().item<float>();
    }

    private static bool Near(float one, float other) => Math.Abs(one - other) < 1e-5;
}
