using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.OffPolicy;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments.OffPolicy;

public sealed class OffPolicyEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("random", 2)]
    [InlineData("exp3", 1)]
    public void WhereThePolicyIsTheLogsOwnEveryEstimatorFindsTheLogsMean(string agent, int slots)
    {
        // exp3 learns, so that the log's policy is a fixed one only until it has: the log is of one round.
        var plan = SmallRuns.Plan(agent, "popular", iterations: agent == "random" ? 6 : 1, users: 2000, slots: slots);
        using var log = Log(plan);

        var result = Evaluate(plan, log, new OffPolicySettings { TrainShare = 0, Mode = RecommendationMode.Explore });

        // All weights are 1, up to float32, so weighing changes nothing; a model adds its own error, of 4 standard errors at most.
        Assert.Equal(1, result.Weights.Mean, 1e-6);
        Assert.Equal(result.Slates, result.Weights.EffectiveSlates, .01);
        Assert.Equal(result.Logged.Value, Value(result, "ips"), 1e-6);
        Assert.Equal(result.Logged.Value, Value(result, "snips"), 1e-6);
        foreach (var name in new[] { "dm", "dr", "switch-dr" })
            Assert.Equal(result.Logged.Value, Value(result, name), 4 * result.Logged.StandardError);
    }

    [Fact]
    public void TheTruthOfARandomPolicyIsTheMeanOfAllItems()
    {
        // 12 items, four each of .75, .4 and .1: mean 5/12; two of them in a slate.
        var plan = SmallRuns.Plan("random", "popular", users: 200);
        using var log = Log(plan);

        var result = Evaluate(plan, log, new OffPolicySettings { Mode = RecommendationMode.Explore, MeasureTruth = true });

        Assert.Equal(10.0 / 12, result.Truth!.Value, 1e-6);
    }

    [Fact]
    public void TheTruthIsThatOfTheEvaluatedIterations()
    {
        // The last 10 of 20 rounds in a world that drifts; a fixed slate is worth what its two items are worth in each.
        var plan = SmallRuns.Plan("random", "drift", iterations: 20, users: 300);
        using var log = Log(plan);
        var (worth, slates) = (0.0, 0L);
        using (var environment = RunPair.CreateEnvironment(SmallRuns.WithStubs, plan.Resolve(SmallRuns.WithStubs), CPU))
        {
            foreach (var (iteration, round) in log.Rounds().Index())
            {
                using var scope = NewDisposeScope();
                using var given = round;
                if (iteration < 10)
                    continue;
                worth += ((ITruth)environment).ExpectedResponses(round.UserIds, iteration).narrow(1, 0, 2).sum(ScalarType.Float64).item<double>();
                slates += round.UserIds.shape[0];
            }
        }

        var result = Evaluate(plan with { Agent = "fixed" }, log, new OffPolicySettings { MeasureTruth = true, Draws = 1 });

        Assert.Equal(10, result.TrainIterations);
        Assert.Equal(slates, result.Slates);
        Assert.Equal(worth / slates, result.Truth!.Value, 1e-6);
    }

    [Fact]
    public void EstimatesComeCloseToWhatAnAgentIsWorthThatNeverServed()
    {
        // A random log of 12 items with slates of 2 weighs a sure item by 12; greedy has learned from the first half. About 200·10 = 2000 slates
        // are evaluated; the intervals' own standard errors say how close the estimates have to be.
        var plan = SmallRuns.Plan("random", "popular", iterations: 20, users: 2000);
        using var log = Log(plan);

        var result = Evaluate(plan with { Agent = "greedy" }, log, new OffPolicySettings { MeasureTruth = true });

        Assert.True(result.Truth > 1.4, $"greedy is worth {result.Truth}");
        foreach (var name in new[] { "ips", "snips", "dr", "switch-dr" })
        {
            var estimate = result.Estimates.Single(one => one.Estimator == name);
            Assert.InRange(estimate.Value - result.Truth!.Value, -4 * estimate.StandardError, 4 * estimate.StandardError);
            Assert.True(estimate.StandardError < .2, $"{name} has the standard error {estimate.StandardError}");
        }
        // The model learns each of 2 · 12 cells from about 140 slates: √(.19/140) = .037 for each of two slots.
        Assert.InRange(Value(result, "dm") - result.Truth!.Value, -4 * .037 * Math.Sqrt(2), 4 * .037 * Math.Sqrt(2));
        Assert.Equal(10.0 / 12, result.Logged.Value, 4 * result.Logged.StandardError);
    }

    [Fact]
    public void ALogOnDiskSaysWhatTheSameLogInMemorySays()
    {
        var plan = SmallRuns.Plan("epsilon-greedy", "context", users: 200);
        using var memory = Log(plan);
        using (var pair = SmallRuns.Pair(plan))
        {
            var run = new LoggedRun(0, plan.Agent, plan.AgentOptions, plan.Environment, plan.EnvironmentOptions, null, pair.Environment.Spec.PopulationFingerprint, 2, plan.Seed);
            using var writer = InteractionLogWriter.Open(_folder.PathOf("log"), append: false, run, pair.Environment.Population);
            new TrainingLoop(pair, new NoRecorder()) { Responded = feedback => writer.Add(feedback, (IExplainsSlates)pair.Agent) }.Run(CancellationToken.None);
            writer.Complete();
        }
        var disk = InteractionLog.Read(_folder.PathOf("log"));
        var settings = new OffPolicySettings { MeasureTruth = true, Resamples = 50, RewardModel = RewardModelKind.Logistic };
        var target = plan with { Agent = "linucb" };

        using var reader = SmallRuns.Pair(target);
        var read = new OffPolicyEvaluation(settings).Evaluate(reader, () => disk.RoundsOf(reader.Environment.Population, 2), disk.IterationCount, seed: 1);

        var kept = Evaluate(target, memory, settings);
        Assert.Equal(kept.Estimates, read.Estimates);
        Assert.Equal(kept.Truth, read.Truth);
        Assert.Equal(kept.Weights, read.Weights);
    }

    [Fact]
    public void UsersAreWeighedAsTheyWereBeforeTheRound()
    {
        var plan = SmallRuns.Plan("random", "context", iterations: 8);
        plan = plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["candidates"] = "5", ["sampling"] = "0.5", ["delay"] = "1" } };
        using var log = Log(plan);
        using var pair = SmallRuns.Pair(plan);
        foreach (var round in log.Rounds())
        {
            using var scope = NewDisposeScope();
            using var given = round;
            using var everyone = pair.Environment.ObserveAll(pair.Environment.Iteration);
            using var before = OffPolicyEvaluation.RowsOf(everyone, round.UserIds);
            using var feedback = ((IReplaysRounds)pair.Environment).Replay(round);
            var asked = feedback.Observation;
            Assert.Equal((asked.Iteration, asked.DrawKey), (before.Iteration, before.DrawKey));
            foreach (var (expected, actual) in new[]
            {
                (asked.UserIds, before.UserIds), (asked.RecentItems, before.RecentItems), (asked.RecentResponses, before.RecentResponses),
                (asked.EligibleItems!, before.EligibleItems!), (asked.UserFeatures!, before.UserFeatures!),
            })
            {
                Assert.Equal(expected.shape, actual.shape);
                Assert.True(expected.eq(actual).all().item<bool>());
            }
        }
    }

    [Fact]
    public void DrawnProbabilitiesAreThoseThatTheAgentKnows()
    {
        using var scope = NewDisposeScope();
        var plan = SmallRuns.Plan("epsilon-greedy", "popular", iterations: 5, users: 300, slots: 2) with { AgentOptions = new Dictionary<string, string> { ["epsilon"] = "0.4" } };
        using var pair = SmallRuns.Pair(plan);
        new TrainingLoop(pair, new NoRecorder()).Run(CancellationToken.None);
        var observation = pair.Environment.ObserveAll(1);

        var known = new TargetPolicy(pair.Agent, RecommendationMode.Explore, pair.Environment.Spec, 1, 1).Probabilities(observation);
        var drawn = new TargetPolicy(new Silent(pair.Agent), RecommendationMode.Explore, pair.Environment.Spec, 50, 1).Probabilities(observation);

        for (var slot = 0; slot < 2; slot++)
        {
            // All 300 users are alike to it: 300 · 50 draws.
            var counts = drawn.select(1, slot).sum([0L]).mul(50).round().to_type(ScalarType.Int64).data<long>().ToArray();
            var probabilities = known.select(1, slot).select(0, 0).data<double>().ToArray();
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            Chance.AssertFrequencies(counts, probabilities);
        }
    }

    [Fact]
    public void ItemsThatMayNotBeShownHaveNoProbability()
    {
        using var scope = NewDisposeScope();
        var plan = SmallRuns.Plan("random", "popular");
        using var pair = SmallRuns.Pair(plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["candidates"] = "5" } });
        var observation = pair.Environment.ObserveAll(0);

        var probabilities = new TargetPolicy(pair.Agent, RecommendationMode.Explore, pair.Environment.Spec, 1, 1).Probabilities(observation);

        var expected = observation.EligibleItems!.to_type(ScalarType.Float64).mul(.2).unsqueeze(1).expand(-1, 2, -1);
        Assert.True(probabilities.sub(expected).abs().max().item<double>() < 1e-6);
    }

    [Fact]
    public void EstimatedPropensitiesServeWhereTheLogHasNone()
    {
        // One round. With frequencies for propensities, weights are (1/12)/(nᵢ/n), and ips is the mean over items of each item's mean response.
        var plan = SmallRuns.Plan("thompson", "popular", iterations: 1, users: 2000, slots: 1);
        using var log = Log(plan);
        using var round = log.Rounds().Single();
        var means = round.Slates.data<long>().ToArray().Zip(round.Responses.data<float>().ToArray())
            .GroupBy(one => one.First, one => (double)one.Second).Select(item => item.Average()).ToList();
        Assert.Equal(12, means.Count);
        var target = plan with { Agent = "random" };
        var settings = new OffPolicySettings { TrainShare = 0, Mode = RecommendationMode.Explore };

        Assert.Contains("propensities", Assert.Throws<UserMistakeException>(() => Evaluate(target, log, settings)).Message, StringComparison.Ordinal);
        Assert.Equal(means.Average(), Value(Evaluate(target, log, settings with { Propensity = PropensitySource.Estimated }), "ips"), 1e-6);
    }

    [Fact]
    public void FrequenciesAreNoPropensitiesWhereItemsAreMasked()
    {
        var plan = SmallRuns.Plan("random", "popular");
        plan = plan with { EnvironmentOptions = new Dictionary<string, string>(plan.EnvironmentOptions) { ["candidates"] = "5" } };
        using var log = Log(plan);

        Assert.Contains("frequencies", Assert.Throws<UserMistakeException>(() => Evaluate(plan, log, new OffPolicySettings { Propensity = PropensitySource.Estimated })).Message, StringComparison.Ordinal);
        // The same users with other candidates were never shown these.
        Assert.Contains("does not allow", Assert.Throws<UserMistakeException>(() => Evaluate(plan with { Seed = 8 }, log, new OffPolicySettings())).Message, StringComparison.Ordinal);
        Assert.Equal(1, Evaluate(plan, log, new OffPolicySettings { Mode = RecommendationMode.Explore }).Weights.Mean, 1e-6);
    }

    [Fact]
    public void SessionsAreRefused()
    {
        var plan = SmallRuns.Plan("random", "sessions");
        using var log = Log(plan);
        Assert.Contains("sessions", Assert.Throws<UserMistakeException>(() => Evaluate(plan, log, new OffPolicySettings())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALogThatIsAllForLearningIsRefused()
    {
        var plan = SmallRuns.Plan("random", "popular", iterations: 1);
        using var log = Log(plan);
        // .5 of one iteration is rounded to one.
        Assert.Contains("none is left", Assert.Throws<UserMistakeException>(() => Evaluate(plan, log, new OffPolicySettings())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EstimatorsAreHeldAgainstTheTruthOfFreshLogs()
    {
        // The oracle shows one of four items of .75: it is worth .75 on every log, and is not learned. 12 logs of about 20 · 10 slates.
        var catalog = SmallRuns.Registered;
        var logger = SmallRuns.Plan("random", "popular", iterations: 10, users: 200, slots: 1).Resolve(catalog);
        var target = (logger with { Agent = "oracle", AgentOptions = new Dictionary<string, string>() }).Resolve(catalog);
        using var environment = RunPair.CreateEnvironment(catalog, logger, CPU);
        IReadOnlyList<OffPolicyResult> Run() => new AgainstTruth(catalog, new OffPolicySettings { TrainShare = 0, MeasureTruth = true }).Run(logger, target, environment, 12, CancellationToken.None);

        var results = Run();

        Assert.Equal(12, results.Count);
        Assert.All(results, result => Assert.Equal(.75, result.Truth!.Value, 1e-6));
        Assert.Equal(12, results.Select(result => result.Logged.Value).Distinct().Count());
        var ips = EstimatorQuality.Of(results).Single(one => one.Estimator == "ips");
        Assert.InRange(ips.Bias.Mean, -4 * ips.StandardDeviation / Math.Sqrt(12), 4 * ips.StandardDeviation / Math.Sqrt(12));
        Assert.Equal(results.Select(result => result.Logged), Run().Select(result => result.Logged));
    }

    private static double Value(OffPolicyResult result, string name) => result.Estimates.Single(one => one.Estimator == name).Value;

    private static LogSimulation Log(RunPlan plan)
    {
        using var pair = SmallRuns.Pair(plan);
        return new LogSimulation(pair, CancellationToken.None);
    }

    private static OffPolicyResult Evaluate(RunPlan target, LogSimulation log, OffPolicySettings settings)
    {
        using var pair = SmallRuns.Pair(target);
        return new OffPolicyEvaluation(settings).Evaluate(pair, log.Rounds, log.IterationCount, seed: 1);
    }

    /// <summary>An agent that does not tell its probabilities.</summary>
    private sealed class Silent(IAgent agent) : IAgent
    {
        public Tensor Recommend(Observation observation, RecommendationMode mode) => agent.Recommend(observation, mode);

        public void Learn(Feedback feedback) => throw new NotSupportedException();

        public IReadOnlyDictionary<string, double> Diagnose() => throw new NotSupportedException();

        public void Save(IStateWriter writer) => throw new NotSupportedException();

        public void Load(IStateReader reader) => throw new NotSupportedException();

        public void Dispose() { }
    }
}
