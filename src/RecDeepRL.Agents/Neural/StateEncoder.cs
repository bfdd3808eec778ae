using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the networks see of items and users: an item is a point of the cube [−1, 1]ᴱ, a user the features or the embedded id, and the
/// mean points of the recent items that were liked and of those that were not (as the state of DRR, Liu et al. 2018).</summary>
/// <remarks>Point of an item: tanh(embedding + projection · features). Features are standardised with the population's mean and deviation.
/// A place in the history where nothing was shown adds exactly nothing, and a mean of no items is 0.</remarks>
internal sealed class StateEncoder
{
    private readonly Tensor _itemEmbedding;
    private readonly Tensor? _itemProjection;
    private readonly Tensor? _userEmbedding;
    private readonly FeatureScale _scale;

    public StateEncoder(ParameterBlock block, FeatureScale scale, bool usesUserIds)
    {
        _itemEmbedding = block["items.embedding"];
        _itemProjection = scale.Items is null ? null : block["items.projection"];
        _userEmbedding = usesUserIds ? block["users.embedding"] : null;
        _scale = scale;
    }

    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, int embeddingSize, bool usesUserIds)
    {
        yield return new("items.embedding", 0.5, spec.ItemCount, embeddingSize);
        if (spec.ItemFeatureCount > 0)
            yield return new("items.projection", 1 / Math.Sqrt(spec.ItemFeatureCount), embeddingSize, spec.ItemFeatureCount);
        if (usesUserIds)
            yield return new("users.embedding", 0.1, spec.UserCount, embeddingSize);
    }

    /// <summary>S, the width of a state.</summary>
    public static int Width(EnvironmentSpec spec, int embeddingSize, bool usesUserIds) =>
        spec.UserFeatureCount + (embeddingSize * (usesUserIds ? 3 : 2));

    /// <summary>Every item's point.</summary>
    /// <returns>[N, E] float32 in [−1, 1].</returns>
    public Tensor Items()
    {
        if (_itemProjection is null)
            return _itemEmbedding.tanh();
        using var scope = NewDisposeScope();
        return _itemEmbedding.add(functional.linear(_scale.Items!, _itemProjection)).tanh_().MoveToOuterDisposeScope();
    }

    /// <param name="items">[N, E], from <see cref="Items"/>.</param>
    /// <returns>[B, S] float32.</returns>
    public Tensor States(Observation observation, Tensor items)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        if (observation.UserFeatures is { } features)
            parts.Add(_scale.Users(features));
        if (_userEmbedding is not null)
            parts.Add(_userEmbedding.index_select(0, observation.UserIds));
        var shown = observation.RecentItems.ge(0);
        var liked = observation.RecentResponses.gt(0).logical_and_(shown);
        var points = items.index_select(0, observation.RecentItems.clamp_min(0).reshape(-1)).reshape(observation.UserCount, -1, items.shape[1]);
        parts.Add(MeanOf(points, liked));
        parts.Add(MeanOf(points, shown.logical_and(liked.logical_not())));
        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the chosen points of each user. [B, M, E] and [B, M] to [B, E].</summary>
    private static Tensor MeanOf(Tensor points, Tensor chosen)
    {
        var weights = chosen.to_type(ScalarType.Float32);
        weights = weights.div_(weights.sum(1, keepdim: true).clamp_min_(1));
        return weights.unsqueeze(1).bmm(points).squeeze(1);
    }
}
