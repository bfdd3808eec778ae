using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class SessionEvaluationTests
{
    private static readonly Catalog s_catalog = SmallRuns.WithStubs with
    {
        Environments = [ToySessions.Registration],
        Agents =
        [
            .. SmallRuns.WithStubs.Agents,
            ComponentRegistration.Of<AgentContext, SmallRuns.NoOptions, IAgent>("second", "always item 1", (context, _) => new SecondAgent()),
        ],
    };

    [Fact]
    public void EverySessionIsPlayedToItsEnd()
    {
        // 'fixed' shows item 0: one round, 1. 'second' shows item 1: five rounds of .5.
        Assert.Equal((1.0, 1.0, 1.0), Evaluate("fixed"));
        Assert.Equal((2.5, 2.5, 5.0), Evaluate("second"));

        static (double, double, double) Evaluate(string agent)
        {
            using var pair = Pair(agent);
            var result = Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed: 3);
            Assert.Equal(result.MeanResponses / result.Rounds, result.Precision, 12);
            return (result.MeanResponses, result.MeanExpected, result.Rounds);
        }
    }

    [Fact]
    public void BoundsOfSessionsAreThoseWorkedByHand()
    {
        // Myopic and best fixed show item 0: 1. The planner shows item 1 four times and ends with item 0: 3.
        // Random ends with probability ¼ in each round: the r-th round is reached with probability (¾)^(r−1) and pays (1 + .5)/4 = .375;
        // .375 · (1 − .75⁵)/.25 = 1.1440. The payment of a session has variance below 1, and there are 4000: ± 4/√4000 = .064.
        using var pair = Pair("second");
        using var environment = new ToySessions(4000, 1);

        var bounds = Bounds.Of(environment, environment, 0, seed: 5);

        Assert.Equal(1, bounds.Myopic!.Value, 12);
        Assert.Equal(1, bounds.BestFixed, 12);
        Assert.Equal(3, bounds.Oracle, 12);
        Assert.Equal(1.144, bounds.Random, .064);
        Assert.True(Bounds.DependOnSeed(environment));
    }

    [Fact]
    public void AgentsThatKnowTheTruthAreShownThatOfTheSessions()
    {
        Assert.Equal(3, Score("oracle"));
        Assert.Equal(1, Score("myopic"));
        Assert.Equal(1, Score("best-fixed"));

        static double Score(string agent)
        {
            using var pair = Pair(agent);
            new TrainingLoop(pair, new NoRecorder()).Run(CancellationToken.None);
            var first = Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed: 3).MeanExpected;
            // The sessions of the first evaluation are gone: the agent must have got its own environment's truth back.
            using var observation = pair.Environment.Observe();
            using var slates = pair.Agent.Recommend(observation, RecommendationMode.Exploit);
            Assert.Equal([6, 1], slates.shape);
            Assert.Equal(first, Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed: 3).MeanExpected);
            return first;
        }
    }

    [Fact]
    public void EndedSessionsAreCounted()
    {
        // 12 rounds of 6 users: 'fixed' ends a session in each, 'second' after rounds 5 and 10.
        Assert.Equal(72, Ended("fixed"));
        Assert.Equal(12, Ended("second"));

        static long Ended(string agent)
        {
            using var pair = Pair(agent);
            var loop = new TrainingLoop(pair, new NoRecorder()) { EvaluateEvery = 5 };
            loop.Run(CancellationToken.None);
            return loop.Totals.Sessions;
        }
    }

    [Fact]
    public void EvaluatingSessionsChangesNothing()
    {
        using var pair = Pair("second");
        using var scope = NewDisposeScope();
        pair.Environment.Step(ones([6, 1], ScalarType.Int64)).Dispose();
        using var before = new SavedState();
        using var after = new SavedState();
        pair.Environment.Save(before);
        Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Explore, seed: 5);
        pair.Environment.Save(after);
        Assert.Equal(before.Counters, after.Counters);
        Assert.All(before.Tensors, one => Assert.True(one.Value.SameAs(after.Tensors[one.Key]), one.Key));
    }

    [Fact]
    public void AComparisonTellsSessionsAndTheMyopicOracle()
    {
        var row = Assert.Single(new ComparisonRunner(s_catalog, CPU, 1).Run(
            new ComparisonPlan { Pairs = [new RunPlan { Agent = "second", Environment = "toy-sessions" }], Seeds = [1] }, CancellationToken.None));
        Assert.Equal((2.5, 5, 1.0), (row.Final, row.Rounds, row.Myopic));
        var cells = ComparisonRow.Header.Split(',').Zip(row.ToCsv().Split(',')).ToDictionary(cell => cell.First, cell => cell.Second);
        Assert.Equal(("0.5", "1", "5"), (cells["precision"], cells["myopic"], cells["rounds"]));
        Assert.Contains("myopic oracle 1.0000, planning oracle 3.0000", Assert.Single(ComparisonSummary.Of([row])).DescribeBounds(), StringComparison.Ordinal);
    }

    private static RunPair Pair(string agent) => RunPair.Create(s_catalog, new RunPlan { Agent = agent, Environment = "toy-sessions" }, CPU);

    private sealed class SecondAgent : IAgent
    {
        public Tensor Recommend(Observation observation, RecommendationMode mode) => ones([observation.UserCount, 1], ScalarType.Int64);

        public void Learn(Feedback feedback) { }

        public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

        public void Save(IStateWriter writer) { }

        public void Load(IStateReader reader) { }

        public void Dispose() { }
    }
}
