using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>An environment whose responses reach the agent later than they happen.</summary>
/// <remarks>The responses of user u in round t arrive with the step of round t + delay + e, where e is a whole number from 0 to spread, draw (t, u) of
/// the stream <c>delay</c>, uniform: with neither, they arrive with the step of their own round. What <see cref="Step"/> returns is what happened,
/// under observations that hold what had arrived. Items enter the history that observations show together with their responses, in the order
/// in which they arrive, those of one step by the age of their rounds. Which items are eligible is told as it is: who shows an item knows it at once.
/// A user whose history inside is empty begins anew: the history shown is empty too, and what arrives of earlier rounds does not enter it.</remarks>
internal class DelayedEnvironment : IEnvironment, ITruth, IDelayedFeedback, IReplaysRounds, IReportsUserState
{
    private readonly IEnvironment _inner;
    private readonly ITruth _truth;
    private readonly int _delay;
    private readonly int _spread;
    private readonly UserRows _rows;
    private readonly UserHistory _history;
    private readonly Tensor _began;
    private readonly List<PendingRound> _pending = [];
    private bool _taken = true;
    private long _seed;
    private RandomStream _lags;

    private DelayedEnvironment(IEnvironment inner, int delay, int spread, long seed)
    {
        _inner = inner;
        _truth = (ITruth)inner;
        _delay = delay;
        _spread = spread;
        _rows = UserRows.Of(inner.Spec.Users);
        _history = new UserHistory(_rows.Count, inner.Spec.HistoryLength, inner.Spec.Device);
        _began = zeros([_rows.Count], ScalarType.Int64, inner.Spec.Device).DetachFromDisposeScope();
        _seed = seed;
        _lags = new RandomStream(seed, "delay");
    }

    /// <param name="inner">An environment that tells its truth. Ownership passes to the result, which is an <see cref="IPlanner"/> where this is one.</param>
    /// <param name="delay">Rounds until a response arrives, at least 0.</param>
    /// <param name="spread">Further rounds at random, from 0 to this number.</param>
    /// <param name="seed">Of the random rounds, until the next reset.</param>
    public static DelayedEnvironment Around(IEnvironment inner, int delay, int spread, long seed) =>
        inner is IPlanner planner ? new Planning(inner, planner, delay, spread, seed) : new DelayedEnvironment(inner, delay, spread, seed);

    public EnvironmentSpec Spec => _inner.Spec;

    public Population Population => _inner.Population;

    public long Iteration => _inner.Iteration;

    public bool IsStationary => _truth.IsStationary;

    public bool SlotsAreIndependent => _truth.SlotsAreIndependent;

    public void Reset(long seed)
    {
        _inner.Reset(seed);
        UseSeed(seed);
        _history.Clear();
        _began.zero_();
        Drop(_pending.Count);
        _taken = true;
    }

    public Observation Observe() => AsArrived(_inner.Observe());

    public Observation ObserveAll(long drawKey) => AsArrived(_inner.ObserveAll(drawKey));

    public Feedback Step(Tensor slates)
    {
        var round = Iteration;
        return Deliver(_inner.Step(slates), round); // Refuses improper slates before anything changes here.
    }

    /// <summary>A round of a log is as late as it would have been: what it tells arrives with later rounds, of the log or of the run.</summary>
    public Feedback Replay(PlayedRound round)
    {
        var iteration = Iteration;
        return Deliver(((IReplaysRounds)_inner).Replay(round), iteration);
    }

    /// <summary>What happened in a round, under observations of what had arrived; what is still under way is kept.</summary>
    /// <param name="happened">Taken over.</param>
    private Feedback Deliver(Feedback happened, long round)
    {
        Drop(_pending.TakeWhile(pending => pending.Last < round).Count());
        BeginAnew(happened.Observation, round);
        var observation = AsArrived(happened.Observation);
        using var arrival = Arrival(observation.UserIds, round);
        foreach (var pending in _pending)
            Enter(pending.UserIds, pending.Slates, pending.Responses, pending.Arrival, pending.Round, round);
        Enter(observation.UserIds, happened.Slates, happened.Responses, arrival, round, round);
        var feedback = new Feedback
        {
            Observation = observation,
            Slates = happened.Slates,
            Responses = happened.Responses,
            Reward = happened.Reward,
            NextObservation = AsArrived(happened.NextObservation),
            Terminated = happened.Terminated,
            Truncated = happened.Truncated,
        };
        // Kept without users too, so that the parts of a population keep the same rounds.
        _pending.Add(new PendingRound(feedback, arrival, round + _delay + _spread));
        _taken = false;
        return feedback;
    }

    public IReadOnlyList<Feedback> TakeArrivals()
    {
        var arrivals = new List<Feedback>();
        foreach (var pending in _taken ? [] : _pending)
        {
            using var rows = RowsOf(pending.Arrival, Iteration - 1);
            if (rows.size(0) > 0)
                arrivals.Add(pending.Take(rows));
        }
        _taken = true;
        return arrivals;
    }

    public Tensor Respond(Observation observation, Tensor slates, long seed) => _inner.Respond(observation, slates, seed);

    /// <summary>Sessions in which feedback is as late as here, with random rounds of their own.</summary>
    public IEnvironment BeginSessions(long seed) => Around(_inner.BeginSessions(seed), _delay, _spread, seed);

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => _truth.ExpectedResponses(userIds, iteration);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => _truth.ExpectedResponses(userIds, slates, iteration);

    public EndedSessions? LatestEnded => (_inner as IReportsUserState)?.LatestEnded;

    public IReadOnlyDictionary<string, double> UserFigures() => (_inner as IReportsUserState)?.UserFigures() ?? new Dictionary<string, double>();

    public void Save(IStateWriter writer)
    {
        _inner.Save(writer);
        var own = writer.Under("delay");
        own.Write("seed", _seed);
        own.Write("began", _began);
        _history.Save(own.Under("history"));
        own.Write("taken", _taken ? 1 : 0);
        own.Write("pending", _pending.Count);
        for (var index = 0; index < _pending.Count; index++)
            _pending[index].Save(own.Under($"pending.{index}"));
    }

    public void Load(IStateReader reader)
    {
        _inner.Load(reader);
        var own = reader.Under("delay");
        UseSeed(own.ReadInt64("seed"));
        own.ReadInto("began", _began);
        _history.Load(own.Under("history"), Spec.ItemCount);
        _taken = own.ReadInt64("taken") != 0;
        Drop(_pending.Count);
        for (var index = 0; index < own.ReadCount("pending"); index++)
            _pending.Add(PendingRound.Load(own.Under($"pending.{index}"), Spec.Device));
    }

    public void Dispose()
    {
        Drop(_pending.Count);
        _began.Dispose();
        _history.Dispose();
        _inner.Dispose();
    }

    /// <summary>The users whose history inside is empty have just begun: what was known of them before is no longer theirs.</summary>
    private void BeginAnew(Observation inner, long round)
    {
        using var scope = NewDisposeScope();
        var rows = _rows.Of(inner.UserIds.masked_select(IsEmpty(inner)));
        _history.Clear(rows);
        _began.index_fill_(0, rows, round);
    }

    /// <summary>[B] int64, the round with whose step the responses of a round reach the agent.</summary>
    private Tensor Arrival(Tensor userIds, long round)
    {
        using var scope = NewDisposeScope();
        return _lags.Integers(round, userIds, _spread + 1L).add_(round + _delay).MoveToOuterDisposeScope();
    }

    /// <summary>Enters into the history what arrives with the step of round <paramref name="now"/> out of an earlier round or of this one.</summary>
    private void Enter(Tensor userIds, Tensor slates, Tensor responses, Tensor arrival, long round, long now)
    {
        using var scope = NewDisposeScope();
        var users = _rows.Of(userIds);
        var same = _began.index_select(0, users).le(round);
        var arrived = arrival.eq(now).logical_and_(same).nonzero().squeeze(1);
        if (arrived.size(0) > 0)
            _history.Append(users.index_select(0, arrived), slates.index_select(0, arrived), responses.index_select(0, arrived));
    }

    /// <summary>The observation with the history as far as it has arrived. Takes over the tensors.</summary>
    private Observation AsArrived(Observation inner)
    {
        using var scope = NewDisposeScope();
        var empty = IsEmpty(inner).unsqueeze(1);
        var (items, responses) = _history.Of(_rows.Of(inner.UserIds));
        var arrived = new Observation
        {
            UserIds = inner.UserIds,
            UserFeatures = inner.UserFeatures,
            RecentItems = items.masked_fill_(empty, -1L).MoveToOuterDisposeScope(),
            RecentResponses = responses.masked_fill_(empty, 0f).MoveToOuterDisposeScope(),
            EligibleItems = inner.EligibleItems,
            Iteration = inner.Iteration,
            DrawKey = inner.DrawKey,
        };
        inner.RecentItems.Dispose();
        inner.RecentResponses.Dispose();
        return arrived;
    }

    /// <summary>[B] bool, whether nothing was shown to a user yet.</summary>
    private static Tensor IsEmpty(Observation observation)
    {
        using var newest = observation.RecentItems.select(1, -1);
        return newest.lt(0);
    }

    private static Tensor RowsOf(Tensor arrival, long round)
    {
        using var scope = NewDisposeScope();
        return arrival.eq(round).nonzero().squeeze(1).MoveToOuterDisposeScope();
    }

    private void UseSeed(long seed)
    {
        _seed = seed;
        _lags = new RandomStream(seed, "delay");
    }

    private void Drop(int count)
    {
        foreach (var pending in _pending.Take(count))
            pending.Dispose();
        _pending.RemoveRange(0, count);
    }

    /// <summary>The same around an environment that knows how to plan.</summary>
    private sealed class Planning(IEnvironment inner, IPlanner planner, int delay, int spread, long seed) : DelayedEnvironment(inner, delay, spread, seed), IPlanner
    {
        public Tensor Plan(Observation observation) => planner.Plan(observation);
    }
}
