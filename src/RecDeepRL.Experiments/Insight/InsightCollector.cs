using RecDeepRL.Core;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>Watches a run and keeps what can be learned of its agent: attach <see cref="Responded"/> and <see cref="IRunRecorder.Completed"/> to a
/// <see cref="TrainingLoop"/>, and <see cref="Read"/> at any time. It needs no folder.</summary>
/// <remarks>A round costs one count of the items shown and one sum over groups of users, on the device. Only at the end of a window of rounds is the agent asked for its
/// estimates, for a fixed sample of users. Nothing that is read changes what the agent has learned or draws from its streams, so a run with and without a collector is the same.</remarks>
public sealed class InsightCollector : IRunRecorder, IDisposable
{
    /// <summary>Items whose weights are kept.</summary>
    public const int MostWeightRows = 200;

    /// <summary>Snapshots of a run unless a window is asked for.</summary>
    private const int UsualSnapshots = 100;

    private readonly RunPair _pair;
    private readonly UserSegments _segments;
    private readonly EstimateSample _sample;
    private readonly Tensor _window; // [N] int64, shown since the last snapshot
    private readonly long[] _shown; // [N], shown before that
    private readonly SessionCounts? _sessions;
    private readonly List<InsightSnapshot> _snapshots = [];
    private List<InsightItem> _items;
    private IReadOnlyList<double?>? _truth;
    private long _fromIteration;
    private int _rounds;
    private long _users;

    /// <param name="pair">Fresh, before any round: users are divided and items chosen by what they are at the beginning. Borrowed; has to outlive the collector.</param>
    /// <param name="every">Rounds of a window, at least 1; none for as many as make a hundred windows of the run.</param>
    public InsightCollector(RunPair pair, int? every = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every ?? 1, 1);
        var (environment, spec) = (pair.Environment, pair.Environment.Spec);
        _pair = pair;
        _fromIteration = environment.Iteration;
        Every = every ?? Math.Max(1, (pair.Iterations + UsualSnapshots - 1) / UsualSnapshots);
        _segments = new UserSegments(environment, pair.Truth);
        _sessions = spec.HasEpisodes ? new SessionCounts(spec.SessionLimit) : null;
        _shown = new long[spec.ItemCount];
        using var scope = NewDisposeScope();
        _sample = new EstimateSample(pair);
        _window = zeros([spec.ItemCount], ScalarType.Int64, spec.Device).DetachFromDisposeScope();
        _items = TrackedItems.Of(environment.Population, _sample.MeanTruth());
    }

    /// <summary>Rounds of a window.</summary>
    public int Every { get; private set; }

    /// <summary>To be called with what happened in each round (<see cref="TrainingLoop.Responded"/>).</summary>
    public void Responded(Feedback feedback)
    {
        if (feedback.Observation.UserCount > 0)
        {
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            var items = feedback.Slates.reshape(-1);
            _window.index_add_(0, items, ones_like(items), 1);
            _users += feedback.Observation.UserCount;
            _segments.Add(feedback);
        }
        if (_pair.Environment is IReportsUserState { LatestEnded: { } ended })
            _sessions?.Add(ended);
    }

    public void Completed(IterationRecord iteration)
    {
        _rounds++;
        if (_rounds >= Every || iteration.Iteration >= _pair.Iterations)
            Close(iteration);
    }

    public void Evaluated(EvaluationResult evaluation) { }

    public void CheckpointWritten(string folder) { }

    /// <summary>What was learned so far, with the rounds of an unfinished window apart (<see cref="RunInsight.Pending"/>): enough to go on from.</summary>
    public RunInsight Read()
    {
        var spec = _pair.Environment.Spec;
        long[] window = Window();
        return new RunInsight
        {
            Agent = _pair.Plan.Agent,
            Environment = _pair.Plan.Environment,
            Seed = _pair.Plan.Seed,
            UserCount = spec.UserCount,
            ItemCount = spec.ItemCount,
            SlateSize = spec.SlateSize,
            Every = Every,
            FromIteration = _fromIteration,
            EstimateKind = _pair.Agent is IEstimatesItems estimates ? Name(estimates.EstimateKind) : null,
            Items = [.. _items],
            Snapshots = [.. _snapshots],
            Shown = [.. _shown.Zip(window, (before, since) => before + since)],
            Groupings = _segments.Read(),
            Sessions = _sessions?.Read(),
            Pending = _rounds == 0 ? null : new PendingInsight(_rounds, _users, window, _sessions?.WindowEnded ?? 0, _sessions?.WindowRounds ?? 0),
        };
    }

    /// <summary>What was learned in all, and what the agent holds to be best now: one slate in exploit mode for every user, its weights, and its item vectors.</summary>
    public RunInsight Conclude()
    {
        using var gradients = no_grad();
        var final = Exploit();
        return Read() with { Final = final, Groupings = _segments.Read(), Weights = Weights(), Embeddings = Plane() };
    }

    /// <summary>Goes on from what an earlier part of the same run left at a checkpoint.</summary>
    /// <param name="keepWindow">Whether the earlier part's window stays.</param>
    /// <exception cref="UserMistakeException">It is of another population.</exception>
    public void GoOnFrom(RunInsight earlier, bool keepWindow)
    {
        var spec = _pair.Environment.Spec;
        if (earlier.ItemCount != spec.ItemCount || earlier.UserCount != spec.UserCount)
            throw new UserMistakeException($"The insight of the checkpoint is of {earlier.UserCount} users and {earlier.ItemCount} items, the population has {spec.UserCount} and {spec.ItemCount}. Go on with --insight-every 0.");
        _segments.GoOnFrom(earlier.Groupings);
        _items = [.. earlier.Items];
        _snapshots.AddRange(earlier.Snapshots);
        _truth = earlier.Snapshots.LastOrDefault(snapshot => snapshot.Truth is not null)?.Truth;
        _fromIteration = earlier.FromIteration;
        if (keepWindow)
            Every = earlier.Every;
        var pending = earlier.Pending;
        (_rounds, _users) = (pending?.Rounds ?? 0, pending?.Users ?? 0);
        for (var item = 0; item < _shown.Length; item++)
            _shown[item] = earlier.Shown[item] - (pending?.Shown[item] ?? 0);
        if (pending is not null)
        {
            using var counts = tensor(pending.Shown.ToArray());
            _window.copy_(counts);
        }
        if (earlier.Sessions is { } sessions)
            _sessions?.GoOnFrom(sessions, pending);
    }

    /// <summary>Says that the rounds before are unknown: the run goes on from a checkpoint without insight.</summary>
    public void BeginAt(long iteration) => _fromIteration = iteration;

    public void Dispose()
    {
        _segments.Dispose();
        _sample.Dispose();
        _window.Dispose();
    }

    private void Close(IterationRecord iteration)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var window = Window();
        var (estimates, truth, error) = _sample.Read(_items);
        var state = (_pair.Environment as IReportsUserState)?.UserFigures() ?? new Dictionary<string, double>();
        _snapshots.Add(new InsightSnapshot
        {
            Iteration = iteration.Iteration,
            Rounds = _rounds,
            Users = _users,
            Concentration = _users == 0 ? null : Concentration.Of(window, _users),
            Shown = [.. _items.Select(item => window[item.Id])],
            Estimates = estimates,
            Truth = truth is null || (_truth is not null && truth.SequenceEqual(_truth)) ? null : truth,
            Error = error,
            Diagnostics = iteration.Diagnostics.ToDictionary(pair => pair.Key, pair => InsightFile.Rounded(pair.Value)),
            UserFigures = state.ToDictionary(pair => pair.Key, pair => InsightFile.Rounded(pair.Value)),
            SessionsEnded = _sessions?.WindowEnded ?? 0,
            SessionRounds = _sessions is { WindowEnded: > 0 } ? InsightFile.Rounded((double)_sessions.WindowRounds / _sessions.WindowEnded) : null,
        });
        _truth = truth ?? _truth;
        for (var item = 0; item < window.Length; item++)
            _shown[item] += window[item];
        _window.zero_();
        (_rounds, _users) = (0, 0);
        _sessions?.BeginWindow();
    }

    private long[] Window()
    {
        using var counts = _window.cpu();
        return counts.data<long>().ToArray();
    }

    private FinalInsight Exploit()
    {
        var (environment, spec) = (_pair.Environment, _pair.Environment.Spec);
        using var scope = NewDisposeScope();
        var shown = zeros([spec.ItemCount], ScalarType.Int64, spec.Device);
        var sums = zeros([2], ScalarType.Float64, spec.Device);
        using var everyone = environment.ObserveAll(Evaluator.DrawKeyOf(Evaluator.SeedOf(_pair.Plan.Seed)));
        foreach (var (start, count) in UserParts.Of(spec.UserCount, spec.ItemCount))
        {
            using var part = NewDisposeScope();
            var users = everyone.Slice(start, count);
            var slates = _pair.Agent.Recommend(users, RecommendationMode.Exploit);
            var items = slates.reshape(-1);
            shown.index_add_(0, items, ones_like(items), 1);
            var expected = _pair.Truth.ExpectedResponses(users.UserIds, slates, users.Iteration).sum(1, type: ScalarType.Float64);
            var oracle = Bounds.OracleByUser(spec, _pair.Truth, users);
            _segments.AddFinal(users.UserIds, expected, oracle);
            sums.add_(stack([expected.sum(), oracle.sum()]));
        }
        var counts = shown.cpu().data<long>().ToArray();
        var totals = sums.cpu().data<double>().ToArray();
        return new FinalInsight(Concentration.Of(counts, spec.UserCount), [.. _items.Select(item => counts[item.Id])], totals[0] / spec.UserCount, totals[1] / spec.UserCount);
    }

    private WeightInsight? Weights()
    {
        if (_pair.Agent is not IHasItemWeights agent)
            return null;
        using var scope = NewDisposeScope();
        using var weights = agent.ItemWeights();
        int[] rows = [.. Enumerable.Range(0, _items.Count).OrderByDescending(item => _shown[_items[item].Id]).Take(MostWeightRows).Order()];
        using var kept = weights.Values.index_select(0, Ids(rows).to(weights.Values.device)).cpu().to_type(ScalarType.Float64);
        var (values, width) = (kept.data<double>().ToArray(), weights.Features.Count);
        return new WeightInsight(
            weights.Scale, weights.Features, rows, [.. rows.Select((_, row) => (IReadOnlyList<double?>)[.. values.Skip(row * width).Take(width).Select(InsightFile.Rounded)])]);
    }

    private ItemPlane? Plane()
    {
        if (_pair.Agent is not IHasItemEmbeddings agent)
            return null;
        using var scope = NewDisposeScope();
        using var embeddings = agent.ItemEmbeddings();
        return ItemPlane.Of(embeddings.index_select(0, Ids(Enumerable.Range(0, _items.Count)).to(embeddings.device)), _items);
    }

    private Tensor Ids(IEnumerable<int> places) => tensor(places.Select(place => (long)_items[place].Id).ToArray());

    private static string Name(EstimateKind kind) => kind == EstimateKind.Response ? "response" : "score";
}
