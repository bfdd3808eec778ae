using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>What trees see of a pair of user and item: the user's features, the item's features, the item's mean response, and, where items are few, which item it is.
/// Width 0 where neither users nor items have features, since the means then say it all.</summary>
internal sealed class PairInputs
{
    /// <summary>Up to so many items, each has a column of its own.</summary>
    private const int MostColumns = 64;

    private readonly Tensor? _itemFeatures;
    private readonly int _userFeatureCount;
    private readonly int _itemCount;

    public PairInputs(AgentContext context)
    {
        _userFeatureCount = context.Spec.UserFeatureCount;
        _itemCount = context.Spec.ItemCount;
        _itemFeatures = context.Population.ItemFeatures;
        var features = _userFeatureCount + context.Spec.ItemFeatureCount;
        Width = features == 0 ? 0 : features + 1 + (_itemCount <= MostColumns ? _itemCount : 0);
    }

    /// <summary>F, width of an input.</summary>
    public int Width { get; }

    /// <param name="users">[R, D] float32; not looked at where users have no features.</param>
    /// <param name="items">[R] int64.</param>
    /// <param name="means">[R] float32.</param>
    /// <returns>[R, F] float32. The caller disposes.</returns>
    public Tensor OfRows(Tensor users, Tensor items, Tensor means)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        if (_userFeatureCount > 0)
            parts.Add(users);
        if (_itemFeatures is not null)
            parts.Add(_itemFeatures.to(items.device).index_select(0, items));
        parts.Add(means.unsqueeze(1));
        if (_itemCount <= MostColumns)
            parts.Add(nn.functional.one_hot(items, _itemCount).to_type(ScalarType.Float32));
        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    /// <summary>All items for each user, users first.</summary>
    /// <param name="means">[B, N] float32.</param>
    /// <returns>[B · N, F] float32. The caller disposes.</returns>
    public Tensor OfAllItems(Observation observation, Tensor means)
    {
        using var scope = NewDisposeScope();
        var users = observation.UserFeatures?.repeat_interleave(_itemCount, 0) ?? means;
        var items = arange(_itemCount, ScalarType.Int64, means.device).repeat(observation.UserCount);
        return OfRows(users, items, means.reshape(-1)).MoveToOuterDisposeScope();
    }
}
