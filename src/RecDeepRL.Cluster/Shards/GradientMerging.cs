using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>What the client makes of what shards that learn together say to each other.</summary>
internal static class GradientMerging
{
    /// <summary>Whether a shard waits for the others.</summary>
    public static bool IsOpen(SavedState answer) => answer.Counters.ContainsKey(ShardGroup.RowsName) || answer.Tensors.ContainsKey(ShardGroup.SummandName);

    /// <summary>What all of them are to hear: how many rows each has, or the sum of what they give, added up in float64 in the order of the shards.</summary>
    /// <param name="answers">Of all shards, of which at least one waits. Borrowed.</param>
    /// <returns>The caller disposes.</returns>
    /// <exception cref="InvalidDataException">They wait for different things: no shard may learn from a round otherwise than the others.</exception>
    public static SavedState Merge(IReadOnlyList<SavedState> answers)
    {
        using var scope = NewDisposeScope();
        var merged = new SavedState();
        if (answers.All(answer => answer.Counters.ContainsKey(ShardGroup.RowsName)))
        {
            merged.Write(ShardGroup.RowsName, tensor(answers.Select(answer => answer.ReadCount(ShardGroup.RowsName)).ToArray(), ScalarType.Int64));
            return merged;
        }
        var own = answers.Select(answer => answer.Tensors.GetValueOrDefault(ShardGroup.SummandName)).OfType<Tensor>().ToList();
        if (own.Count < answers.Count || own.Any(one => one.dtype != own[0].dtype || one.dtype is not (ScalarType.Float32 or ScalarType.Float64) || !one.shape.SequenceEqual(own[0].shape)))
            throw new InvalidDataException("The shards do not agree on what they are to learn from each other.");
        var sum = zeros(own[0].shape, ScalarType.Float64);
        foreach (var one in own)
            sum.add_(one);
        merged.Write(ShardGroup.SummandName, sum.to_type(own[0].dtype));
        return merged;
    }
}
