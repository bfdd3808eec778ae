using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Which row of a <see cref="ReplayBuffer"/> comes next in the same user's own trajectory. Rounds in which the user was away do not count.</summary>
/// <remarks>Rows are named by how many rows were ever written before them, so that a name is never given twice and the ring's turn cannot lead
/// astray: the rows after a row that is still here are newer than it and therefore still here. The rows of a user are chained in the order of
/// their rounds, even where feedback arrives in another.</remarks>
internal sealed class ReplayTrajectories : IDisposable
{
    private readonly Tensor _latest;
    private long _latestIteration = -1;

    public ReplayTrajectories(EnvironmentSpec spec) =>
        _latest = full([spec.UserCount], -1L, ScalarType.Int64, spec.Device).DetachFromDisposeScope();

    /// <summary>Names of the latest row of each user, [U] int64, -1 for none, and the latest round. Borrowed.</summary>
    public (Tensor Rows, long Iteration) Latest
    {
        get => (_latest, _latestIteration);
        set
        {
            _latest.copy_(value.Rows);
            _latestIteration = value.Iteration;
        }
    }

    /// <summary>Forgets where the trajectories of users stand of whom a row was not kept: what they do later does not follow what is here.</summary>
    /// <param name="userIds">[n] int64.</param>
    public void Forget(Tensor userIds) => _latest.index_fill_(0, userIds, -1L);

    /// <summary>Chains the rows of one round, which have just been written.</summary>
    /// <param name="rows">[n] int64, names of the rows.</param>
    /// <param name="userIds">[n] int64, distinct.</param>
    /// <param name="oldest">Name of the oldest row that is still here.</param>
    public void Add(ReplayBuffer buffer, Tensor rows, Tensor userIds, long iteration, long oldest)
    {
        using var scope = NewDisposeScope();
        var before = _latest.index_select(0, userIds);
        var after = full_like(before, -1L);
        // Usually each round is later than all before it. Feedback that was late is put in its place in the chain.
        for (var late = iteration < _latestIteration; late;)
        {
            var passes = before.ge(oldest).logical_and_(buffer.Column("iterations").index_select(0, buffer.PlacesOf(before)).gt(iteration));
            after = where(passes, before, after);
            before = where(passes, buffer.Column("before").index_select(0, buffer.PlacesOf(before)), before);
            late = passes.any().item<bool>();
        }
        Write(buffer.Column("before"), buffer.PlacesOf(rows), before);
        Write(buffer.Column("after"), buffer.PlacesOf(rows), after);
        Link(buffer, "after", before, rows, oldest);
        Link(buffer, "before", after, rows, oldest);
        _latest.index_copy_(0, userIds, where(after.lt(0), rows, _latest.index_select(0, userIds)));
        _latestIteration = Math.Max(_latestIteration, iteration);
    }

    /// <summary>Goes up to <paramref name="steps"/> − 1 rows on in each trajectory, never past the end of an episode.</summary>
    /// <param name="rows">[R] int64, names of the rows to begin at.</param>
    /// <returns>The last row of each return; the discounted rewards after the first; and the discount of what follows the last.</returns>
    public static (Tensor Last, Tensor LaterRewards, Tensor Discounts) Follow(ReplayBuffer buffer, Tensor rows, int steps, double discount)
    {
        using var scope = NewDisposeScope();
        var last = rows.alias();
        var rewards = zeros([rows.size(0)], ScalarType.Float32, rows.device);
        var discounts = full([rows.size(0)], discount, ScalarType.Float32, rows.device);
        for (var step = 1; step < steps; step++)
        {
            var places = buffer.PlacesOf(last);
            var next = buffer.Column("after").index_select(0, places);
            var goes = next.ge(0).logical_and_(buffer.Column("ended").index_select(0, places).logical_not());
            var paid = buffer.Column("rewards").index_select(0, buffer.PlacesOf(next));
            rewards = rewards.add(where(goes, discounts.mul(paid), zeros_like(rewards)));
            discounts = where(goes, discounts.mul(discount), discounts);
            last = where(goes, next, last);
        }
        return (last.MoveToOuterDisposeScope(), rewards.MoveToOuterDisposeScope(), discounts.MoveToOuterDisposeScope());
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("latestRows", _latest);
        writer.Write("latestIteration", _latestIteration);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("latestRows", _latest);
        _latestIteration = reader.ReadInt64("latestIteration");
    }

    /// <summary>Requires that no user's latest row is one that was never written.</summary>
    /// <param name="written">Rows ever written.</param>
    /// <exception cref="ArgumentException">One is.</exception>
    public void RequireWritten(long written) => Guard.Within(_latest, "the latest rows of users", -1, written - 1);

    public void Dispose() => _latest.Dispose();

    private static void Write(Tensor column, Tensor places, Tensor values) => column.index_copy_(0, places, values);

    /// <summary>Writes the names of <paramref name="rows"/> into the rows <paramref name="from"/> that are still here.</summary>
    private static void Link(ReplayBuffer buffer, string column, Tensor from, Tensor rows, long oldest)
    {
        var here = from.ge(oldest).nonzero().squeeze(1);
        Write(buffer.Column(column), buffer.PlacesOf(from.index_select(0, here)), rows.index_select(0, here));
    }
}
