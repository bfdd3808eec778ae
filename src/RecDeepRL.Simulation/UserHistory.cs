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

    /// <returns>[B, M] int64 of the given users, −1 where nothing was shown yet. The caller disposes.</returns>
    public Tensor ItemsOf(Tensor userIds) => _items.index_select(0, userIds);

    /// <returns>[B, M] float32 of the given users, 0 where nothing was shown yet. The caller disposes.</returns>
    public Tensor ResponsesOf(Tensor userIds) => _responses.index_select(0, userIds);

    /// <summary>Adds one slate to each of the given users; the last slot counts as the newest.</summary>
    public void Append(Tensor userIds, Tensor slates, Tensor responses)
    {
        Push(_items, userIds, slates);
        Push(_responses, userIds, responses);
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("items", _items);
        writer.Write("responses", _responses);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("items", _items);
        reader.ReadInto("responses", _responses);
    }

    public void Dispose()
    {
        _items.Dispose();
        _responses.Dispose();
    }

    private static void Push(Tensor history, Tensor userIds, Tensor latest)
    {
        var (length, added) = (history.shape[1], latest.shape[1]);
        UserSlices.ForEach(userIds.shape[0], length + added, history.device, (start, count) =>
        {
            var users = userIds.narrow(0, start, count);
            var slates = latest.narrow(0, start, count);
            var known = added >= length ? slates : cat([history.index_select(0, users), slates], dim: 1);
            history.index_copy_(0, users, known.narrow(1, known.shape[1] - length, length));
        });
    }
}
