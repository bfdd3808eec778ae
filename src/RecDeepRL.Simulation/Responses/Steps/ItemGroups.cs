using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Items in groups that drift together: with G groups, the item of id i is in group i mod G.</summary>
internal sealed class ItemGroups(int groupCount, PartContext context) : IDisposable
{
    private readonly Tensor _groupOf = arange(context.Population.ItemCount, ScalarType.Int64, context.Device).remainder_(groupCount).DetachFromDisposeScope(); // [N]

    /// <param name="values">[G].</param>
    /// <returns>float64 of the pairs' shape, or [1, N] for all items: the value of each item's group.</returns>
    public Tensor Of(PairBatch pairs, double[] values)
    {
        using var scope = NewDisposeScope();
        return pairs.OfItems(tensor(values, ScalarType.Float64, _groupOf.device).index_select(0, _groupOf)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _groupOf.Dispose();
}
