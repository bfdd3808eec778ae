using RecDeepRL.Agents;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

/// <summary>The agents with a posterior for each user: pair-beta, pmf and gaussian-tastes.</summary>
public sealed class PersonalPosteriorAgentTests
{
    [Theory]
    [InlineData("pmf", "factors=2")]
    [InlineData("pmf", "factors=2", "rule=thompson")]
    [InlineData("gaussian-tastes")]
    public void UsersOfTwoTastesGetTheirOwnItems(string agent, params string[] settings)
    {
        // Every item is worth .5 to users on average, so the most popular two are worth 1; each user's own are worth 1.6. Half of the way is asked for.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 5; seed++)
            Assert.InRange(Train(agent, settings, Table.TwoTastes(60, 20), 30, seed), 1.3, 1.6001);
    }

    [Theory]
    [InlineData("pair-beta")]
    [InlineData("pair-beta", "rule=thompson")]
    [InlineData("pmf")]
    [InlineData("gaussian-tastes")]
    public void TastesThatNobodySharesAreLearnedFromTheUsersOwnResponses(string agent, params string[] settings)
    {
        // Each of 40 users likes two of six items at random, .9 against .1: the most popular items are worth some .9, the optimum is 1.8. Half of the way is asked for.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 5; seed++)
        {
            var place = new RandomStream(seed, "own").Uniform(0, CPU, 40, 6).argsort(1).argsort(1);
            Assert.InRange(Train(agent, settings, where(place.lt(2), .9f, .1f), 40, seed), 1.35, 1.8001);
        }
    }

    [Theory]
    [InlineData("pair-beta")]
    [InlineData("pmf")]
    [InlineData("gaussian-tastes")]
    public void WithoutAnyDifferenceTheBestItemIsFound(string agent)
    {
        // Own luck may mislead one user in twelve to the second best: .5/12 = .04.
        using var scope = NewDisposeScope();
        for (var seed = 1; seed <= 5; seed++)
            Assert.Equal(.8, Train(agent, [], tensor(new[] { .1f, .2f, .8f, .3f }).expand(60, 4), 40, seed, slateSize: 1), .04);
    }

    [Fact]
    public void TheUsersOwnResponsesOutweighTheItemsMeanAsAlphaSays()
    {
        // Nine users answer item 0 and not item 1; user 0 answers item 1 twice and item 0 not, twice. Item 0: 9 of 11, item 1: 2 of 11, all .5; with ten showings of .5,
        // m₀ = 14/21 = .667, m₁ = 7/21 = .333. To user 0, α = 1: .667/3 = .22 against 2.333/3 = .78; α = 50: 33.3/52 = .64 against 18.7/52 = .36.
        using var scope = NewDisposeScope();
        foreach (var (strength, best) in new[] { (1.0, 1L), (50.0, 0L) })
        {
            using var agent = new PairBetaAgent(Toy.Context(Toy.Spec(10, 2, 1)), new PairBetaOptions { Strength = strength });
            for (var user = 1; user < 10; user++)
            {
                Show(agent, user, 0, 1);
                Show(agent, user, 1, 0);
            }
            for (var time = 0; time < 2; time++)
            {
                Show(agent, 0, 0, 0);
                Show(agent, 0, 1, 1);
            }
            Assert.Equal(best, Toy.Slates(agent, Toy.Observe(1), RecommendationMode.Exploit)[0][0]);
        }
    }

    [Fact]
    public void AShrinkingPoolShowsUsersAgainWhatTheySawOnce()
    {
        using var scope = NewDisposeScope();
        var spec = Toy.Spec(30, 40, 4);
        using var agent = new GaussianTastesAgent(Toy.Context(spec), new GaussianTastesOptions { Candidates = 5, ScreenedItems = 20, ScreeningResponses = 16, ResponsesPerCut = 4 });
        Assert.Equal(20, agent.Diagnose()["candidates"]);
        var first = Toy.Slates(agent, Toy.Observe(30), RecommendationMode.Explore);
        Play(agent, 0);
        var second = Toy.Slates(agent, Toy.Observe(30, drawKey: 1), RecommendationMode.Explore);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First.Order(), pair.Second.Order()));
        Play(agent, 1);
        var third = Toy.Slates(agent, Toy.Observe(30, drawKey: 2), RecommendationMode.Explore);
        Assert.All(first.Zip(third), pair => Assert.Empty(pair.First.Intersect(pair.Second)));
        Play(agent, 2);
        Play(agent, 3); // 16 responses for each user.
        Assert.Equal(10, agent.Diagnose()["candidates"]);
        Play(agent, 4);
        Assert.Equal(5, agent.Diagnose()["candidates"]);
        Play(agent, 5);
        Assert.True(agent.Diagnose()["taste_variance"] > 0);
        var last = Toy.Slates(agent, Toy.Observe(30, drawKey: 7), RecommendationMode.Exploit);
        Assert.Equal(5, last.SelectMany(slate => slate).Distinct().Count());

        void Play(IAgent learner, long round)
        {
            var observation = Toy.Observe(30, drawKey: round, iteration: round);
            var slates = learner.Recommend(observation, RecommendationMode.Explore);
            learner.Learn(Toy.Feedback(observation, slates, new RandomStream(1, "coins").Uniform(round, CPU, 30, 4).lt(.4).to_type(ScalarType.Float32)));
        }
    }

    [Theory]
    [InlineData("pair-beta", "candidates=3", "warmupResponses=2")]
    [InlineData("pmf", "candidates=3", "warmupResponses=2")]
    public void AfterTheWarmUpOnlyTheMostPopularItemsAreShown(string agent, params string[] settings)
    {
        using var scope = NewDisposeScope();
        // 200 users, ten items shown 40 times each by then: means within 4·√(.25/40) = .32 of .1 and .8.
        var probabilities = cat([full([200, 3], .8f), full([200, 7], .1f)], 1);
        using var learner = Create(agent, settings, Toy.Spec(200, 10, 2));
        var coins = new RandomStream(4, "coins");
        for (var round = 0; round < 2; round++)
        {
            var observation = Toy.Observe(200, drawKey: round, iteration: round);
            var slates = learner.Recommend(observation, RecommendationMode.Explore);
            learner.Learn(Toy.Feedback(observation, slates, coins.Uniform(round, CPU, 200, 2).lt(probabilities.gather(1, slates)).to_type(ScalarType.Float32)));
        }
        foreach (var mode in Enum.GetValues<RecommendationMode>())
            Assert.All(Toy.Slates(learner, Toy.Observe(200, drawKey: 9), mode), slate => Assert.All(slate, item => Assert.InRange(item, 0, 2)));
    }

    private static void Show(PairBetaAgent agent, long user, long item, float response) =>
        agent.Learn(Toy.Feedback(Toy.Observe(1, ids: tensor(new[] { user })), tensor(new[,] { { item } }), tensor(new[,] { { response } })));

    private static double Train(string agent, string[] settings, Tensor probabilities, int rounds, long seed, int slateSize = 2)
    {
        using var learner = Create(agent, settings, Toy.Spec((int)probabilities.shape[0], (int)probabilities.shape[1], slateSize, iterations: rounds), seed);
        return Toy.Train(learner, probabilities, null, rounds, seed);
    }

    private static IAgent Create(string agent, string[] settings, EnvironmentSpec spec, long seed = 1)
    {
        var registration = AgentRegistry.Find(agent);
        return registration.Create(Toy.Context(spec, seed), OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1]))));
    }
}
