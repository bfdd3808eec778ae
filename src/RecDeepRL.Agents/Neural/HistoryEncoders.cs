using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Makes one vector of a user's recent items. A place in the history where nothing was shown adds exactly nothing, and no history at all gives 0.</summary>
internal interface IHistoryEncoder
{
    /// <param name="points">[B, M, E], the items' points, newest last; of any value where nothing was shown.</param>
    /// <param name="shown">[B, M] bool.</param>
    /// <param name="responses">[B, M] float32.</param>
    /// <returns>[B, W] float32.</returns>
    Tensor Encode(Tensor points, Tensor shown, Tensor responses);
}

/// <summary>The four kinds of <see cref="HistoryEncoding"/>: what they learn, how wide they are, and how they are made.</summary>
internal static class HistoryEncoders
{
    public static IEnumerable<ParameterShape> Shapes(HistoryEncoding kind, EnvironmentSpec spec, int embeddingSize) => kind switch
    {
        HistoryEncoding.Decayed => DecayedHistory.Shapes(),
        HistoryEncoding.Gru => GruHistory.Shapes(embeddingSize),
        HistoryEncoding.Attention => AttentionHistory.Shapes(spec.HistoryLength, embeddingSize),
        _ => [],
    };

    /// <summary>W.</summary>
    public static int Width(HistoryEncoding kind, int embeddingSize) => kind switch
    {
        HistoryEncoding.Decayed => 4 * embeddingSize,
        HistoryEncoding.Gru or HistoryEncoding.Attention => embeddingSize,
        _ => 2 * embeddingSize,
    };

    /// <param name="slateSize">K: places of the history that belong to one slate.</param>
    public static IHistoryEncoder Create(HistoryEncoding kind, ParameterBlock block, int slateSize) => kind switch
    {
        HistoryEncoding.Decayed => new DecayedHistory(block, slateSize),
        HistoryEncoding.Gru => new GruHistory(block),
        HistoryEncoding.Attention => new AttentionHistory(block),
        _ => new PooledHistory(),
    };

    /// <summary>[B, M] float32 each: 1 where an item was shown and liked, and 1 where it was shown and not liked.</summary>
    public static (Tensor Liked, Tensor NotLiked) Split(Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var liked = responses.gt(0).logical_and_(shown);
        var notLiked = shown.logical_and(liked.logical_not());
        return (liked.to_type(ScalarType.Float32).MoveToOuterDisposeScope(), notLiked.to_type(ScalarType.Float32).MoveToOuterDisposeScope());
    }
}
