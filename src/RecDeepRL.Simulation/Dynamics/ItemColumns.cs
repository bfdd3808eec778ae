using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Item features that dynamics go by, chosen by how their names begin.</summary>
internal static class ItemColumns
{
    /// <summary>The features whose names begin with <paramref name="prefix"/>.</summary>
    /// <param name="part">Who asks, in a message.</param>
    /// <returns>[N, C] float32, C at least 1, in the order of the columns. The caller disposes.</returns>
    /// <exception cref="UserMistakeException">No item feature has such a name.</exception>
    public static Tensor Values(PartContext context, string part, string prefix)
    {
        var names = context.Population.ItemFeatureNames;
        var columns = Enumerable.Range(0, names.Count).Where(column => names[column].StartsWith(prefix, StringComparison.Ordinal)).Select(column => (long)column).ToArray();
        if (columns.Length == 0 || context.Population.ItemFeatures is not { } features)
            throw new UserMistakeException($"{part} needs item features whose names begin with '{prefix}', but the items have {(names.Count == 0 ? "no named features" : "only " + string.Join(", ", names))}. Name the features so, or set another prefix.");
        using var scope = NewDisposeScope();
        return features.index_select(1, tensor(columns, device: features.device)).to(ScalarType.Float32, context.Device).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The topic of each item: the column of its highest value, the first of equals. One column of 0 and 1 for each topic names it outright;
    /// of an item of several topics, only one counts.</summary>
    /// <returns>Topics [N] int64 from 0 to Count − 1, which the caller disposes, and how many there are.</returns>
    /// <exception cref="UserMistakeException">No item feature has such a name.</exception>
    public static (Tensor Topics, long Count) Topics(PartContext context, string part, string prefix)
    {
        using var values = Values(context, part, prefix);
        // The index of the first of equal maxima is left open by libtorch: it is asked for outright.
        using var scope = NewDisposeScope();
        var places = arange(values.size(1), ScalarType.Int64, values.device);
        var first = where(values.eq(values.amax([1L], keepdim: true)), places, values.size(1)).amin([1L]);
        return (first.MoveToOuterDisposeScope(), values.size(1));
    }
}
