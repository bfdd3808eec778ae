using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The last slates with what came of them, on the device: a ring of rows, one row for each slate of one user.</summary>
/// <remarks>Once the capacity is reached, the oldest row is overwritten.
/// A truncated state has a value like any other, only a terminated one has none; returns of several steps stop at both.</remarks>
internal sealed class ReplayBuffer : IDisposable
{
    private readonly EnvironmentSpec _spec;
    private readonly ReplayLayout _layout;
    private readonly ReplayTrajectories? _trajectories;
    private readonly ReplayPriorities? _priorities;
    private readonly ReplayColumns _columns;
    private readonly SharedLearning? _shared;
    private readonly Queue<long> _rounds = new();
    private long _written;

    /// <summary>A buffer of single steps, sampled uniformly.</summary>
    /// <param name="capacity">Rows, at least 1.</param>
    /// <param name="keepsNext">Whether the next observation is kept; an agent that looks no step ahead needs none.</param>
    /// <param name="shared">The others that learn along with whoever learns from this one, each with rows of its own; none for a learner that is alone.</param>
    public ReplayBuffer(EnvironmentSpec spec, int capacity, bool keepsNext, SharedLearning? shared = null)
        : this(spec, capacity, new ReplayLayout(spec, keepsNext), shared)
    {
    }

    /// <summary>A buffer of what the options ask for.</summary>
    /// <param name="shared">As above.</param>
    /// <param name="keepsCompanion">Whether each slot has a number of the agent's own beside it.</param>
    /// <exception cref="UserMistakeException">There are others, and rows are to be drawn by priority.</exception>
    public ReplayBuffer(EnvironmentSpec spec, ReplayOptions options, SharedLearning? shared = null, bool keepsCompanion = false)
        : this(spec, options.ReplayCapacity, new ReplayLayout(spec, keepsNext: true, options.ReturnSteps > 1, options.PriorityExponent > 0, keepsCompanion), shared)
    {
        _trajectories = options.ReturnSteps > 1 ? new ReplayTrajectories(spec) : null;
        _priorities = options.PriorityExponent > 0 ? new ReplayPriorities(options, spec.Device) : null;
        if (shared is not null)
            RequireDivisible();
    }

    private ReplayBuffer(EnvironmentSpec spec, int capacity, ReplayLayout layout, SharedLearning? shared)
    {
        _spec = spec;
        _layout = layout;
        _shared = shared;
        Capacity = capacity;
        _columns = new ReplayColumns(capacity, spec.Device);
    }

    /// <summary>Requires that rows can be drawn among those of several learners.</summary>
    /// <exception cref="UserMistakeException">They are drawn by priority.</exception>
    public void RequireDivisible()
    {
        if (_priorities is not null)
            throw new UserMistakeException("priorityExponent was above 0, but several that learn together draw slates uniformly: none of them knows the errors of all. Use 0, or let one learn alone.");
    }

    public long Capacity { get; }

    /// <summary>Rows filled.</summary>
    public long Count { get; private set; }

    /// <summary>Rows of the latest rounds that are still there, here and with those that learn along.</summary>
    /// <param name="rounds">How many rounds; none for all.</param>
    public long CountOf(int? rounds) => _shared?.CountOf(rounds) ?? CountOfAlone(rounds);

    /// <summary>Those of them that are here.</summary>
    public long CountHere(int? rounds) => _shared?.CountOfOwn(rounds) ?? CountOfAlone(rounds);

    /// <param name="feedback">One round. Borrowed.</param>
    /// <param name="companion">[B, K] float32, the agent's own number for each slot, where they are kept. Borrowed.</param>
    public void Add(Feedback feedback, Tensor? companion = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _shared?.Add();
        var rows = _layout.Rows(feedback, companion);
        if (_priorities is not null)
            rows["priorities"] = _priorities.OfNewRows(feedback.Slates.size(0));
        if (feedback.Slates.size(0) == 0)
        {
            // Who learns along with others has something to take, which counts nothing.
            if (_shared is not null && Count == 0)
                Add(ReplayLayout.Nobody(rows), 1);
            return;
        }
        var kept = Add(rows, feedback.Slates.size(0));
        _rounds.Enqueue(kept);
        while (_rounds.Sum() - _rounds.Peek() >= Capacity)
            _rounds.Dequeue();
        if (_trajectories is null)
            return;
        var (userIds, iteration, lost) = (feedback.Observation.UserIds, feedback.Observation.Iteration, feedback.Slates.size(0) - kept);
        _trajectories.Forget(userIds.narrow(0, 0, lost));
        _trajectories.Add(this, NamesOf(arange(kept - 1, -1, -1, ScalarType.Int64, _spec.Device)), userIds.narrow(0, lost, kept), iteration, _written - Count);
    }

    /// <summary>Rows drawn uniformly, with replacement, from the latest <paramref name="count"/> rows.</summary>
    /// <param name="draw">Which draw of the stream; another number gives another batch.</param>
    public ReplayBatch Sample(RandomStream stream, long draw, int size, long count)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (here, ages, positions) = Draw(stream, draw, size, count);
        return (Take(here) with { Ages = ages, Positions = positions }).MoveToOuterDisposeScope();
    }

    /// <summary>Rows drawn with replacement as the options say, uniformly or by priority, with returns of as many steps as they say.</summary>
    /// <param name="draw">Which draw of the stream, counted from 0: also how far importance weights have come.</param>
    /// <param name="discount">Per step, in [0, 1).</param>
    public ReplayBatch Sample(RandomStream stream, long draw, ReplayOptions options, double discount)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var count = CountOf(options.ReplayRounds);
        if (_priorities is not null)
        {
            var (drawn, weights) = _priorities.Sample(LatestOf("priorities", count), stream, draw, options.BatchSize);
            return Take(drawn.neg().add_(count - 1), options.ReturnSteps, discount, weights).MoveToOuterDisposeScope();
        }
        var (here, ages, positions) = Draw(stream, draw, options.BatchSize, count);
        return (Take(here, options.ReturnSteps, discount) with { Ages = ages, Positions = positions }).MoveToOuterDisposeScope();
    }

    /// <param name="ages">[n] int64 from 0, the latest row, to <see cref="Count"/> − 1.</param>
    public ReplayBatch Take(Tensor ages)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = NamesOf(ages);
        return Batch(rows, rows).MoveToOuterDisposeScope();
    }

    /// <summary>The same with returns of several steps.</summary>
    /// <param name="steps">At most 1 unless the buffer was made for more.</param>
    public ReplayBatch Take(Tensor ages, int steps, double discount, Tensor? weights = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = NamesOf(ages);
        var (last, rewards, discounts) = ReplayTrajectories.Follow(this, rows, steps, discount);
        return (Batch(rows, last) with { LaterRewards = rewards, Discounts = discounts, Weights = weights }).MoveToOuterDisposeScope();
    }

    /// <summary>Tells how wrong the agent was about rows it has just learned from, where rows are drawn by that.</summary>
    /// <param name="errors">[R] or [R, K] float32, of any sign.</param>
    public void Prioritise(ReplayBatch batch, Tensor errors)
    {
        if (_priorities is null)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var sizes = errors.dim() > 1 ? errors.abs().mean([1]) : errors;
        Column("priorities").index_copy_(0, batch.Places, _priorities.Of(sizes));
    }

    public void Save(IStateWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write("count", Count);
        writer.Write("written", _written);
        writer.Write("rounds", tensor(_rounds.ToArray(), ScalarType.Int64));
        _trajectories?.Save(writer);
        _priorities?.Save(writer);
        _shared?.Save(writer);
        foreach (var (name, column) in _columns.All)
            writer.Write(name, column.narrow(0, 0, Count));
    }

    /// <exception cref="ArgumentException">Counters and rows that no buffer of this kind leaves together, or users and items that there are not.</exception>
    public void Load(IStateReader reader)
    {
        using var scope = NewDisposeScope();
        Count = reader.ReadCount("count");
        _written = reader.ReadCount("written");
        // Below its capacity the ring has not turned.
        if (Count > Capacity || _written < Count || (Count < Capacity && _written != Count))
            throw new ArgumentException($"a replay buffer of {Capacity} rows cannot hold {Count} after {_written} were written.");
        _rounds.Clear();
        foreach (var rows in reader.ReadTensor("rounds").data<long>().ToArray())
            _rounds.Enqueue(rows);
        _trajectories?.Load(reader);
        _priorities?.Load(reader);
        _shared?.Load(reader);
        Fill(Count == 0 ? [] : _layout.Names.ToDictionary(name => name, reader.ReadTensor));
    }

    /// <summary>Writes what the buffer of one of several learners is to go on from. See <see cref="ILearnsFromGradients"/>.</summary>
    public void SavePart(IStateWriter writer, int member, IReadOnlyList<UserRange> parts)
    {
        using var scope = NewDisposeScope();
        var columns = Count == 0 ? [] : _layout.Names.ToDictionary(name => name, name => LatestOf(name, Count));
        ReplayParts.Write(writer, member, parts, columns, [.. _rounds], _written - Count, _trajectories?.Latest);
    }

    /// <summary>Takes on the rows that several learners have, in the order that one would have them.</summary>
    /// <param name="parts">What each of them has saved.</param>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    public void LoadParts(IReadOnlyList<IStateReader> parts)
    {
        using var scope = NewDisposeScope();
        var (columns, rounds, latest) = ReplayParts.Read(parts, _layout.Names, Capacity, _trajectories is not null);
        Count = columns.Count == 0 ? 0 : columns["items"].size(0);
        _written = Count;
        _rounds.Clear();
        rounds.ForEach(_rounds.Enqueue);
        if (latest is { } last)
            _trajectories!.Latest = last;
        Fill(columns);
    }

    /// <param name="columns">All rows; none where there are none.</param>
    private void Fill(Dictionary<string, Tensor> columns)
    {
        _columns.Release();
        if (Count == 0)
            return;
        _columns.Reserve(Count, Count, columns);
        foreach (var (name, values) in columns)
            _columns[name].narrow(0, 0, Count).copy_(values);
        Guard.Within(tensor(_rounds.ToArray(), ScalarType.Int64), "the rounds of the replay buffer", 0, Capacity);
        _layout.RequireKnown(_columns, Count, _written);
        _trajectories?.RequireWritten(_written);
    }

    public void Dispose()
    {
        _trajectories?.Dispose();
        _priorities?.Dispose();
        _columns.Dispose();
    }

    /// <summary>The storage of one part of the rows. Borrowed.</summary>
    internal Tensor Column(string name) => _columns[name];

    /// <summary>Where rows lie, of which each is named by how many were ever written before it. [n] int64; of no row at all it is any place.</summary>
    internal Tensor PlacesOf(Tensor names) => names.clamp_min(0).remainder_(Capacity);

    private Tensor NamesOf(Tensor ages) => ages.neg().add_(_written - 1);

    /// <summary>A column of the latest rows, oldest first. [count, …].</summary>
    private Tensor LatestOf(string name, long count)
    {
        var first = (_written - count) % Capacity;
        var untilTurn = Math.Min(count, _columns.Allocated - first);
        var column = _columns[name];
        return untilTurn == count ? column.narrow(0, first, count) : cat([column.narrow(0, first, untilTurn), column.narrow(0, 0, count - untilTurn)]);
    }

    private long CountOfAlone(int? rounds) => rounds is { } wanted ? Math.Min(Count, _rounds.TakeLast(wanted).Sum()) : Count;

    /// <summary>Writes rows behind the latest one.</summary>
    /// <param name="given">How many.</param>
    /// <returns>How many are kept, the last of them.</returns>
    private long Add(Dictionary<string, Tensor> rows, long given)
    {
        var kept = Math.Min(given, Capacity);
        _columns.Reserve(Math.Min(Capacity, Count + kept), Count, rows);
        for (var done = 0L; done < kept;)
        {
            var place = _written % Capacity;
            var count = Math.Min(kept - done, _columns.Allocated - place);
            foreach (var (name, values) in rows)
                _columns[name].narrow(0, place, count).copy_(values.narrow(0, given - kept + done, count));
            done += count;
            _written += count;
            // Below its capacity the storage has room for the whole round, so the ring turns only at the capacity.
        }
        Count = Math.Min(Capacity, Count + kept);
        return kept;
    }

    /// <summary>Draws rows uniformly, with replacement, from the latest of everybody.</summary>
    /// <returns>Ages [R] int64 of those that are here, among the rows here and among those of everybody; and which they are of those drawn, none where all are here.</returns>
    private (Tensor Here, Tensor Ages, Tensor? Positions) Draw(RandomStream stream, long draw, int size, long count)
    {
        if (_shared is null)
        {
            var all = stream.Integers(draw, count, _spec.Device, size);
            return (all, all, null);
        }
        var drawn = stream.Integers(draw, count, CPU, size);
        var (positions, here) = _shared.Own(drawn, _spec.Device);
        return (here, drawn.to(_spec.Device).index_select(0, positions), positions);
    }

    private ReplayBatch Batch(Tensor rows, Tensor last)
    {
        var places = PlacesOf(rows);
        var lastPlaces = ReferenceEquals(rows, last) ? places : PlacesOf(last);
        return new ReplayBatch(
            _layout.Before(_columns, places), _layout.After(_columns, lastPlaces),
            _columns.Selected("items", places).to_type(ScalarType.Int64), _columns.Selected("responses", places), _columns.Selected("terminated", lastPlaces))
        { Places = places, Companion = _layout.KeepsCompanion ? _columns.Selected("companion", places) : null };
    }
}
