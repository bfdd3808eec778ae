using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the networks see of items and users: an item is a point of the cube [−1, 1]ᴱ, a user the features, the embedded id where it is
/// asked for, and an encoding of the recent items.</summary>
/// <remarks>Point of an item: tanh(embedding + projection · features). Features are standardised with the population's mean and deviation.
/// A place in the history where nothing was shown adds exactly nothing, and no history at all is 0.</remarks>
internal sealed class StateEncoder
{
    private readonly Tensor _itemEmbedding;
    private readonly Tensor? _itemProjection;
    private readonly Tensor? _userEmbedding;
    private readonly FeatureScale _scale;
    private readonly IHistoryEncoder _history;

    /// <summary>An encoder that pools the recent items.</summary>
    public StateEncoder(ParameterBlock block, FeatureScale scale, bool usesUserIds)
        : this(block, scale, usesUserIds, new PooledHistory())
    {
    }

    public StateEncoder(EnvironmentSpec spec, ParameterBlock block, FeatureScale scale, StateOptions options)
        : this(block, scale, options.UserIds, HistoryEncoders.Create(options.Encoder, block, spec.SlateSize))
    {
    }

    private StateEncoder(ParameterBlock block, FeatureScale scale, bool usesUserIds, IHistoryEncoder history)
    {
        _itemEmbedding = block["items.embedding"];
        _itemProjection = scale.Items is null ? null : block["items.projection"];
        _userEmbedding = usesUserIds ? block["users.embedding"] : null;
        _scale = scale;
        _history = history;
    }

    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, int embeddingSize, bool usesUserIds)
    {
        yield return new("items.embedding", 0.5, spec.ItemCount, embeddingSize);
        if (spec.ItemFeatureCount > 0)
            yield return new("items.projection", 1 / Math.Sqrt(spec.ItemFeatureCount), embeddingSize, spec.ItemFeatureCount);
        if (usesUserIds)
            yield return new("users.embedding", 0.1, spec.UserCount, embeddingSize);
    }

    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, StateOptions options) =>
        [.. Shapes(spec, options.EmbeddingSize, options.UserIds), .. HistoryEncoders.Shapes(options.Encoder, spec, options.EmbeddingSize)];

    /// <summary>S, the width of a state with pooled items.</summary>
    public static int Width(EnvironmentSpec spec, int embeddingSize, bool usesUserIds) =>
        spec.UserFeatureCount + (usesUserIds ? embeddingSize : 0) + HistoryEncoders.Width(HistoryEncoding.Pooled, embeddingSize);

    /// <summary>S, the width of a state.</summary>
    public static int Width(EnvironmentSpec spec, StateOptions options) =>
        spec.UserFeatureCount + (options.UserIds ? options.EmbeddingSize : 0) + HistoryEncoders.Width(options.Encoder, options.EmbeddingSize);

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
        var points = items.index_select(0, observation.RecentItems.clamp_min(0).reshape(-1)).reshape(observation.UserCount, -1, items.size(1));
        parts.Add(_history.Encode(points, shown, observation.RecentResponses));
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
