using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>Slates of policies that need no agent: the references that scores are read against.</summary>
internal static class ReferenceSlates
{
    /// <summary>The items of highest score, best first.</summary>
    /// <param name="scores">[B, N], or [1, N] where every user has the same.</param>
    /// <param name="observation">B users, with their eligible items.</param>
    /// <returns>[B, K] int64.</returns>
    public static Tensor Best(Tensor scores, Observation observation, int slateSize)
    {
        using var scope = NewDisposeScope();
        if (observation.EligibleItems is { } eligible)
            return scores.to_type(ScalarType.Float64).masked_fill(eligible.logical_not(), double.NegativeInfinity).topk(slateSize, dim: 1).indexes.MoveToOuterDisposeScope();
        var best = scores.topk(slateSize, dim: 1).indexes;
        return best.expand(observation.UserCount, slateSize).clone().MoveToOuterDisposeScope();
    }

    /// <summary>Items drawn uniformly without replacement, each user apart.</summary>
    /// <returns>[B, K] int64.</returns>
    public static Tensor Random(Observation observation, int itemCount, int slateSize, long seed)
    {
        using var scope = NewDisposeScope();
        var lanes = observation.UserIds.mul(itemCount).unsqueeze(1).add(arange(itemCount, ScalarType.Int64, observation.UserIds.device));
        var luck = new RandomStream(seed, "random reference").Uniform(observation.DrawKey, lanes);
        return Best(luck, observation, slateSize).MoveToOuterDisposeScope();
    }
}
