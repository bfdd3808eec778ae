using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>The pairs of users and items that a response is asked for, at one iteration: B users, each with K items of its own or with all N.
/// Its operations are the same for both, so that each step is written once.</summary>
/// <remarks>All tensors returned belong to the caller. Steps compute in float64: the two ways of asking, and batches of other sizes, then
/// agree to the last bit of the float32 that leaves the pipeline, though libtorch adds up products in another order for each.</remarks>
internal sealed class PairBatch
{
    private readonly Tensor? _items;
    private readonly int _itemCount;

    /// <param name="userIds">[B] int64. Borrowed, as long as the batch is in use.</param>
    /// <param name="items">[B, K] int64, or none for all items. Borrowed likewise.</param>
    /// <param name="itemCount">N.</param>
    /// <param name="iteration">From 0.</param>
    public PairBatch(Tensor userIds, Tensor? items, int itemCount, long iteration)
    {
        UserIds = userIds;
        _items = items;
        _itemCount = itemCount;
        Iteration = iteration;
    }

    public Tensor UserIds { get; }

    public long Iteration { get; }

    /// <summary>[B, K] or [B, N].</summary>
    public long[] Shape => [UserIds.size(0), _items?.size(1) ?? _itemCount];

    /// <summary>The lane of each pair in a random stream: u · N + i.</summary>
    /// <returns>int64 of <see cref="Shape"/>.</returns>
    public Tensor Lanes()
    {
        using var scope = NewDisposeScope();
        return UserIds.mul(_itemCount).unsqueeze(1).add(_items ?? arange(_itemCount, ScalarType.Int64, UserIds.device)).MoveToOuterDisposeScope();
    }

    /// <param name="values">[U].</param>
    /// <returns>[B, 1].</returns>
    public Tensor OfUsers(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.index_select(0, UserIds).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <param name="values">[N].</param>
    /// <returns>[B, K], or [1, N] for all items.</returns>
    public Tensor OfItems(Tensor values)
    {
        using var scope = NewDisposeScope();
        var picked = _items is null ? values.unsqueeze(0) : values.index_select(0, _items.reshape(-1)).reshape(Shape);
        return picked.MoveToOuterDisposeScope();
    }

    /// <param name="table">[U, N].</param>
    /// <returns>Of <see cref="Shape"/>.</returns>
    public Tensor OfPairs(Tensor table)
    {
        if (_items is null)
            return table.index_select(0, UserIds);
        using var scope = NewDisposeScope();
        return table.reshape(-1).index_select(0, Lanes().reshape(-1)).reshape(Shape).MoveToOuterDisposeScope();
    }

    /// <summary>The inner product of each user's row with each item's.</summary>
    /// <param name="users">[U, D].</param>
    /// <param name="items">[N, D].</param>
    /// <returns>Of <see cref="Shape"/>.</returns>
    public Tensor Products(Tensor users, Tensor items)
    {
        using var scope = NewDisposeScope();
        var rows = users.index_select(0, UserIds);
        if (_items is null)
            return rows.matmul(items.t()).MoveToOuterDisposeScope();
        var columns = items.index_select(0, _items.reshape(-1)).reshape(Shape[0], Shape[1], items.size(1));
        return columns.matmul(rows.unsqueeze(2)).squeeze(2).MoveToOuterDisposeScope();
    }

    /// <summary>What a computation gives for other items in place of these: item i is replaced by <paramref name="replacement"/>[i].</summary>
    /// <param name="replacement">[N] int64, a permutation of the items.</param>
    /// <param name="compute">Any step's values for a batch; broadcastable to the batch's shape.</param>
    /// <returns>Of <see cref="Shape"/>.</returns>
    public Tensor WithItemsReplaced(Tensor replacement, Func<PairBatch, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        var values = _items is null
            ? compute(this).expand(Shape).index_select(1, replacement)
            : compute(new PairBatch(UserIds, OfItems(replacement), _itemCount, Iteration));
        return values.MoveToOuterDisposeScope();
    }
}
