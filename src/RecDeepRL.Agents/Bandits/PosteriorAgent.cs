using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Thompson sampling on items: every user gets the best items of a world drawn from the posterior, a world of the user's own, so that a
/// batch explores as widely as its users are many.</summary>
/// <remarks>Thompson 1933. Exploit mode ranks by the posterior means and puts items never shown last.</remarks>
internal abstract class PosteriorAgent(AgentContext context, string name, ItemStatistics statistics) : ItemAgent(context, name, statistics)
{
    public sealed override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = mode == RecommendationMode.Explore
            ? Draw(observation.DrawKey, observation.UserIds, Ranking.Lanes(observation.UserIds, Context.Spec.ItemCount))
            : Statistics.WithoutUnseen(Means());
        return Best(scores, observation).MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the posterior mean; the probability of a slate that explores has no closed form.</summary>
    public sealed override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var means = Means();
        return Explain(observation, slates, means, mode == RecommendationMode.Explore ? null : Statistics.WithoutUnseen(means));
    }

    protected sealed override Tensor ItemEstimates() => Means();

    /// <summary>Worlds drawn from the posterior.</summary>
    /// <param name="users">[B] int64.</param>
    /// <param name="lanes">[B, N] int64, one for each pair of user and item.</param>
    /// <returns>[B, N], scores that rank the items.</returns>
    protected abstract Tensor Draw(long drawKey, Tensor users, Tensor lanes);

    /// <returns>[N] float64, the posterior means of the responses, also of items never shown.</returns>
    protected abstract Tensor Means();
}
