using RecDeepRL.Data;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses;

/// <summary>Every user likes an item equally, but popular items fall out of favour while unpopular ones rise, as in the original's third task.</summary>
/// <remarks>The original counts its calls from 1, one for each round, so round t (from 0) has count c = t + 1. With n = min(max(c − 5, 0), 10),
/// popular items have lost 0.06·n and unpopular ones gained it; the rest stay. The result is clipped to [0, 1], in double precision, then rounded.</remarks>
internal sealed class DriftingPopularityModel : IProbabilityTable
{
    private const int CallsBeforeDrift = 5;
    private const int DriftingCalls = 10;
    private const double DriftPerCall = .06;

    private readonly Tensor _stages; // [11, N]: the probabilities after 0 … 10 steps of drift.

    public DriftingPopularityModel(ItemPopularity items, Device device)
    {
        var itemCount = items.Popularity.Length;
        var stages = new double[(DriftingCalls + 1) * itemCount];
        for (var steps = 0; steps <= DriftingCalls; steps++)
        {
            for (var item = 0; item < itemCount; item++)
            {
                var change = DriftPerCall * steps;
                var probability = items.Popularity[item] - (items.IsPopular[item] ? change : 0) + (items.IsUnpopular[item] ? change : 0);
                stages[(steps * itemCount) + item] = Math.Clamp(probability, 0, 1);
            }
        }
        using var exact = tensor(stages, [DriftingCalls + 1, itemCount], ScalarType.Float64);
        _stages = exact.to(ScalarType.Float32, device).DetachFromDisposeScope();
    }

    public bool IsStationary => false;

    public Tensor Probabilities(Tensor userIds, Tensor items, long iteration)
    {
        using var stage = Stage(iteration);
        using var flat = items.reshape(-1);
        using var picked = stage.index_select(0, flat);
        return picked.reshape(items.shape);
    }

    public Tensor Probabilities(Tensor userIds, long iteration)
    {
        using var stage = Stage(iteration);
        using var rows = stage.expand(userIds.size(0), stage.size(0));
        return rows.clone();
    }

    public Tensor TableAt(long iteration) => Stage(iteration);

    public void Dispose() => _stages.Dispose();

    private Tensor Stage(long iteration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        var count = iteration + 1;
        return _stages.select(0, Math.Min(Math.Max(count - CallsBeforeDrift, 0), DriftingCalls));
    }
}
