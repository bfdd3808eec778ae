using RecDeepRL.Agents.Bandits;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Bandits;

/// <summary>What agents say of their slates: propensities against frequencies, relevance against numbers worked by hand.</summary>
public sealed class SlateExplanationTests
{
    private const int Users = 60_000;
    private const int Items = 6;
    private const int Slots = 3;

    public static TheoryData<string> Agents => ["random", "greedy", "epsilon .3", "epsilon 1", "epsilon untaught", "ucb", "ucb untaught", "ucb virtual", "ucb virtual untaught", "exp3", "exp3 untaught"];

    [Theory]
    [MemberData(nameof(Agents))]
    public void ItemsAreShownAsOftenAsTheirPropensitySays(string name)
    {
        using var scope = NewDisposeScope();
        using var agent = Create(name);
        // Means .5, .9, .5, .2, .5, and one item never shown: three are tied for ranks 1 to 3, across the end of the slate.
        if (!name.EndsWith("untaught", StringComparison.Ordinal))
            Toy.Teach(agent, (10, 5), (10, 9), (10, 5), (10, 2), (10, 5), (0, 0));
        var everyone = Toy.Observe(Users);
        var slates = agent.Recommend(everyone, RecommendationMode.Explore);

        // Every item in every slot.
        var all = arange(Items, ScalarType.Int64).unsqueeze(1).expand(Items, Slots);
        using var explanation = ((IExplainsSlates)agent).Explain(Toy.Observe(Items), all, RecommendationMode.Explore);
        var propensity = explanation.Propensity!.data<float>().ToArray();
        for (var slot = 0; slot < Slots; slot++)
        {
            var counts = slates.select(1, slot).bincount(null, Items).data<long>().ToArray();
            var claimed = Enumerable.Range(0, Items).Select(item => (double)propensity[(item * Slots) + slot]).ToArray();
            Assert.Equal(1, claimed.Sum(), 5);
            Assert.Equal(0, counts.Where((_, item) => claimed[item] == 0).Sum());
            if (claimed.Count(one => one > 0) > 1)
                Chance.AssertFrequencies([.. counts.Where((_, item) => claimed[item] > 0)], [.. claimed.Where(one => one > 0)]);
        }
    }

    [Fact]
    public void AnEpsilonGreedySlateOfTwoIsAsWorkedByHand()
    {
        // Three items of means .9, .5, .1; K = 2, ε = .2. With the other slot's coin, an exploring slot chooses from 2 or 3 items:
        // ε·(.8/2 + .2/3) = .2·.4666667 = .0933333 for an item at home in this slot or in none, and ε²/3 = .0133333 for the other slot's own.
        // Slot 0: .8 + .0933333, .0133333, .0933333; the sum is 1.
        using var scope = NewDisposeScope();
        var propensity = ItemExplanation.Propensity(tensor(new[] { .9, .5, .1 }), tensor(new long[] { 0, 0, 1, 1, 2, 2 }, [3, 2]), .2);
        Assert.Equal([.8933333f, .0133333f, .0133333f, .8933333f, .0933333f, .0933333f], propensity.data<float>().ToArray(), (first, second) => Math.Abs(first - second) < 1e-6);
    }

    [Fact]
    public void RelevanceIsTheAgentsOwnEstimate()
    {
        // Ten showings, five responses: the mean is 5/10; with a Beta(1, 1) prior (5 + 1)/(10 + 2); a prior of strength 10 and mean 0 makes it 5/20.
        Assert.Equal([.5f, float.NaN], Relevance(new UcbAgent(Context(2), new UcbOptions())));
        Assert.Equal([.5f, float.NaN], Relevance(new EpsilonGreedyAgent(Context(2), new EpsilonGreedyOptions())));
        Assert.Equal([.5f, .5f], Relevance(new ThompsonAgent(Context(2), new ThompsonOptions())));
        Assert.Equal([.25f, 0f], Relevance(new GreedyAgent(Context(2), new GreedyOptions { PriorStrength = 10 })));
        Assert.Null(new RandomAgent(Context(2)).Explain(Toy.Observe(1), tensor(new long[] { 0, 1 }, [1, 2]), RecommendationMode.Explore).Relevance);
    }

    [Fact]
    public void APropensityThatIsNotKnownIsNotTold()
    {
        using var scope = NewDisposeScope();
        var slates = tensor(new long[] { 0, 1 }, [1, 2]);
        var masked = Toy.Observe(1, eligible: ones([1, 2], ScalarType.Bool));
        IExplainsSlates[] agents = [new UcbAgent(Context(2), new UcbOptions { Selection = IndexSelection.Sampled }), new ThompsonAgent(Context(2), new ThompsonOptions())];
        Assert.All(agents, agent => Assert.Null(agent.Explain(Toy.Observe(1), slates, RecommendationMode.Explore).Propensity));
        Assert.Null(new GreedyAgent(Context(2), new GreedyOptions()).Explain(masked, slates, RecommendationMode.Explore).Propensity);
    }

    private static AgentContext Context(int items) => Toy.Context(Toy.Spec(1, items, Math.Min(items, Slots)));

    private static float[] Relevance(IAgent agent)
    {
        using var scope = NewDisposeScope();
        Toy.Teach(agent, (10, 5), (0, 0));
        return ((IExplainsSlates)agent).Explain(Toy.Observe(1), tensor(new long[] { 0, 1 }, [1, 2]), RecommendationMode.Explore).Relevance!.data<float>().ToArray();
    }

    private static IAgent Create(string name) => name switch
    {
        "random" => new RandomAgent(Context(Items)),
        "greedy" => new GreedyAgent(Context(Items), new GreedyOptions()),
        "epsilon .3" or "epsilon untaught" => new EpsilonGreedyAgent(Context(Items), new EpsilonGreedyOptions { Epsilon = .3 }),
        "epsilon 1" => new EpsilonGreedyAgent(Context(Items), new EpsilonGreedyOptions { Epsilon = 1 }),
        "ucb virtual" or "ucb virtual untaught" => new UcbAgent(Context(Items), new UcbOptions()),
        "exp3" or "exp3 untaught" => new Exp3Agent(Context(Items), new Exp3Options { Exploration = .2 }),
        _ => new UcbAgent(Context(Items), new UcbOptions { Selection = IndexSelection.Highest }),
    };
}
