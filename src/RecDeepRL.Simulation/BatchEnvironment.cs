using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using RecDeepRL.Simulation.Choices;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The loop of all four tasks: each round includes every user with the same probability, shows each a slate, and lets coins of users and items decide the responses.</summary>
/// <remarks>All coins are draws of counter-based streams. Whether user u comes in round t is draw (t, u) of the stream <c>inclusion</c>;
/// the coin of u and item i in round t is draw (t, u·N + i) of the stream <c>responses</c>, whatever else is shown, to whomever, in whatever order;
/// the coin of u for a slate as a whole is draw (t, u) of the stream <c>slates</c>. A choice model says what the coins decide; where items
/// are independent, a user responds where draw &lt; p, with draws in [0, 1): never at p = 0, always at p = 1. The original's <c>rand() &lt;= p</c> differs on a set of measure zero.</remarks>
internal sealed class BatchEnvironment : IEnvironment, ITruth
{
    private readonly IResponseModel _model;
    private readonly IChoiceModel _choice;
    private readonly double _sampling;
    private readonly UserHistory _history;
    private readonly Tensor _everyone;
    private long _seed;
    private RandomStream _inclusion;
    private Tensor? _included;

    /// <param name="population">Ownership passes to the environment.</param>
    /// <param name="model">Ownership passes to the environment.</param>
    /// <param name="choice">How users answer a whole slate; none for each item for itself.</param>
    /// <param name="sampling">Probability that a user takes part in a round, in (0, 1].</param>
    public BatchEnvironment(EnvironmentSpec spec, Population population, IResponseModel model, double sampling, long seed, IChoiceModel? choice = null)
    {
        Spec = spec;
        Population = population;
        _model = model;
        _choice = choice ?? new IndependentChoice();
        _sampling = sampling;
        _history = new UserHistory(spec.UserCount, spec.HistoryLength, spec.Device);
        _everyone = arange(spec.UserCount, ScalarType.Int64, spec.Device).DetachFromDisposeScope();
        _seed = seed;
        _inclusion = new RandomStream(seed, "inclusion");
    }

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    public long Iteration { get; private set; }

    public bool IsStationary => _model.IsStationary;

    public bool SlotsAreIndependent => _choice.SlotsAreIndependent;

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
        var observation = Describe(users, Iteration, Iteration);
        var shown = slates.to(Spec.Device, copy: true);
        var responses = Toss(_seed, users, shown, Iteration);
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

    public Tensor Respond(Observation observation, Tensor slates, long seed)
    {
        Guard.Slates(slates, observation.UserCount, Spec);
        return Toss(seed, observation.UserIds, slates, observation.Iteration);
    }

    public Tensor ExpectedResponses(Tensor userIds, long iteration)
    {
        using var scope = NewDisposeScope();
        var appeal = _model.Probabilities(userIds, iteration);
        var alone = _choice.SlotsAreIndependent ? appeal : _choice.Expected(appeal.reshape(-1, 1)).reshape(appeal.shape);
        return alone.MoveToOuterDisposeScope();
    }

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration)
    {
        using var appeal = _model.Probabilities(userIds, slates, iteration);
        return _choice.Expected(appeal);
    }

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
        var coins = _inclusion.Uniform(Iteration, _everyone);
        return _included = coins.lt(_sampling).nonzero().squeeze(1).DetachFromDisposeScope();
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

    private Tensor Toss(long seed, Tensor users, Tensor slates, long iteration)
    {
        using var scope = NewDisposeScope();
        var pairs = users.mul(Spec.ItemCount).unsqueeze(1).add(slates);
        var coins = new RandomStream(seed, "responses").Uniform(iteration, pairs);
        var userCoins = new RandomStream(seed, "slates").Uniform(iteration, users);
        return _choice.Draw(_model.Probabilities(users, slates, iteration), coins, userCoins).MoveToOuterDisposeScope();
    }

    private void UseSeed(long seed)
    {
        _seed = seed;
        _inclusion = new RandomStream(seed, "inclusion");
    }

    private void MoveTo(long iteration)
    {
        Iteration = iteration;
        _included?.Dispose();
        _included = null;
    }
}
