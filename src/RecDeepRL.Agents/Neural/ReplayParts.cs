using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Takes the rows of one replay buffer apart, by their users, and puts those of several together, in the order that one buffer would have them.</summary>
internal static class ReplayParts
{
    /// <summary>Writes what the buffer of one member is to go on from.</summary>
    /// <param name="columns">Of the whole buffer, oldest row first.</param>
    /// <param name="rounds">Rows of each round of the whole buffer, oldest first; more than there are where the oldest is gone in part.</param>
    /// <param name="firstName">Of the oldest row.</param>
    /// <param name="latest">Names of the latest rows of users, and the latest round; none where trajectories are not kept.</param>
    public static void Write(
        IStateWriter writer, int member, IReadOnlyList<UserRange> parts, IReadOnlyDictionary<string, Tensor> columns, IReadOnlyList<long> rounds, long firstName, (Tensor Rows, long Iteration)? latest)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var count = columns.Count == 0 ? 0 : columns["items"].size(0);
        var members = count == 0 ? zeros([0], ScalarType.Int64) : MembersOf(columns["state.userIds"].cpu().to_type(ScalarType.Int64), parts);
        // Of the oldest round only what is there.
        long[] here = [.. rounds];
        if (here.Length > 0)
            here[0] -= here.Sum() - count;
        var roundOf = cat([zeros([0], ScalarType.Int64), .. here.Select((rows, round) => full([rows], (long)round, ScalarType.Int64))]);
        var cells = zeros([here.Length * parts.Count], ScalarType.Int64);
        cells.index_add_(0, roundOf.mul(parts.Count).add(members), ones([count], ScalarType.Int64), 1);
        var own = members.eq(member).nonzero().squeeze(1);
        var names = full([count], ReplayLayout.NoRow, ScalarType.Int64);
        names.index_copy_(0, own, arange(own.size(0), ScalarType.Int64));

        var ownRounds = cells.reshape(here.Length, parts.Count);
        writer.Write("count", own.size(0));
        writer.Write("written", own.size(0));
        writer.Write("rounds", ownRounds.select(1, member));
        writer.Write("groupRounds", ownRounds);
        if (latest is { } last)
        {
            writer.Write("latestRows", Renamed(last.Rows.cpu(), names, firstName));
            writer.Write("latestIteration", last.Iteration);
        }
        foreach (var (name, values) in columns)
        {
            var rows = values.cpu().index_select(0, own);
            writer.Write(name, ReplayLayout.IsOfRows(name) ? Renamed(rows, names, firstName) : rows);
        }
    }

    /// <summary>Puts the rows of several buffers together.</summary>
    /// <param name="parts">What each of them has saved.</param>
    /// <param name="capacity">Rows of the whole at most; of more, the latest are kept.</param>
    /// <returns>Columns, oldest row first; rows of each round; and names of the latest rows of users, counted from 0, with the latest round. In the current dispose scope.</returns>
    public static (Dictionary<string, Tensor> Columns, List<long> Rounds, (Tensor Rows, long Iteration)? Latest) Read(
        IReadOnlyList<IStateReader> parts, IReadOnlyList<string> names, long capacity, bool hasTrajectories)
    {
        var rounds = parts[0].ReadTensor("groupRounds");
        if (parts.Skip(1).Any(part => !Same(part.ReadTensor("groupRounds"), rounds)) || rounds.dim() != 2 || rounds.size(1) != parts.Count)
            throw new ArgumentException("the members of a group do not agree on the rounds that they have learned from.");
        var sizes = parts.Select(part => (Count: part.ReadCount("count"), Written: part.ReadCount("written"))).ToList();
        var order = Order(rounds, [.. sizes.Select(size => size.Count)], out var counts);
        var dropped = Math.Max(0, order.Length - capacity);
        var kept = order[(int)dropped..];
        var index = tensor(kept, ScalarType.Int64);
        var all = sizes.Sum(size => size.Count);
        var places = full([all], ReplayLayout.NoRow, ScalarType.Int64);
        places.index_copy_(0, index, arange(kept.Length, ScalarType.Int64));

        var columns = new Dictionary<string, Tensor>();
        if (kept.Length > 0)
        {
            foreach (var name in names)
            {
                var start = 0L;
                var own = new List<Tensor>();
                foreach (var (part, size) in parts.Zip(sizes))
                {
                    if (size.Count > 0)
                    {
                        // A ring that has turned begins with the row that is overwritten next.
                        var turn = size.Written % size.Count;
                        var rows = part.ReadTensor(name).roll([-turn], [0]);
                        own.Add(ReplayLayout.IsOfRows(name) ? Renamed(rows, places.narrow(0, start, size.Count), size.Written - size.Count) : rows);
                    }
                    start += size.Count;
                }
                columns.Add(name, cat(own).index_select(0, index));
            }
        }
        // Of a round larger than the buffer it keeps as many as it holds.
        counts = counts.ConvertAll(count => Math.Min(count, capacity));
        while (counts.Count > 0 && counts.Sum() - counts[0] >= capacity)
            counts.RemoveAt(0);
        return (columns, counts, hasTrajectories ? Latest() : null);

        (Tensor Rows, long Iteration)? Latest()
        {
            var start = 0L;
            var latest = new List<Tensor>();
            foreach (var (part, size) in parts.Zip(sizes))
            {
                latest.Add(Renamed(part.ReadTensor("latestRows"), places.narrow(0, start, size.Count), size.Written - size.Count));
                start += size.Count;
            }
            // A user is known to one of them alone.
            return (stack([.. latest]).amax([0]), parts.Max(part => part.ReadInt64("latestIteration")));
        }
    }

    private static bool Same(Tensor one, Tensor other) => one.shape.SequenceEqual(other.shape) && one.bytes.SequenceEqual(other.bytes);

    /// <summary>Where the rows of the whole, oldest first, lie among the rows of all parts, one part's after another's, each oldest first.</summary>
    private static long[] Order(Tensor rounds, long[] sizes, out List<long> counts)
    {
        var members = sizes.Length;
        var cells = rounds.reshape(-1).data<long>().ToArray();
        var starts = sizes.Select((_, member) => sizes.Take(member).Sum()).ToArray();
        // A part may hold rows from before the first of the rounds.
        var next = sizes.Select((size, member) => starts[member] + size - Enumerable.Range(0, cells.Length / members).Sum(round => cells[(round * members) + member])).ToArray();
        var order = new List<long>();
        counts = [];
        for (var cell = 0; cell < cells.Length; cell++)
        {
            var member = cell % members;
            // Of a round larger than its buffer a part has the latest rows only, and no more of them are asked for.
            for (var row = 0L; row < cells[cell]; row++, next[member]++)
            {
                if (next[member] >= starts[member])
                    order.Add(next[member]);
            }
            if (member == 0)
                counts.Add(0);
            counts[^1] += cells[cell];
        }
        return [.. order];
    }

    /// <summary>Which part each user is in. [n] int64.</summary>
    private static Tensor MembersOf(Tensor users, IReadOnlyList<UserRange> parts)
    {
        using var ends = tensor(parts.Select(part => (long)part.First + part.Count).ToArray(), ScalarType.Int64);
        return searchsorted(ends, users, right: true);
    }

    /// <param name="names">Names of rows.</param>
    /// <param name="renamed">The new name of each row that is here, by its old one, of which the least is <paramref name="firstName"/>.</param>
    private static Tensor Renamed(Tensor names, Tensor renamed, long firstName)
    {
        var here = names.ge(firstName).logical_and_(names.lt(firstName + renamed.size(0)));
        return renamed.size(0) == 0 ? full_like(names, ReplayLayout.NoRow) : where(here, renamed.index_select(0, names.sub(firstName).clamp(0, renamed.size(0) - 1).reshape(-1)).reshape(names.shape), ReplayLayout.NoRow);
    }
}
