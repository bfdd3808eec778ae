using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>An index policy: each item has an upper bound on its worth, and the highest are shown.</summary>
/// <remarks>Items never shown come before all others in explore mode; where their index is wanted all the same, their mean counts as that of all
/// responses. Sampled: such an item has the index of a mean of 1 after one showing. Exploit mode ranks by the means and puts them last.</remarks>
internal abstract class IndexAgent : ItemAgent
{
    private readonly IndexSelection _selection;
    private readonly RandomStream _draws;

    protected IndexAgent(AgentContext context, string name, IndexOptions options, ItemStatistics statistics) : base(context, name, statistics) =>
        (_selection, _draws) = (options.Selection, Stream("draws"));

    /// <summary>What part of the showings of <see cref="IndexSelection.Virtual"/> is given to all items alike; in [0, 1].</summary>
    protected virtual double UniformPart => 0;

    public sealed override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var slates = (_selection, mode) switch
        {
            (IndexSelection.Sampled, _) => Best(Sample(observation), observation),
            (IndexSelection.Virtual, RecommendationMode.Explore) => Shared(observation).Slates(observation, _draws),
            _ => Best(Highest(mode), observation),
        };
        return slates.MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the mean response, without any bonus. The probability of sampled slates has no closed form.</summary>
    public sealed override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        return (_selection, mode) switch
        {
            (IndexSelection.Virtual, RecommendationMode.Explore) => new SlateExplanation(
                ItemExplanation.Relevance(Estimates(), slates).MoveToOuterDisposeScope(), Shared(observation).Propensity(slates).MoveToOuterDisposeScope()),
            (IndexSelection.Sampled, _) => Explain(observation, slates, Estimates(), null),
            _ => Explain(observation, slates, Estimates(), Highest(mode)),
        };
    }

    /// <summary>The index of each item, a pure function of the figures.</summary>
    protected internal abstract Tensor Index(ItemFigures figures);

    /// <summary>The index of each item after further showings that leave its mean as it is.</summary>
    /// <param name="further">[G, 1] float64.</param>
    /// <returns>[G, N].</returns>
    protected virtual Tensor IndexAfter(ItemFigures figures, Tensor further) => Index(figures with { Shown = figures.Shown + further });

    private Tensor Estimates() => Statistics.Means();

    private Tensor Unseen() => Statistics.Shown.eq(0);

    private Tensor Highest(RecommendationMode mode) => mode == RecommendationMode.Exploit
        ? Estimates()
        : Index(Figures(least: 1)).masked_fill(Unseen(), double.PositiveInfinity);

    private Tensor Sample(Observation observation)
    {
        var figures = Figures(least: 1);
        var weights = Index(figures with { Mean = figures.Mean.masked_fill(Unseen(), 1.0) });
        return weights.clamp_min_(0.0).log_() + GumbelNoise.Draw(_draws, observation.DrawKey, Ranking.Lanes(observation.UserIds, Context.Spec.ItemCount));
    }

    private ShareDraw Shared(Observation observation)
    {
        var points = VirtualCounts.Points(Statistics.UsersPerRound, Context.Spec.Device);
        var indices = IndexAfter(Figures(least: 0), points);
        var (slateSize, eligible) = (Context.Spec.SlateSize, observation.EligibleItems);
        // Indices of items never shown are not finite before their first showing; they are not used either.
        var shares = VirtualCounts.Shares(points, indices.nan_to_num(0.0, 1e100, -1e100), Unseen(), slateSize, eligible);
        if (UniformPart > 0)
            shares = (shares * (1 - UniformPart)) + (Uniform(eligible) * UniformPart);
        return new ShareDraw(shares, Order(Highest(RecommendationMode.Explore), observation), slateSize);
    }

    private Tensor Uniform(Tensor? eligible)
    {
        var open = (eligible ?? ones([1, Context.Spec.ItemCount], ScalarType.Bool, Context.Spec.Device)).to_type(ScalarType.Float64);
        return open * (Context.Spec.SlateSize / open.sum(1, keepdim: true));
    }

    /// <param name="least">The least number of showings to compute with: 1 where the index of an item never shown has to be a number.</param>
    private ItemFigures Figures(double least)
    {
        var (shown, total) = (Statistics.Shown, Statistics.Shown.sum());
        var overall = Statistics.Responses.sum() / total.clamp_min(1e-300);
        var mean = where(Unseen(), overall, Statistics.Responses / shown);
        var variance = (Statistics.Squares / shown).sub_(mean.square()).clamp_min_(0.0);
        variance = where(Unseen(), (overall * (1 - overall)).clamp_min_(0.0), variance);
        return new ItemFigures(least > 0 ? where(Unseen(), full_like(shown, least), shown) : shown, mean, variance, total.clamp_min(1.0));
    }
}
