using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Draws without replacement in proportion to weights, by the Gumbel trick: the K highest of ln(weight) + Gumbel noise.</summary>
internal static class ProportionalDraw
{
    /// <param name="logWeights">[N], −∞ for a weight of 0.</param>
    /// <returns>[B, N] float64, to be ranked.</returns>
    public static Tensor Scores(Tensor logWeights, Observation observation, RandomStream draws)
    {
        using var scope = NewDisposeScope();
        var uniform = draws.Uniform(observation.DrawKey, Ranking.Lanes(observation.UserIds, logWeights.shape[0]));
        var noise = uniform.to_type(ScalarType.Float64).add_(0.5 / (1 << 24)).log_().neg_().log_().neg_();
        return noise.add_(logWeights).MoveToOuterDisposeScope();
    }
}
