using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class SlateQAgentTests
{
    private static readonly float[] s_line = [0.2f, 0.5f, 0.8f];

    [Fact]
    public void WhereItemsAreAnsweredForThemselvesASlateIsWorthTheSumOfItsItemsAndTheStatesShare()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = Known(toy, SlateResponse.Independent);
        agent.Replay.Add(KnownNetworks.Round(toy, new float[3, 2], [true, false, false], [false, true, false]));
        // Each item: response e, and .5 · e of what follows, so 1.5 · e; the state's share is .3. The best two: 1.5 · (.5 + .8) + .3 = 2.25; .9 · 2.25 = 2.025.
        // A terminated state is worth nothing, a truncated one what any other is.
        Assert.Equal([0f, 2.025f, 2.025f], agent.NextValues(KnownValues.Rows(agent), 0).data<float>().ToArray(), KnownValues.Near);
    }

    [Fact]
    public void ResponsesAreLearnedBySlotAndWhatFollowsBySlate()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[1, 3], 2);
        using var agent = Known(toy, SlateResponse.Independent);
        agent.Replay.Add(KnownNetworks.Round(toy, new[,] { { 1f, 0f } }));
        var errors = agent.Update(KnownValues.Rows(agent), 0);
        var figures = agent.Diagnose();
        // Responses of items 0 and 2, expected at .2 and .8: (.8² + .8²)/2 = .64.
        Assert.Equal(0.64, figures["choice_loss"], 5);
        // What follows: .5 · (.2 + .8) + .3 = .8 against 2.025: 1.225² = 1.500625. One value for the slate, not one for each slot.
        Assert.Equal(1.500625, figures["value_loss"], 5);
        Assert.Equal([1.225f], errors.data<float>().ToArray(), KnownValues.Near);
        Assert.Equal(0.8, figures["mean_value"], 5);
        Assert.Equal(2.025, figures["mean_target"], 5);
    }

    [Fact]
    public void AnItemsEffectOnTheFutureIsNotDividedByTheSlots()
    {
        // Slates {0, 2} are followed by a state worth 2, slates {1, 2} end the session: item 1 costs .9 · 2 = 1.8.
        // Were each slot to learn what follows the slate as its own share, it would find half of that.
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = new SlateQAgent(toy.ContextFor(1), new SlateQOptions { HiddenSize = 8, EmbeddingSize = 2, Discount = 0.9, BatchSize = 2, LearningRate = 0.02, Tau = 1e-12 });
        using (no_grad())
        {
            agent.Target.Parameters.Values.zero_();
            agent.Target.Parameters["state.1.bias"].fill_(2);
        }
        using var observation = toy.Observe();
        using var round = new Feedback
        {
            Observation = observation,
            Slates = tensor(new[,] { { 0L, 2L }, { 1L, 2L } }),
            Responses = zeros(2, 2),
            Reward = zeros(2),
            NextObservation = toy.Observe(),
            Terminated = tensor(new[] { false, true }),
            Truncated = tensor(new[] { false, false }),
        };
        agent.Replay.Add(round);
        for (var update = 0; update < 300; update++)
        {
            using var updateScope = NewDisposeScope();
            agent.Update(KnownValues.Rows(agent), update);
        }
        var later = agent.Online.Of(observation, null).Second[0].detach();
        Assert.Equal(1.8f, later[0].item<float>() - later[1].item<float>(), 0.05f);
    }

    [Fact]
    public void WhereItemsCompeteASlateIsWorthItsItemsByTheProbabilityOfTheirChoice()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = Known(toy, SlateResponse.MultinomialLogit);
        agent.Replay.Add(KnownNetworks.Round(toy, new float[2, 2]));
        // Weights exp(e), values .5 · e, none .3. Items 1 and 2: v = 1.648721, 2.225541, so (1.648721 · .25 + 2.225541 · .4 + .3)/(1 + 3.874262) = .328745.
        // The other slates are worth less: {0, 2}: (1.221403 · .1 + .890216 + .3)/4.446944 = .295114; {0, 1}: (.122140 + .412180 + .3)/3.870124 = .215580.
        Assert.All(agent.NextValues(KnownValues.Rows(agent), 0).data<float>().ToArray(), value => Assert.Equal(0.9f * 0.328745f, value, 4));
    }

    [Fact]
    public void WhereItemsCompeteOnlyTheItemAnsweredOrNoneIsLearned()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var agent = Known(toy, SlateResponse.MultinomialLogit);
        agent.Replay.Add(KnownNetworks.Round(toy, new[,] { { 0f, 1f }, { 0f, 0f } }, terminated: [true, true]));
        var errors = agent.Update(KnownValues.Rows(agent), 0);
        // The first user chose item 2, of value .4, and was paid 1: .6. The second chose none, of value .3, and was paid 0: .3.
        Assert.Equal([0.6f, 0.3f], errors.data<float>().ToArray(), KnownValues.Near);
        var figures = agent.Diagnose();
        Assert.Equal((0.36 + 0.09) / 2, figures["value_loss"], 5);
        // Utilities .2, .8 and 0 for none: ln Σ exp = ln 4.446944 = 1.492217; −ln P(item 2) = .692217, −ln P(none) = 1.492217.
        Assert.Equal((0.692217 + 1.492217) / 2, figures["choice_loss"], 4);
    }

    [Fact]
    public void OnPolicyTargetsValueTheSlatesThatExplorationShows()
    {
        using var scope = NewDisposeScope();
        const int Users = 4000;
        using var toy = new ToyBandit(new float[Users, 3], 1);
        using var agent = new SlateQAgent(toy.ContextFor(1), KnownValues.Fixed(new SlateQOptions { OnPolicy = true }) with { Epsilon = 0.5, ReplayCapacity = Users });
        KnownValues.Set(agent.Target, s_line);
        agent.Replay.Add(KnownNetworks.Round(toy, new float[Users, 1]));
        var values = agent.NextValues(KnownValues.Rows(agent), 0);
        // Half of the slots show .8, the others any item: .5 · .8 + .5 · .5 = .65; .9 · .65 = .585. A slot's deviation is at most .9 · .3 = .27: four of .27/√4000 are .0171.
        Assert.InRange(values.mean().item<float>(), 0.585f - 0.0171f, 0.585f + 0.0171f);
        Assert.True(values.min().item<float>() < 0.2f && values.max().item<float>() > 0.7f);
    }

    [Fact]
    public void WhereItemsCompeteTheChoiceIsLearnedFromWhatIsChosen()
    {
        // Users take item 0 over item 1 in three of four slates that are answered, and leave half of the slates unanswered: P = 3/8, 1/8, 1/2.
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[8, 3], 2);
        using var agent = new SlateQAgent(toy.ContextFor(1), new SlateQOptions
        {
            Choice = SlateResponse.MultinomialLogit, HiddenSize = 8, EmbeddingSize = 2, Discount = 0, BatchSize = 8, LearningRate = 0.02, Tau = 1,
        });
        using var round = KnownNetworks.Round(toy, new[,] { { 1f, 0f }, { 1f, 0f }, { 1f, 0f }, { 0f, 1f }, { 0f, 0f }, { 0f, 0f }, { 0f, 0f }, { 0f, 0f } });
        agent.Replay.Add(round);
        for (var update = 0; update < 300; update++)
        {
            using var updateScope = NewDisposeScope();
            agent.Update(KnownValues.Rows(agent), update);
        }
        using var observation = toy.Observe();
        var utilities = agent.Online.Of(observation, null).First[0].detach();
        var chosen = functional.softmax(stack([utilities[0], utilities[2], tensor(0f)]), 0);
        Assert.Equal([0.375f, 0.125f, 0.5f], chosen.data<float>().ToArray(), (one, other) => Math.Abs(one - other) < 0.02f);
    }

    private static SlateQAgent Known(ToyBandit toy, SlateResponse choice)
    {
        var agent = new SlateQAgent(toy.ContextFor(1), KnownValues.Fixed(new SlateQOptions { Choice = choice }));
        KnownValues.Set(agent.Online, s_line, slope: 0.5f, state: 0.3f);
        KnownValues.Set(agent.Target, s_line, slope: 0.5f, state: 0.3f);
        return agent;
    }
}
