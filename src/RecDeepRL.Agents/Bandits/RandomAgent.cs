using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the random agent: there are none.</summary>
public sealed record RandomOptions;

/// <summary>K items drawn uniformly without replacement for every user: the floor that any method has to leave behind.</summary>
/// <remarks>Where items are few or masked, the K highest of N random keys. Where they are many, K draws for each user and no pass over
/// the items; the two give different slates of the same distribution.</remarks>
internal sealed class RandomAgent(AgentContext context) : IAgent, IExplainsSlates, ILearnsFromSums
{
    /// <summary>From so many items on, slates are drawn without a pass over the items.</summary>
    internal const int ManyItems = 4096;

    private readonly RandomStream _stream = new(context.Seed, "random");

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        var (itemCount, slateSize) = (context.Spec.ItemCount, context.Spec.SlateSize);
        // Drawing directly compares each slot with those before it: K² against N operations for each user.
        if (itemCount >= ManyItems && observation.EligibleItems is null && (long)slateSize * slateSize <= itemCount)
            return DrawDirectly(observation);
        using var scores = zeros([1, itemCount], ScalarType.Float32, context.Spec.Device);
        return Ranking.Best(scores, observation, slateSize, _stream);
    }

    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        if (observation.EligibleItems is not { } eligible)
            return new SlateExplanation(null, full(slates.shape, 1f / context.Spec.ItemCount, ScalarType.Float32, slates.device).MoveToOuterDisposeScope());
        var share = eligible.sum(1, keepdim: true, type: ScalarType.Float32).reciprocal_();
        return new SlateExplanation(null, share.expand(slates.shape).contiguous().MoveToOuterDisposeScope());
    }

    public void Learn(Feedback feedback) { }

    public void SumUp(Feedback feedback, IStateWriter sums) { }

    public void LearnSums(IStateReader sums) { }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() { }

    private Tensor DrawDirectly(Observation observation)
    {
        using var scope = NewDisposeScope();
        var slateSize = context.Spec.SlateSize;
        var slates = empty([observation.UserCount, slateSize], ScalarType.Int64, context.Spec.Device);
        UserSlices.ForEach(observation.UserCount, 1, context.Spec.Device, (start, count) =>
            DrawInto(slates.narrow(0, start, count), observation.UserIds.narrow(0, start, count), observation.DrawKey));
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>The first K places of a shuffle by Durstenfeld 1964 (CACM algorithm 235), in which step k swaps place k with a random place from
    /// k on. Only places that were swapped differ from the item of their number, so the steps themselves are all that has to be kept.</summary>
    private void DrawInto(Tensor slates, Tensor userIds, long drawKey)
    {
        var (itemCount, slateSize) = (context.Spec.ItemCount, context.Spec.SlateSize);
        var lanes = userIds.mul(slateSize);
        var places = new List<Tensor>(slateSize); // [B], the place that step k swapped with place k
        var moved = new List<Tensor>(slateSize); // [B], the item that it left there
        for (var step = 0; step < slateSize; step++)
        {
            var place = _stream.Integers(drawKey, step == 0 ? lanes : lanes.add(step), itemCount - step).add_(step);
            var (drawn, left) = (place, full_like(place, step));
            for (var earlier = 0; earlier < step; earlier++)
            {
                drawn = where(places[earlier].eq(place), moved[earlier], drawn);
                left = where(places[earlier].eq(step), moved[earlier], left);
            }
            slates.select(1, step).copy_(drawn);
            places.Add(place);
            moved.Add(left);
        }
    }
}
