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
    /// <summary>Items followed one by one; beyond, the best and a spread of the others.</summary>
    public const int MostItems = 1000;

    /// <summary>Items whose weights are kept.</summary>
    public const int MostWeightRows = 200;

    /// <summary>Users whose estimates are averaged.</summary>
    public const int MostUsers = 256;

    /// <summary>Snapshots of a run unless a window is asked for.</summary>
    private const int UsualSnapshots = 100;

    /// <summary>Pairs of user and item that an agent is asked about at once.</summary>
    private const long PairsAtOnce = 1L << 18;

    private readonly RunPair _pair;
    private readonly UserSegments _segments;
    private readonly Tensor _sample; // [B] int64
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
        var users = (int)Math.Clamp((1L << 21) / spec.ItemCount, 16, MostUsers);
        _sample = SpreadOver(spec.UserCount, Math.Min(spec.UserCount, users), spec.Device).DetachFromDisposeScope();
        _window = zeros([spec.ItemCount], ScalarType.Int64, spec.Device).DetachFromDisposeScope();
        _items = Choose(MeanTruth());
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
        var (estimates, truth, error) = Estimates();
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
            Diagnostics = iteration.Diagnostics.ToDictionary(pair => pair.Key, pair => Rounded(pair.Value)),
            UserFigures = state.ToDictionary(pair => pair.Key, pair => Rounded(pair.Value)),
            SessionsEnded = _sessions?.WindowEnded ?? 0,
            SessionRounds = _sessions is { WindowEnded: > 0 } ? Rounded((double)_sessions.WindowRounds / _sessions.WindowEnded) : null,
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

    /// <summary>Mean estimates and mean truth of the tracked items, and the error over all items.</summary>
    private (IReadOnlyList<double?>? Estimates, IReadOnlyList<double?>? Truth, EstimateError? Error) Estimates()
    {
        if (_pair.Agent is not IEstimatesItems agent)
            return (null, null, null);
        var spec = _pair.Environment.Spec;
        var sums = zeros([3, spec.ItemCount], ScalarType.Float64, spec.Device); // estimates, how many there were, truth
        var squares = zeros([], ScalarType.Float64, spec.Device);
        using var everyone = _pair.Environment.ObserveAll(0);
        for (var start = 0L; start < _sample.shape[0]; start += UsersAtOnce)
        {
            using var part = NewDisposeScope();
            using var users = Of(everyone, _sample.narrow(0, start, Math.Min(UsersAtOnce, _sample.shape[0] - start)));
            var given = agent.EstimateItems(users).to_type(ScalarType.Float64);
            var known = given.isfinite();
            var kept = where(known, given, zeros_like(given));
            var truth = _pair.Truth.ExpectedResponses(users.UserIds, users.Iteration).to_type(ScalarType.Float64);
            sums.add_(stack([kept.sum([0L]), known.to_type(ScalarType.Float64).sum([0L]), truth.sum([0L])]));
            squares.add_((kept - truth).square().mul(known).sum());
        }
        var figures = sums.cpu().data<double>().ToArray();
        var items = spec.ItemCount;
        double[] means = [.. Enumerable.Range(0, items).Select(item => figures[item] / figures[items + item])]; // not a number where there is none
        double[] truths = [.. Enumerable.Range(0, items).Select(item => figures[(2 * items) + item] / _sample.shape[0])];
        var isResponse = agent.EstimateKind == EstimateKind.Response;
        int[] estimated = [.. Enumerable.Range(0, items).Where(item => figures[items + item] > 0)];
        var error = estimated.Length == 0 ? null : new EstimateError(
            isResponse ? Rounded(Math.Sqrt(squares.item<double>() / estimated.Sum(item => figures[items + item]))) : null,
            isResponse ? Rounded(estimated.Average(item => Math.Abs(means[item] - truths[item]))) : null,
            RankCorrelation([.. estimated.Select(item => means[item])], [.. estimated.Select(item => truths[item])]));
        return ([.. _items.Select(item => Rounded(means[item.Id]))], [.. _items.Select(item => Rounded(truths[item.Id]))], error);
    }

    private long UsersAtOnce => Math.Max(1, PairsAtOnce / _pair.Environment.Spec.ItemCount);

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
            weights.Scale, weights.Features, rows, [.. rows.Select((_, row) => (IReadOnlyList<double?>)[.. values.Skip(row * width).Take(width).Select(Rounded)])]);
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

    /// <returns>[N], mean over the sample, before the first round.</returns>
    private double[] MeanTruth()
    {
        using var gradients = no_grad();
        var (environment, spec) = (_pair.Environment, _pair.Environment.Spec);
        var sum = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        for (var start = 0L; start < _sample.shape[0]; start += UsersAtOnce)
        {
            using var part = NewDisposeScope();
            var users = _sample.narrow(0, start, Math.Min(UsersAtOnce, _sample.shape[0] - start));
            sum.add_(_pair.Truth.ExpectedResponses(users, environment.Iteration).sum(0, type: ScalarType.Float64));
        }
        return sum.div_(_sample.shape[0]).cpu().data<double>().ToArray();
    }

    private List<InsightItem> Choose(double[] expected)
    {
        var population = _pair.Environment.Population;
        var labels = LabelsOf(population);
        return [.. Tracked(expected, MostItems).Select(item => new InsightItem(
            item, population.ItemKeys[item], Rounded(expected[item]), item < population.ItemTitles.Count ? population.ItemTitles[item] : null,
            labels.Where(label => label.Values[item].Length > 0).ToDictionary(label => label.Name, label => label.Values[item])))];
    }

    /// <summary>The items to follow: all, or the best half and as many spread evenly over the ranks of the others; by id.</summary>
    internal static IReadOnlyList<int> Tracked(double[] expected, int most)
    {
        if (expected.Length <= most)
            return [.. Enumerable.Range(0, expected.Length)];
        int[] ranked = [.. Enumerable.Range(0, expected.Length).OrderByDescending(item => expected[item])];
        var (best, spread) = (most / 2, most - (most / 2));
        var others = ranked.Length - best;
        return [.. ranked.Take(best).Concat(Enumerable.Range(0, spread).Select(place => ranked[best + (int)((long)place * others / spread)])).Order()];
    }

    /// <summary>The population's labels, and for features whose names share a beginning up to a colon or an equals sign, such as <c>topic:3</c>, the one of the highest value.</summary>
    internal static IReadOnlyList<ItemLabel> LabelsOf(Population population)
    {
        var labels = population.ItemLabels.ToList();
        if (population.ItemFeatures is not { } features)
            return labels;
        using var scope = NewDisposeScope();
        var groups = population.ItemFeatureNames.Select((name, column) => (Cut: name.IndexOfAny([':', '=']), Name: name, Column: column))
            .Where(one => one.Cut > 0).GroupBy(one => one.Name[..one.Cut]).Where(group => group.Count() > 1);
        foreach (var group in groups)
        {
            string[] names = [.. group.Select(one => one.Name[(one.Cut + 1)..])];
            var best = features.index_select(1, tensor(group.Select(one => (long)one.Column).ToArray()).to(features.device)).argmax(1).cpu().data<long>().ToArray();
            labels.Add(new ItemLabel(group.Key, [.. best.Select(column => names[column])], IsOrdered: false));
        }
        return labels;
    }

    /// <summary>Whole numbers from 0 on, spread evenly below a bound.</summary>
    private static Tensor SpreadOver(long bound, long count, Device device)
    {
        using var scope = NewDisposeScope();
        return arange(count, ScalarType.Int64, device).mul_(bound).div(count, RoundingMode.floor).to_type(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    /// <summary>Some users of an observation of everyone. The caller disposes.</summary>
    private static Observation Of(Observation everyone, Tensor users) => new()
    {
        UserIds = everyone.UserIds.index_select(0, users),
        UserFeatures = everyone.UserFeatures?.index_select(0, users),
        RecentItems = everyone.RecentItems.index_select(0, users),
        RecentResponses = everyone.RecentResponses.index_select(0, users),
        EligibleItems = everyone.EligibleItems?.index_select(0, users),
        Iteration = everyone.Iteration,
        DrawKey = everyone.DrawKey,
    };

    private static double? RankCorrelation(double[] one, double[] other)
    {
        if (one.Length < 2)
            return null;
        return Rounded(MathNet.Numerics.Statistics.Correlation.Spearman(one, other));
    }

    /// <summary>Six decimals are more than a picture shows, and keep the file small.</summary>
    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;

    private static string Name(EstimateKind kind) => kind == EstimateKind.Response ? "response" : "score";
}
