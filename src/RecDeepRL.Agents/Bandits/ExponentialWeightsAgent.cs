using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Exponential weights for slates and batches: Exp3.M, and with sharing Exp3.S.</summary>
/// <remarks>A user is shown item i with probability pᵢ = K·((1 − γ)·wᵢ/Σw + γ/N), exactly, by <see cref="ShareDraw"/>; weights are first cut where pᵢ
/// would exceed 1 (Exp3.M). A response x counts x/pᵢ, which has expectation x̄ᵢ over the draw, and a round multiplies wᵢ by exp(K·γ/N·Σ x/pᵢ) over
/// the users who were shown item i. With K = 1 and one user per round this is Exp3.
/// Deviates: all users of a round draw from the same weights, and their gains are added; items whose weight is cut gain as well, where Exp3.M leaves
/// their weight alone, as the gains of a whole round would carry worse items past them; sharing adds e·α·B/N of the round's old weight to
/// each item, B its users, which for one user is Exp3.S. Where items are masked, the weights of the others share the probability and N counts
/// the eligible. With late feedback pᵢ is taken from the weights of the time of learning, not of showing.</remarks>
internal abstract class ExponentialWeightsAgent : ItemAgent
{
    /// <summary>Logarithm of the least weight beside the highest: γ/N is far more, and exp(−746) would be 0.</summary>
    private const double Lightest = -500;

    private readonly double _exploration;
    private readonly double _share;
    private readonly RandomStream _draws;
    private readonly Tensor _logWeights; // [N], the highest 0

    /// <param name="exploration">γ, in (0, 1).</param>
    /// <param name="share">α, at least 0.</param>
    protected ExponentialWeightsAgent(AgentContext context, string name, double exploration, double share) : base(context, name, new ItemStatistics(context.Spec))
    {
        (_exploration, _share, _draws) = (exploration, share, Stream("draws"));
        _logWeights = zeros([context.Spec.ItemCount], ScalarType.Float64, context.Spec.Device).DetachFromDisposeScope();
    }

    public sealed override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var slates = mode == RecommendationMode.Explore ? Shared(observation).Slates(observation, _draws) : Best(Statistics.WithoutUnseen(_logWeights), observation);
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the mean response, which ranks nothing here: weights do.</summary>
    public sealed override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        if (mode == RecommendationMode.Exploit)
            return Explain(observation, slates, Statistics.Means(), Statistics.WithoutUnseen(_logWeights));
        return new SlateExplanation(
            ItemExplanation.Relevance(Statistics.Means(), slates).MoveToOuterDisposeScope(), Shared(observation).Propensity(slates).MoveToOuterDisposeScope());
    }

    /// <summary>Adds <c>gains</c>, [N]: Σ x/pᵢ.</summary>
    public sealed override void SumUp(Feedback feedback, IStateWriter sums)
    {
        using var scope = NewDisposeScope();
        base.SumUp(feedback, sums);
        var probabilities = Probabilities(feedback.Observation.EligibleItems);
        var chances = probabilities.expand(feedback.Slates.size(0), -1).gather(1, feedback.Slates);
        var gains = (feedback.Responses.to_type(ScalarType.Float64) / chances).reshape(-1);
        sums.Write("gains", zeros_like(_logWeights).index_add_(0, feedback.Slates.reshape(-1), gains, 1));
    }

    protected sealed override void Learn(Tensor round, long users, IStateReader sums)
    {
        var gains = zeros_like(_logWeights);
        sums.ReadInto("gains", gains);
        var pace = _exploration * Context.Spec.SlateSize / Context.Spec.ItemCount;
        var updated = _logWeights + (gains * pace);
        if (_share > 0)
            updated = logaddexp(updated, _logWeights.logsumexp(0) + Math.Log(Math.E * _share * users / Context.Spec.ItemCount));
        _logWeights.copy_(updated - updated.max());
    }

    public sealed override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("log_weights", _logWeights);
    }

    public sealed override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("log_weights", _logWeights);
    }

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
            _logWeights.Dispose();
        base.Dispose(disposing);
    }

    /// <returns>[1 or B, N] float64, the probability of each item to be shown, K in each row.</returns>
    internal Tensor Probabilities(Tensor? eligible)
    {
        using var scope = NewDisposeScope();
        double slateSize = Context.Spec.SlateSize;
        var open = (eligible ?? ones([1, Context.Spec.ItemCount], ScalarType.Bool, Context.Spec.Device)).to_type(ScalarType.Float64);
        var count = open.sum(1, keepdim: true);
        var logarithms = _logWeights.masked_fill(open.eq(0), double.NegativeInfinity);
        var weights = (logarithms - logarithms.amax([1], keepdim: true)).clamp_min_(Lightest).exp_().mul_(open);

        // Cut at α with α/Σw' = r, the ratio that makes a probability 1. With the c highest cut, α = r·(sum of the rest)/(1 − r·c); c is the first
        // number for which the next highest does not exceed that α. Fewer than K are cut, as K items of the ratio r > 1/K would be more than all.
        var ratio = ((1 / slateSize) - (_exploration / count)).div_(1 - _exploration);
        var (highest, heaviest) = weights.topk(Math.Min(Context.Spec.SlateSize + 1, Context.Spec.ItemCount), 1);
        var numbers = arange(highest.size(1), ScalarType.Float64, weights.device);
        // Added up from the light end: the sum of all less the heaviest would lose the light ones.
        var rest = weights.scatter(1, heaviest, zeros_like(highest)).sum(1, keepdim: true) + highest.flip(1).cumsum(1).flip(1);
        var room = 1 - (ratio * numbers);
        var cuts = (rest * ratio / room.clamp_min(1e-300)).masked_fill(room.le(1e-12), double.PositiveInfinity);
        var first = highest.le(cuts).to_type(ScalarType.Int64).argmax(1, keepdim: true);
        var cut = cuts.gather(1, first);
        var kept = minimum(weights, cut);
        var probabilities = ((kept / kept.sum(1, keepdim: true) * (1 - _exploration)) + (_exploration / count)).mul_(slateSize).clamp_max_(1.0).mul_(open);
        // With no more items than slots all are shown.
        return where(count.le(slateSize), open, probabilities).MoveToOuterDisposeScope();
    }

    private ShareDraw Shared(Observation observation) =>
        new(Probabilities(observation.EligibleItems), Order(_logWeights, observation), Context.Spec.SlateSize);
}
