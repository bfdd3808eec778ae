using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>Every user likes an item equally, for ever: one probability for each item.</summary>
internal sealed class ItemPopularityModel : IProbabilityTable
{
    private readonly Tensor _probabilities;

    /// <param name="probabilities">[N] in [0, 1], by item id; appeals of at least 0 where responses are not clicks.</param>
    public ItemPopularityModel(double[] probabilities, Device device)
    {
        using var exact = tensor(probabilities, ScalarType.Float64);
        _probabilities = exact.to(ScalarType.Float32, device).DetachFromDisposeScope();
    }

    public bool IsStationary => true;

    public Tensor Probabilities(Tensor userIds, Tensor items, long iteration)
    {
        using var flat = items.reshape(-1);
        using var picked = _probabilities.index_select(0, flat);
        return picked.reshape(items.shape);
    }

    public Tensor Probabilities(Tensor userIds, long iteration)
    {
        using var rows = _probabilities.expand(userIds.size(0), _probabilities.size(0));
        return rows.clone();
    }

    public Tensor TableAt(long iteration) => _probabilities.alias();

    public void Dispose() => _probabilities.Dispose();
}
