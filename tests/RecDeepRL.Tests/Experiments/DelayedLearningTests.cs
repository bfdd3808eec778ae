using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class DelayedLearningTests
{
    [Fact]
    public void AnAgentLearnsFromArrivalsAndTheRecordFromWhatHappened()
    {
        var learned = new List<long>();
        var catalog = SmallRuns.WithStubs with
        {
            Environments = [ComponentRegistration.Of<EnvironmentContext, ToySessions.ToyOptions, IEnvironment>("late", "feedback two rounds late", (context, _) => new LateEnvironment())],
            Agents = [ComponentRegistration.Of<AgentContext, SmallRuns.NoOptions, IAgent>("listener", "notes what it learns from", (context, _) => new Listener(learned))],
        };
        using var pair = RunPair.Create(catalog, new RunPlan { Agent = "listener", Environment = "late", Iterations = 6 }, CPU);
        var happened = new List<long>();
        var loop = new TrainingLoop(pair, new NoRecorder()) { Responded = feedback => happened.Add(feedback.Observation.Iteration) };

        loop.Run(CancellationToken.None);

        Assert.Equal([0L, 1, 2, 3, 4, 5], happened);
        Assert.Equal([0L, 1, 2, 3], learned);
        // Six rounds of six users who are each shown item 0, which pays 1: what happened counts, whether it has arrived or not.
        Assert.Equal(36, loop.Totals.Responses);
    }

    private sealed class Listener(List<long> learned) : IAgent
    {
        public Tensor Recommend(Observation observation, RecommendationMode mode) => zeros([observation.UserCount, 1], ScalarType.Int64);

        public void Learn(Feedback feedback) => learned.Add(feedback.Observation.Iteration);

        public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

        public void Save(IStateWriter writer) { }

        public void Load(IStateReader reader) { }

        public void Dispose() { }
    }

    /// <summary>The toy sessions with feedback that arrives two rounds late.</summary>
    private sealed class LateEnvironment : IEnvironment, ITruth, IPlanner, IDelayedFeedback
    {
        private readonly ToySessions _inner = new(6, 1);
        private readonly Queue<long> _pending = [];

        public EnvironmentSpec Spec => _inner.Spec;

        public Population Population => _inner.Population;

        public long Iteration => _inner.Iteration;

        public bool IsStationary => false;

        public void Reset(long seed) => _inner.Reset(seed);

        public Observation Observe() => _inner.Observe();

        public Observation ObserveAll(long drawKey) => _inner.ObserveAll(drawKey);

        public Feedback Step(Tensor slates)
        {
            _pending.Enqueue(Iteration);
            return _inner.Step(slates);
        }

        public IReadOnlyList<Feedback> TakeArrivals()
        {
            if (_pending.Count < 3)
                return [];
            var users = _inner.Observe().UserIds;
            var observation = new Observation
            {
                UserIds = users,
                RecentItems = full([6, 1], -1L, ScalarType.Int64),
                RecentResponses = zeros(6, 1),
                Iteration = _pending.Dequeue(),
                DrawKey = 0,
            };
            return [Agents.Toy.Feedback(observation, zeros([6, 1], ScalarType.Int64), ones(6, 1))];
        }

        public Tensor Respond(Observation observation, Tensor slates, long seed) => _inner.Respond(observation, slates, seed);

        public Tensor ExpectedResponses(Tensor userIds, long iteration) => _inner.ExpectedResponses(userIds, iteration);

        public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => _inner.ExpectedResponses(userIds, slates, iteration);

        public Tensor Plan(Observation observation) => _inner.Plan(observation);

        public void Save(IStateWriter writer) => _inner.Save(writer);

        public void Load(IStateReader reader) => _inner.Load(reader);

        public void Dispose() => _inner.Dispose();
    }
}
