using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

/// <summary>Sessions with answers worked by hand: item 0 pays 1 and ends the session, item 1 pays .5 and lets it go on, items 2 and 3 pay
/// nothing and let it go on. Truncated after five rounds. Every user takes part in every round and is replaced at once; nothing is random.</summary>
internal sealed class ToySessions : IEnvironment, ITruth, IPlanner
{
    private static readonly float[] s_pay = [1, .5f, 0, 0];
    private readonly bool _evaluation;
    private readonly long _seed;
    private readonly Tensor _rounds;
    private Tensor _active;

    public ToySessions(int users, long seed, bool evaluation = false)
    {
        (_seed, _evaluation) = (seed, evaluation);
        Spec = new EnvironmentSpec
        {
            Name = "toy-sessions",
            UserCount = users,
            ItemCount = 4,
            SlateSize = 1,
            HistoryLength = 1,
            UserFeatureCount = 0,
            ItemFeatureCount = 0,
            Device = CPU,
            DefaultIterations = 12,
            HasEpisodes = true,
            SessionLimit = 5,
            PopulationFingerprint = "0123456789abcdef",
        };
        Population = new Population([.. Enumerable.Range(0, users).Select(user => (long)user)], [0, 1, 2, 3]);
        _rounds = zeros(users, ScalarType.Int64).DetachFromDisposeScope();
        _active = arange(users, ScalarType.Int64).DetachFromDisposeScope();
    }

    public static ComponentRegistration<EnvironmentContext, IEnvironment> Registration { get; } =
        ComponentRegistration.Of<EnvironmentContext, ToyOptions, IEnvironment>("toy-sessions", "sessions", (context, _) => new ToySessions(6, context.Seed));

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    public long Iteration { get; private set; }

    public bool IsStationary => false;

    public void Reset(long seed)
    {
        Iteration = 0;
        _rounds.zero_();
    }

    public Observation Observe() => Describe(_active, RandomStream.DeriveSeed(_seed, "toy", Iteration));

    public Observation ObserveAll(long drawKey) => Describe(arange(Spec.UserCount, ScalarType.Int64), drawKey);

    public Feedback Step(Tensor slates)
    {
        var observation = Observe();
        var responses = ExpectedResponses(observation.UserIds, slates, Iteration);
        _rounds.index_add_(0, observation.UserIds, ones(observation.UserCount, ScalarType.Int64), 1);
        var terminated = slates.squeeze(1).eq(0);
        var truncated = _rounds.index_select(0, observation.UserIds).eq(Spec.SessionLimit).logical_and(terminated.logical_not());
        var ended = observation.UserIds.masked_select(terminated.logical_or(truncated));
        Iteration++;
        var feedback = new Feedback
        {
            Observation = observation,
            Slates = slates.clone(),
            Responses = responses,
            Reward = responses.sum(1),
            NextObservation = Observe(),
            Terminated = terminated,
            Truncated = truncated,
        };
        _rounds.index_fill_(0, ended, 0);
        if (_evaluation)
        {
            using var before = _active;
            _active = before.masked_select(terminated.logical_or(truncated).logical_not()).DetachFromDisposeScope();
        }
        return feedback;
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed) => ExpectedResponses(observation.UserIds, slates, Iteration);

    public IEnvironment BeginSessions(long seed) => new ToySessions(Spec.UserCount, seed, evaluation: true);

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => tensor(s_pay).expand(userIds.shape[0], 4).clone();

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => ExpectedResponses(userIds, iteration).gather(1, slates);

    /// <summary>Item 1 until the last round, then item 0: .5 · 4 + 1 = 3.</summary>
    public Tensor Plan(Observation observation) => _rounds.index_select(0, observation.UserIds).lt(Spec.SessionLimit - 1).to_type(ScalarType.Int64).unsqueeze(1);

    public void Save(IStateWriter writer)
    {
        writer.Write("iteration", Iteration);
        writer.Write("rounds", _rounds);
    }

    public void Load(IStateReader reader)
    {
        Iteration = reader.ReadInt64("iteration");
        reader.ReadInto("rounds", _rounds);
    }

    public void Dispose()
    {
        _rounds.Dispose();
        _active.Dispose();
        Population.Dispose();
    }

    private Observation Describe(Tensor users, long drawKey) => new()
    {
        UserIds = users.clone(),
        RecentItems = full([users.shape[0], 1], -1L, ScalarType.Int64),
        RecentResponses = zeros(users.shape[0], 1),
        Iteration = Iteration,
        DrawKey = drawKey,
    };

    internal sealed record ToyOptions;
}
