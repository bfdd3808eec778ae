using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>Every user likes every item in a way of its own, for ever: one probability for each pair.</summary>
internal sealed class TableModel : IProbabilityTable
{
    private readonly Tensor _probabilities; // [U, N]
    private readonly Tensor _flat;

    /// <param name="probabilities">[U · N] in [0, 1], users first.</param>
    public TableModel(float[] probabilities, int userCount, int itemCount, Device device)
    {
        using var loaded = tensor(probabilities, [userCount, itemCount], ScalarType.Float32);
        _probabilities = loaded.to(device, copy: true).DetachFromDisposeScope();
        _flat = _probabilities.view(-1).DetachFromDisposeScope();
    }

    public bool IsStationary => true;

    public Tensor Probabilities(Tensor userIds, Tensor items, long iteration)
    {
        using var scope = NewDisposeScope();
        var pairs = userIds.mul(_probabilities.size(1)).unsqueeze(1).add(items);
        return _flat.index_select(0, pairs.reshape(-1)).reshape(items.shape).MoveToOuterDisposeScope();
    }

    public Tensor Probabilities(Tensor userIds, long iteration) => _probabilities.index_select(0, userIds);

    public Tensor TableAt(long iteration) => _probabilities.alias();

    public void Dispose()
    {
        _flat.Dispose();
        _probabilities.Dispose();
    }
}
