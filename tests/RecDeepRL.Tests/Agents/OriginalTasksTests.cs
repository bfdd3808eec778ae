using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents;

/// <summary>The classical agents on the original's data, in the original's protocol: mean responses per user of one final round
/// of everybody in exploit mode.</summary>
[Trait("Category", "Learning")]
public sealed class OriginalTasksTests
{
    private const int Seeds = 5;

    [SkippableTheory]
    // With 5000 users of variance at most ¼, the coins of a final round move its mean by 4·√(.25/(5000·5)) = .0126 over five seeds, less for sure things.
    [InlineData("popular", "random", .415 - .0125, .415 + .0125)]
    [InlineData("popular", "oracle", .75 - .011, .75 + .011)] // 4·√(.1875/25 000) = .011.
    [InlineData("popular", "best-fixed", .75 - .011, .75 + .011)]
    [InlineData("popular", "thompson", .75 - .011, .75 + .011)]
    [InlineData("popular", "epsilon-greedy", .75 - .011, .75 + .011)]
    [InlineData("popular", "kl-ucb", .75 - .011, .75 + .011)]
    [InlineData("popular", "softmax", .75 - .011, .75 + .011)]
    [InlineData("context", "best-fixed", .892 - .011, .892 + .011)] // 4·√(.0963/15 000) = .0101, and .892 is rounded.
    [InlineData("context", "oracle", .9307 - .009, .9307 + .009)] // 4·√(.0645/15 000) = .0083, and .9307 is rounded.
    [InlineData("context", "linucb", .885, .9307)]
    [InlineData("context", "logistic-ucb", .889, .9307)]
    [InlineData("drift", "oracle", .70 - .0116, .70 + .0116)] // 4·√(.21/25 000) = .0116.
    [InlineData("drift", "discounted-ucb", .70 - .0116, .70 + .0116)]
    [InlineData("drift", "kalman-thompson", .70 - .0116, .70 + .0116)]
    public void AgentsEndWhereTheyShould(string environment, string agent, double low, double high) =>
        Assert.InRange(Average(environment, agent), low, high);

    [SkippableTheory]
    // One run spreads by about .014 (100 runs of the original: standard error .0014), so five average within 4·.014/√5 = .025.
    [InlineData("popular", .551)]
    [InlineData("drift", .453)]
    public void SampledUcbEndsWhereTheOriginalsBaselineDoes(string environment, double expected) =>
        Assert.InRange(Average(environment, "ucb", "exploration=0.1", "selection=sampled"), expected - .025, expected + .025);

    [SkippableFact]
    public void FiftyResponsesOfEachUserTellMoreThanPopularityDoes()
    {
        // The best fixed list is worth 3.4525 and the coins of the final round move its mean by 4·√(10·.25/6040) = .08: 3.8 is far beyond popularity.
        var responses = Run("personal", "gaussian-tastes", [], 1);
        Assert.True(responses > 3.8, $"{responses} responses per user");
    }

    private static double Average(string environment, string agent, params string[] settings) =>
        Enumerable.Range(1, Seeds).Average(seed => Run(environment, agent, settings, seed));

    private static double Run(string environmentName, string agentName, string[] settings, long seed)
    {
        using var outer = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find(environmentName).Create(new EnvironmentContext(seed, CPU, OriginalData.Require()));
        environment.Reset(RandomStream.DeriveSeed(seed, "training"));
        var registration = AgentRegistry.Find(agentName);
        var options = OptionsBinder.Bind(registration.OptionsType, settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], setting.Split('=')[1])));
        using var agent = registration.Create(new AgentContext(environment.Spec, environment.Population, RandomStream.DeriveSeed(seed, "agent")), options);
        (agent as INeedsTruth)?.Reveal((ITruth)environment);
        for (var round = 0; round < environment.Spec.DefaultIterations; round++)
        {
            using var scope = NewDisposeScope();
            agent.Learn(environment.Step(agent.Recommend(environment.Observe(), RecommendationMode.Explore)));
        }
        var everyone = environment.ObserveAll(RandomStream.DeriveSeed(seed, "evaluation"));
        var slates = agent.Recommend(everyone, RecommendationMode.Exploit);
        return environment.Respond(everyone, slates, RandomStream.DeriveSeed(seed, "evaluation")).sum(1).mean().item<float>();
    }
}
