using System.Numerics;
using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>What each user was shown last and how the user responded: U users, the latest M items, newest last. Allocated once, updated in place.</summary>
internal sealed class UserHistory : IDisposable
{
    private readonly Tensor _items;
    private readonly Tensor _responses;

    public UserHistory(int userCount, int length, Device device)
    {
        _items = full(userCount, length, -1L, ScalarType.Int64, device).DetachFromDisposeScope();
        _responses = zeros(userCount, length, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _items.fill_(-1L);
        _responses.zero_();
    }

    /// <summary>Forgets what the given users were shown.</summary>
    public void Clear(Tensor userIds)
    {
        _items.index_fill_(0, userIds, -1L);
        _responses.index_fill_(0, userIds, 0);
    }

    /// <returns>[B, M] int64 and float32 of the given users, −1 and 0 where nothing was shown yet. The caller disposes.</returns>
    public (Tensor Items, Tensor Responses) Of(Tensor userIds) => (_items.index_select(0, userIds), _responses.index_select(0, userIds));

    /// <summary>Adds one slate to each of the given users; the last slot counts as the newest.</summary>
    /// <param name="userIds">[B] int64, distinct. Borrowed, as are the others.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float32.</param>
    /// <returns>What <see cref="Of"/> gives of the users from now on. The caller disposes.</returns>
    public (Tensor Items, Tensor Responses) Append(Tensor userIds, Tensor slates, Tensor responses)
    {
        if (_items.device_type == TorchSharp.DeviceType.CPU)
            return (PushInOnePass<long>(_items, userIds, slates), PushInOnePass<float>(_responses, userIds, responses));
        return AppendByTensorOperations(userIds, slates, responses);
    }

    /// <summary>The same on any device; what the pass over memory must equal.</summary>
    internal (Tensor Items, Tensor Responses) AppendByTensorOperations(Tensor userIds, Tensor slates, Tensor responses)
    {
        Push(_items, userIds, slates);
        Push(_responses, userIds, responses);
        return Of(userIds);
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("items", _items);
        writer.Write("responses", _responses);
    }

    /// <param name="itemCount">N.</param>
    /// <exception cref="ArgumentException">An item that there is not.</exception>
    public void Load(IStateReader reader, int itemCount)
    {
        reader.ReadInto("items", _items);
        Guard.Within(_items, "the items of histories", -1, itemCount - 1);
        reader.ReadInto("responses", _responses);
    }

    public void Dispose()
    {
        _items.Dispose();
        _responses.Dispose();
    }

    private static void Push(Tensor history, Tensor userIds, Tensor latest)
    {
        var (length, added) = (history.size(1), latest.size(1));
        UserSlices.ForEach(userIds.size(0), length + added, history.device, (start, count) =>
        {
            var users = userIds.narrow(0, start, count);
            var slates = latest.narrow(0, start, count);
            var known = added >= length ? slates : cat([history.index_select(0, users), slates], dim: 1);
            history.index_copy_(0, users, known.narrow(1, known.size(1) - length, length));
        });
    }

    /// <summary>Shifts each user's row where it lies, and copies it while it is at hand.</summary>
    /// <returns>[B, M], the rows as they are now. The caller disposes.</returns>
    private static Tensor PushInOnePass<T>(Tensor history, Tensor userIds, Tensor latest)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var (length, added) = ((int)history.size(1), (int)latest.size(1));
        var (userRows, latestRows, result) = (userIds.contiguous(), latest.contiguous(), empty([userIds.size(0), length], history.dtype));
        var rows = new Rows<T>(new TensorMemory<long>(userRows), new TensorMemory<T>(history), new TensorMemory<T>(latestRows), new TensorMemory<T>(result), length, added);
        UserSlices.ForEachInOnePass(userIds.size(0), length, rows.Push);
        GC.KeepAlive(history);
        return result.MoveToOuterDisposeScope();
    }

    /// <param name="Known">[U, M], the history.</param>
    /// <param name="Latest">[B, K], what comes.</param>
    /// <param name="Copies">[B, M], the history of the batch's users from now on.</param>
    private sealed record Rows<T>(TensorMemory<long> Users, TensorMemory<T> Known, TensorMemory<T> Latest, TensorMemory<T> Copies, int Length, int Added)
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Push(long firstUser, int userCount)
        {
            var kept = Math.Max(0, Length - Added);
            var known = Known;
            var users = Users.Slice(firstUser, userCount);
            var latest = Latest.Slice(firstUser * Added, userCount * Added);
            var copies = Copies.Slice(firstUser * Length, userCount * Length);
            for (var user = 0; user < users.Length; user++)
            {
                // By way of the copy: moving a row within itself is several times as slow.
                var row = known.Slice(users[user] * Length, Length);
                var copy = copies.Slice(user * Length, Length);
                Copy(row[(Length - kept)..], copy[..kept]);
                Copy(latest.Slice((user * Added) + Added - (Length - kept), Length - kept), copy[kept..]);
                Copy(copy, row);
            }
        }

        /// <summary>Rows are short: the calls that a span's own copying takes would be most of the work, the more so before the runtime has optimised them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Copy(ReadOnlySpan<T> from, Span<T> to)
        {
            var index = 0;
            for (; index <= to.Length - Vector<T>.Count; index += Vector<T>.Count)
                new Vector<T>(from[index..]).CopyTo(to[index..]);
            for (; index < to.Length; index++)
                to[index] = from[index];
        }
    }
}
