using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The loop of all four tasks: each round includes every user with the same probability, shows each a slate, and tosses one coin for each shown item.</summary>
/// <remarks>Both kinds of coins are draws of counter-based streams. Whether user u comes in round t is draw (t, u) of the stream <c>inclusion</c>;
/// whether u responds to item i in round t is draw (t, u·N + i) of the stream <c>responses</c>, whatever else is shown, to whomever, in whatever order.
/// A user responds where draw &lt; p, with draws in [0, 1): never at p = 0, always at p = 1. The original's <c>rand() &lt;= p</c> differs on a set of measure zero.</remarks>
internal sealed class BatchEnvironment : IEnvironment, ITruth, IReplaysRounds
{
    private readonly IResponseModel _model;
    private readonly double _sampling;
    private readonly UserHistory _history;
    private readonly Tensor _everyone;
    private long _seed;
    private RandomStream _inclusion;
    private RandomStream _responses;
    private Tensor? _included;

    /// <param name="population">Ownership passes to the environment.</param>
    /// <param name="model">Ownership passes to the environment.</param>
    /// <param name="sampling">Probability that a user takes part in a round, in (0, 1].</param>
    public BatchEnvironment(EnvironmentSpec spec, Population population, IResponseModel model, double sampling, long seed)
    {
        Spec = spec;
        Population = population;
        _model = model;
        _sampling = sampling;
        _history = new UserHistory(spec.UserCount, spec.HistoryLength, spec.Device);
        _everyone = arange(spec.UserCount, ScalarType.Int64, spec.Device).DetachFromDisposeScope();
        _seed = seed;
        _inclusion = new RandomStream(seed, "inclusion");
        _responses = new RandomStream(seed, "responses");
    }

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    public long Iteration { get; private set; }

    public bool IsStationary => _model.IsStationary;

    public void Reset(long seed)
    {
        UseSeed(seed);
        MoveTo(0);
        _history.Clear();
    }

    public Observation Observe() => Describe(Included(), Iteration, Iteration);

    public Observation ObserveAll(long drawKey) => Describe(_everyone, Iteration, drawKey);

    public Feedback Step(Tensor slates)
    {
        var users = Included();
        var userCount = users.shape[0];
        Guard.Slates(slates, userCount, Spec);
        var shown = slates.to(Spec.Device, copy: true);
        return Conclude(users, shown, Toss(_responses, users, shown, Iteration));
    }

    public Feedback Replay(PlayedRound round)
    {
        Guard.Slates(round.Slates, round.UserIds.shape[0], Spec);
        using var users = round.UserIds.to(Spec.Device, copy: true);
        return Conclude(users, round.Slates.to(Spec.Device, copy: true), round.Responses.to(Spec.Device, copy: true));
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed)
    {
        Guard.Slates(slates, observation.UserCount, Spec);
        return Toss(new RandomStream(seed, "responses"), observation.UserIds, slates, observation.Iteration);
    }

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => _model.Probabilities(userIds, iteration);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => _model.Probabilities(userIds, slates, iteration);

    public void Save(IStateWriter writer)
    {
        writer.Write("iteration", Iteration);
        writer.Write("seed", _seed);
        _history.Save(writer.Under("history"));
    }

    public void Load(IStateReader reader)
    {
        UseSeed(reader.ReadInt64("seed"));
        MoveTo(reader.ReadInt64("iteration"));
        _history.Load(reader.Under("history"));
    }

    public void Dispose()
    {
        _included?.Dispose();
        _everyone.Dispose();
        _history.Dispose();
        _model.Dispose();
        Population.Dispose();
    }

    /// <summary>The users of the current round, in the order of their ids; decided once for each round.</summary>
    private Tensor Included()
    {
        if (_included is not null)
            return _included;
        using var scope = NewDisposeScope();
        var included = empty(_everyone.shape, ScalarType.Bool, Spec.Device);
        UserSlices.ForEach(Spec.UserCount, 1, Spec.Device, (start, count) =>
            included.narrow(0, start, count).copy_(_inclusion.Uniform(Iteration, _everyone.narrow(0, start, count)).lt(_sampling)));
        return _included = included.nonzero().squeeze(1).DetachFromDisposeScope();
    }

    /// <summary>Remembers what was shown and answered, and moves on.</summary>
    /// <param name="shown">Ownership passes to the feedback.</param>
    /// <param name="responses">Ownership passes to the feedback.</param>
    private Feedback Conclude(Tensor users, Tensor shown, Tensor responses)
    {
        var userCount = users.shape[0];
        var observation = Describe(users, Iteration, Iteration);
        _history.Append(users, shown, responses);
        var feedback = new Feedback
        {
            Observation = observation,
            Slates = shown,
            Responses = responses,
            Reward = responses.sum(1),
            NextObservation = Describe(users, Iteration + 1, Iteration + 1),
            Terminated = zeros(userCount, ScalarType.Bool, Spec.Device),
            Truncated = zeros(userCount, ScalarType.Bool, Spec.Device),
        };
        MoveTo(Iteration + 1);
        return feedback;
    }

    private Observation Describe(Tensor users, long iteration, long drawKey) => new()
    {
        UserIds = users.clone(),
        UserFeatures = Population.UserFeatures?.index_select(0, users),
        RecentItems = _history.ItemsOf(users),
        RecentResponses = _history.ResponsesOf(users),
        Iteration = iteration,
        DrawKey = drawKey,
    };

    private Tensor Toss(RandomStream coins, Tensor users, Tensor slates, long iteration)
    {
        using var scope = NewDisposeScope();
        var responses = empty(slates.shape, ScalarType.Float32, Spec.Device);
        UserSlices.ForEach(users.shape[0], slates.shape[1], Spec.Device, (start, count) =>
            responses.narrow(0, start, count).copy_(TossSlice(coins, users.narrow(0, start, count), slates.narrow(0, start, count), iteration)));
        return responses.MoveToOuterDisposeScope();
    }

    private Tensor TossSlice(RandomStream coins, Tensor users, Tensor slates, long iteration)
    {
        using var scope = NewDisposeScope();
        var pairs = users.mul(Spec.ItemCount).unsqueeze(1).add(slates);
        var responses = coins.Uniform(iteration, pairs).lt(_model.Probabilities(users, slates, iteration));
        return responses.to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private void UseSeed(long seed)
    {
        _seed = seed;
        _inclusion = new RandomStream(seed, "inclusion");
        _responses = new RandomStream(seed, "responses");
    }

    private void MoveTo(long iteration)
    {
        Iteration = iteration;
        _included?.Dispose();
        _included = null;
    }
}
