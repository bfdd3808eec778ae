using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The last slates with what came of them, on the device: a ring of rows, one row for each slate of one user.</summary>
/// <remarks>Storage doubles as rows arrive, up to the capacity; from then on the oldest row is overwritten. Item ids are kept as int32.
/// Whether an episode was truncated is not kept: a truncated state has a value like any other, only a terminated one has none.</remarks>
internal sealed class ReplayBuffer : IDisposable
{
    private const long FirstAllocation = 1024;

    private readonly EnvironmentSpec _spec;
    private readonly bool _keepsNext;
    private readonly Dictionary<string, Tensor> _columns = [];
    private readonly Queue<long> _rounds = new();
    private long _allocated;
    private long _next;

    /// <param name="capacity">Rows, at least 1.</param>
    /// <param name="keepsNext">Whether the next observation is kept; an agent that looks no step ahead needs none.</param>
    public ReplayBuffer(EnvironmentSpec spec, int capacity, bool keepsNext)
    {
        _spec = spec;
        _keepsNext = keepsNext;
        Capacity = capacity;
    }

    public long Capacity { get; }

    /// <summary>Rows filled.</summary>
    public long Count { get; private set; }

    /// <summary>Rows of the latest rounds that are still here.</summary>
    /// <param name="rounds">How many rounds; none for all.</param>
    public long CountOf(int? rounds) => rounds is { } wanted ? Math.Min(Count, _rounds.TakeLast(wanted).Sum()) : Count;

    public void Add(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = Rows(feedback);
        var given = feedback.Slates.shape[0];
        var kept = Math.Min(given, Capacity);
        Reserve(Math.Min(Capacity, Count + kept), rows);
        for (var done = 0L; done < kept;)
        {
            var count = Math.Min(kept - done, _allocated - _next);
            foreach (var (name, values) in rows)
                _columns[name].narrow(0, _next, count).copy_(values.narrow(0, given - kept + done, count));
            done += count;
            _next = (_next + count) % Capacity;
            // Below its capacity the storage has room for the whole round, so the ring turns only at the capacity.
        }
        Count = Math.Min(Capacity, Count + kept);
        _rounds.Enqueue(kept);
        while (_rounds.Sum() - _rounds.Peek() >= Capacity)
            _rounds.Dequeue();
    }

    /// <summary>Rows drawn uniformly, with replacement, from the latest <paramref name="count"/> rows.</summary>
    /// <param name="draw">Which draw of the stream; another number gives another batch.</param>
    public ReplayBatch Sample(RandomStream stream, long draw, int size, long count)
    {
        using var scope = NewDisposeScope();
        var ages = stream.Integers(draw, count, _spec.Device, size);
        return Take(ages).MoveToOuterDisposeScope();
    }

    /// <param name="ages">[n] int64 from 0, the latest row, to <see cref="Count"/> − 1.</param>
    public ReplayBatch Take(Tensor ages)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var places = ages.mul(-1).add_(_next - 1).remainder_(Capacity);
        var rows = _columns.ToDictionary(column => column.Key, column => column.Value.index_select(0, places));
        var batch = new ReplayBatch(
            Observation(rows, "state"), _keepsNext ? Observation(rows, "next") : null,
            rows["items"].to_type(ScalarType.Int64), rows["responses"], rows["terminated"]);
        return batch.MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write("count", Count);
        writer.Write("next", _next);
        writer.Write("rounds", tensor(_rounds.ToArray(), ScalarType.Int64));
        foreach (var (name, column) in _columns)
            writer.Write(name, column.narrow(0, 0, Count));
    }

    public void Load(IStateReader reader)
    {
        using var scope = NewDisposeScope();
        Count = reader.ReadInt64("count");
        _next = reader.ReadInt64("next");
        _rounds.Clear();
        foreach (var rows in reader.ReadTensor("rounds").data<long>().ToArray())
            _rounds.Enqueue(rows);
        Release();
        if (Count == 0)
            return;
        var columns = Names().ToDictionary(name => name, name => reader.ReadTensor(name).to(_spec.Device));
        Reserve(Count, columns);
        foreach (var (name, values) in columns)
            _columns[name].narrow(0, 0, Count).copy_(values);
    }

    public void Dispose() => Release();

    private void Release()
    {
        foreach (var column in _columns.Values)
            column.Dispose();
        _columns.Clear();
        _allocated = 0;
    }

    /// <summary>Makes room for <paramref name="wanted"/> rows, at most the capacity.</summary>
    private void Reserve(long wanted, Dictionary<string, Tensor> like)
    {
        if (wanted <= _allocated)
            return;
        var size = Math.Max(FirstAllocation, _allocated);
        while (size < wanted)
            size *= 2;
        size = Math.Min(size, Capacity);
        foreach (var (name, values) in like)
        {
            var larger = zeros([size, .. values.shape[1..]], values.dtype, _spec.Device).DetachFromDisposeScope();
            if (_columns.Remove(name, out var smaller))
            {
                larger.narrow(0, 0, Count).copy_(smaller.narrow(0, 0, Count));
                smaller.Dispose();
            }
            _columns[name] = larger;
        }
        _allocated = size;
    }

    private Dictionary<string, Tensor> Rows(Feedback feedback)
    {
        var rows = new Dictionary<string, Tensor>
        {
            ["items"] = feedback.Slates.to_type(ScalarType.Int32),
            ["responses"] = feedback.Responses,
            ["terminated"] = feedback.Terminated,
        };
        AddObservation(rows, "state", feedback.Observation);
        if (_keepsNext)
            AddObservation(rows, "next", feedback.NextObservation);
        return rows;
    }

    private static void AddObservation(Dictionary<string, Tensor> rows, string name, Observation observation)
    {
        rows[name + ".userIds"] = observation.UserIds.to_type(ScalarType.Int32);
        rows[name + ".recentItems"] = observation.RecentItems.to_type(ScalarType.Int32);
        rows[name + ".recentResponses"] = observation.RecentResponses;
        if (observation.UserFeatures is { } features)
            rows[name + ".userFeatures"] = features;
    }

    private static Observation Observation(Dictionary<string, Tensor> rows, string name) => new()
    {
        UserIds = rows[name + ".userIds"].to_type(ScalarType.Int64),
        RecentItems = rows[name + ".recentItems"].to_type(ScalarType.Int64),
        RecentResponses = rows[name + ".recentResponses"],
        UserFeatures = rows.GetValueOrDefault(name + ".userFeatures"),
        Iteration = 0,
        DrawKey = 0,
    };

    private List<string> Names()
    {
        IEnumerable<string> states = _keepsNext ? ["state", "next"] : ["state"];
        List<string> parts = ["userIds", "recentItems", "recentResponses"];
        if (_spec.UserFeatureCount > 0)
            parts.Add("userFeatures");
        return ["items", "responses", "terminated", .. states.SelectMany(state => parts.Select(part => $"{state}.{part}"))];
    }
}
