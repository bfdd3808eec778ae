using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Exploration;

/// <summary>From scores to slates for agents whose scores say nothing of their own uncertainty: the highest, with exploration around them.</summary>
internal sealed class ScoreExploration(AgentContext context, string agent, ScoreExplorationOptions options)
{
    private readonly RandomStream _ties = new(context.Seed, agent + ":ties");
    private readonly RandomStream _draws = new(context.Seed, agent + ":draws");
    private readonly ExploringSlots _slots = new(context, agent);

    /// <param name="scores">[B, N] float, or [1, N] where every user has the same. −∞ is shown only where a slate cannot be filled otherwise. Never NaN. Borrowed.</param>
    /// <returns>[B, K] int64, best first before exploration. The caller disposes.</returns>
    public Tensor Slates(Tensor scores, Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var method = mode == RecommendationMode.Explore ? options.Exploration : ExplorationMethod.None;
        if (method == ExplorationMethod.Softmax)
        {
            var noise = GumbelNoise.Draw(_draws, observation.DrawKey, Ranking.Lanes(observation.UserIds, context.Spec.ItemCount));
            scores = scores + noise.mul_(options.Temperature);
        }
        var slates = Ranking.Best(scores, observation, context.Spec.SlateSize, _ties);
        if (method == ExplorationMethod.Epsilon)
            slates = _slots.Fill(slates, observation, options.Epsilon);
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>Random slates, for rounds in which nothing is known yet.</summary>
    /// <returns>[B, K] int64. The caller disposes.</returns>
    public Tensor Random(Observation observation)
    {
        using var scores = zeros([1, context.Spec.ItemCount], ScalarType.Float32, context.Spec.Device);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties);
    }
}
