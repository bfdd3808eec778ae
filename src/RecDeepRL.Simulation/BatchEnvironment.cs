using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The loop of all environments: each round includes every user who is there with the same probability, shows each a slate, and tosses one coin for each shown item.</summary>
/// <remarks>The appeal of an item is the model's probability, adjusted by each of the dynamics in turn; the choice model turns the appeals of a slate and the
/// coins into responses. Coins are draws of counter-based streams. Whether user u comes in round t is draw (t, u) of the stream <c>inclusion</c>;
/// the coin for item i is draw (t, u·N + i) of the stream <c>responses</c>, whatever else is shown, to whomever, in whatever order; a slate as a whole
/// has draw (t, u) of <c>slates</c>, and each of the dynamics draw (t, u) of <c>dynamics:NAME</c>.
/// Where items are answered for themselves, a user responds where draw &lt; appeal, with draws in [0, 1): never at 0, always at 1.
/// The original's <c>rand() &lt;= p</c> differs on a set of measure zero.
/// After a round come, in this order: history, dynamics, who leaves, the next observation, who takes whose place.</remarks>
internal class BatchEnvironment : IEnvironment, ITruth, IReplaysRounds, IReportsUserState
{
    private readonly BatchEnvironment? _parent;
    private readonly UserBehaviour _behaviour;
    private readonly Sessions? _sessions;
    private readonly double _sampling;
    private readonly Candidates? _candidates;
    private readonly UserRows _rows;
    private readonly UserHistory _history;
    private readonly Tensor _everyone;
    private EnvironmentCoins _coins;
    private Tensor? _included;
    private long _left;

    /// <param name="population">Ownership passes to the environment.</param>
    /// <param name="model">Ownership passes to the environment.</param>
    /// <param name="sampling">Probability that a user who is there takes part in a round, in (0, 1].</param>
    /// <param name="parts">What it is composed of beside the model; none for users who stay as they are and answer each item for itself.</param>
    /// <param name="candidates">Which items may be shown, of the same seed; none for all. Ownership passes to the environment.</param>
    public BatchEnvironment(
        EnvironmentSpec spec, Population population, IResponseModel model, double sampling, long seed, EnvironmentParts? parts = null, Candidates? candidates = null)
        : this(spec, population, new UserBehaviour(model, parts ?? EnvironmentParts.Plain, spec.ItemCount, UserRows.Of(spec.Users)),
            parts?.Sessions is { } sessions ? new Sessions(sessions, UserRows.Of(spec.Users), spec.Device) : null, candidates, sampling, seed)
    {
    }

    /// <summary>The same users, items and truth at the beginning, borrowed from another environment, which has to outlive this one.</summary>
    /// <param name="sessions">Who comes and goes here. Ownership passes to the environment.</param>
    protected BatchEnvironment(BatchEnvironment parent, Sessions sessions, long seed)
        : this(parent.Spec, parent.Population, parent._behaviour.Fresh(), sessions, parent._candidates?.Fresh(seed), sampling: 1, seed) => _parent = parent;

    private BatchEnvironment(
        EnvironmentSpec spec, Population population, UserBehaviour behaviour, Sessions? sessions, Candidates? candidates, double sampling, long seed)
    {
        Spec = spec;
        Population = population;
        _behaviour = behaviour;
        _sessions = sessions;
        _sampling = sampling;
        _candidates = candidates;
        _rows = UserRows.Of(spec.Users);
        _history = new UserHistory(_rows.Count, spec.HistoryLength, spec.Device);
        _everyone = _rows.Ids(spec.Device).DetachFromDisposeScope();
        _coins = new EnvironmentCoins(seed);
    }

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    public long Iteration { get; private set; }

    public bool IsStationary => _behaviour.IsStationary;

    public bool SlotsAreIndependent => _behaviour.SlotsAreIndependent;

    public void Reset(long seed)
    {
        UseSeed(seed);
        MoveTo(0);
        _history.Clear();
        _behaviour.Restart(_everyone);
        _sessions?.Reset();
    }

    public Observation Observe() => Describe(Included(), Iteration, DrawKeyOf(Iteration));

    public Observation ObserveAll(long drawKey) => Describe(_everyone, Iteration, drawKey);

    public Feedback Step(Tensor slates)
    {
        var users = Included();
        Guard.Slates(slates, users.size(0), Spec);
        var observation = Describe(users, Iteration, DrawKeyOf(Iteration));
        if (Candidates.FaultOf(observation, slates) is { } fault)
        {
            observation.Dispose();
            throw new ArgumentException(fault, nameof(slates));
        }
        var shown = slates.to(Spec.Device, copy: true);
        return Conclude(users, observation, shown, _behaviour.Respond(_coins, users, shown, Iteration));
    }

    public Feedback Replay(PlayedRound round)
    {
        Guard.Slates(round.Slates, round.UserIds.size(0), Spec);
        using var users = round.UserIds.to(Spec.Device, copy: true);
        var observation = Describe(users, Iteration, DrawKeyOf(Iteration));
        return Conclude(users, observation, round.Slates.to(Spec.Device, copy: true), round.Responses.to(Spec.Device, copy: true));
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed)
    {
        Guard.Slates(slates, observation.UserCount, Spec);
        if (Candidates.FaultOf(observation, slates) is { } fault)
            throw new ArgumentException(fault, nameof(slates));
        return _behaviour.Respond(new EnvironmentCoins(seed), observation.UserIds, slates, observation.Iteration);
    }

    public Tensor ExpectedResponses(Tensor userIds, long iteration)
    {
        var (expected, _) = _behaviour.Outlook(userIds, iteration, withBurden: false);
        return expected;
    }

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => _behaviour.Expected(userIds, slates, iteration);

    public EndedSessions? LatestEnded
    {
        get
        {
            if (_sessions?.LatestEnded is not { } rounds)
                return null;
            // Whoever wanted to leave has left; everybody else's session ended by its limit.
            var truncated = rounds.size(0) - _left;
            return new EndedSessions(rounds, truncated > 0 ? new Dictionary<string, long>(_behaviour.LatestReasons) { ["limit"] = truncated } : _behaviour.LatestReasons);
        }
    }

    public IReadOnlyDictionary<string, double> UserFigures()
    {
        using var scope = NewDisposeScope();
        var present = _sessions?.Away.logical_not();
        var figures = new Dictionary<string, double>();
        foreach (var (name, values) in _behaviour.Describe())
            figures[name] = (present is null ? values : values.masked_select(present)).mean([0L], type: ScalarType.Float64).item<double>();
        if (present is not null)
            figures["present"] = present.mean([0L], type: ScalarType.Float64).item<double>();
        return figures;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("iteration", Iteration);
        writer.Write("seed", _coins.Seed);
        _history.Save(writer.Under("history"));
        _behaviour.Save(writer.Under("dynamics"));
        _sessions?.Save(writer.Under("sessions"));
        _candidates?.Save(writer.Under("candidates"));
    }

    public void Load(IStateReader reader)
    {
        UseSeed(reader.ReadInt64("seed"));
        MoveTo(reader.ReadCount("iteration"));
        _history.Load(reader.Under("history"), Spec.ItemCount);
        _behaviour.Load(reader.Under("dynamics"));
        _sessions?.Load(reader.Under("sessions"));
        _candidates?.Load(reader.Under("candidates"));
    }

    public void Dispose()
    {
        _included?.Dispose();
        _everyone.Dispose();
        _candidates?.Dispose();
        _history.Dispose();
        _behaviour.Dispose();
        _sessions?.Dispose();
        if (_parent is null)
            Population.Dispose();
    }

    /// <summary>What every item would earn if it were shown alone now, and what showing it takes from the rounds to come.</summary>
    /// <returns>[B, N] float32 each; no burden where showing an item costs nothing. The caller disposes.</returns>
    protected (Tensor Expected, Tensor? Burden) Outlook(Tensor userIds, long iteration) => _behaviour.Outlook(userIds, iteration, withBurden: true);

    /// <summary>The users of the current round, in the order of their ids; decided once for each round.</summary>
    private Tensor Included() =>
        _included ??= Participants.Of(_coins.Inclusion, Iteration, Spec.Users, _sampling, _sessions?.Away, Spec.Device).DetachFromDisposeScope();

    /// <summary>Remembers what was shown and answered, lets users change, come and go, and moves on.</summary>
    /// <param name="observation">Of the users before. Ownership passes to the feedback.</param>
    /// <param name="shown">Ownership passes to the feedback.</param>
    /// <param name="responses">Ownership passes to the feedback.</param>
    private Feedback Conclude(Tensor users, Observation observation, Tensor shown, Tensor responses)
    {
        using var leaving = _behaviour.Advance(_coins, users, shown, responses, Iteration);
        if (_sessions is null)
            RestOthers(users);
        using var rows = _rows.Of(users);
        var (recentItems, recentResponses) = _history.Append(rows, shown, responses);
        _candidates?.Remember(users, shown);
        using var left = leaving?.sum();
        _left = left?.item<long>() ?? 0;
        var (terminated, truncated) = _sessions?.CountRound(users, leaving)
            ?? (zeros_like(users, ScalarType.Bool), zeros_like(users, ScalarType.Bool));
        var feedback = new Feedback
        {
            Observation = observation,
            Slates = shown,
            Responses = responses,
            Reward = responses.sum(1),
            NextObservation = Describe(users, recentItems, recentResponses, Iteration + 1, DrawKeyOf(Iteration + 1)),
            Terminated = terminated,
            Truncated = truncated,
        };
        TurnOver(users, feedback);
        MoveTo(Iteration + 1);
        return feedback;
    }

    private Observation Describe(Tensor users, long iteration, long drawKey)
    {
        using var rows = _rows.Of(users);
        var (items, responses) = _history.Of(rows);
        return Describe(users, items, responses, iteration, drawKey);
    }

    /// <param name="recentItems">Ownership passes to the observation.</param>
    /// <param name="recentResponses">Ownership passes to the observation.</param>
    private Observation Describe(Tensor users, Tensor recentItems, Tensor recentResponses, long iteration, long drawKey) => new()
    {
        UserIds = users.clone(),
        UserFeatures = Population.UserFeatures?.index_select(0, users),
        RecentItems = recentItems,
        RecentResponses = recentResponses,
        EligibleItems = _candidates?.EligibleTo(users, drawKey),
        Iteration = iteration,
        DrawKey = drawKey,
    };

    /// <summary>Training draws are keyed by the round; sessions of an evaluation by their seed too, so that agents draw otherwise there.</summary>
    private long DrawKeyOf(long iteration) => _parent is null ? iteration : RandomStream.DeriveSeed(_coins.Seed, "agent draws", iteration);

    /// <summary>Without sessions everybody's time goes on: who was not in the round has had a rest.</summary>
    private void RestOthers(Tensor users)
    {
        if (_behaviour.UsersStayAsTheyAre)
            return;
        using var scope = NewDisposeScope();
        var others = ones_like(_everyone, ScalarType.Bool).index_fill_(0, _rows.Of(users), false);
        _behaviour.Rest(_everyone.masked_select(others));
    }

    /// <summary>Those whose session has ended go, others come.</summary>
    private void TurnOver(Tensor users, Feedback feedback)
    {
        if (_sessions is null)
            return;
        using var scope = NewDisposeScope();
        var finished = users.masked_select(feedback.Terminated.logical_or(feedback.Truncated));
        if (_sessions.ReplacesUsers)
        {
            StartAnew(finished);
            _sessions.Begin(finished);
            return;
        }
        var (resting, returning) = _sessions.OfThoseAway(away => _coins.Returns(Iteration, away));
        _behaviour.Rest(resting);
        _behaviour.Return(returning);
        _sessions.Begin(returning);
        _sessions.SendAway(finished);
    }

    /// <summary>Fresh visitors take the places of users: nothing is left of what those were shown.</summary>
    private void StartAnew(Tensor users)
    {
        using var rows = _rows.Of(users);
        _history.Clear(rows);
        _candidates?.Forget(users);
        _behaviour.Restart(users);
    }

    private void UseSeed(long seed)
    {
        _coins = new EnvironmentCoins(seed);
        _candidates?.Reset(seed);
    }

    private void MoveTo(long iteration)
    {
        Iteration = iteration;
        _included?.Dispose();
        _included = null;
    }
}
