using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Exploration;

/// <summary>ε-greedy exploration of slates: every slot of every user tosses its own coin; slots that do not explore keep their item, slots that
/// do are filled uniformly from the eligible items that no other slot keeps.</summary>
/// <remarks>Sutton and Barto 2018, section 2.2, taken to slates. <see cref="Bandits.ItemExplanation.Propensity"/> states the probabilities.</remarks>
internal sealed class ExploringSlots(AgentContext context, string agent)
{
    private readonly RandomStream _coins = new(context.Seed, agent + ":coins");
    private readonly RandomStream _items = new(context.Seed, agent + ":items");

    /// <param name="slates">[B, K] int64, distinct eligible items in each row. Borrowed.</param>
    /// <param name="observation">The same B users.</param>
    /// <param name="probability">Of a slot to explore, in [0, 1].</param>
    /// <returns>[B, K] int64. The caller disposes.</returns>
    public Tensor Fill(Tensor slates, Observation observation, double probability)
    {
        if (probability == 0)
            return slates.alias();
        using var scope = NewDisposeScope();
        var (itemCount, slateSize) = (context.Spec.ItemCount, context.Spec.SlateSize);
        var coins = _coins.Uniform(observation.DrawKey, Ranking.Lanes(observation.UserIds, slateSize));
        var explores = coins.lt(probability);

        var open = ones([observation.UserCount, itemCount], ScalarType.Bool, slates.device).scatter_(1, slates, explores);
        if (observation.EligibleItems is { } eligible)
            open.logical_and_(eligible);

        // The j-th exploring slot of a user takes the j-th of the user's open items in random order; at least as many are open as slots explore.
        var drawn = Ranking.Best(zeros([1, itemCount], ScalarType.Float32, slates.device), observation, open, slateSize, _items);
        var place = explores.to_type(ScalarType.Int64).cumsum(1).sub_(1).clamp_min_(0);
        return where(explores, drawn.gather(1, place), slates).MoveToOuterDisposeScope();
    }
}
