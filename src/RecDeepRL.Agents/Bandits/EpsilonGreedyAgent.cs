using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the ε-greedy agent.</summary>
public sealed record EpsilonGreedyOptions
{
    /// <summary>Probability that a slot explores at the start, in [0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>How the probability falls from round to round: not at all, like 1/t, or exponentially. Default constant.</summary>
    public Decay Decay { get; init; } = Decay.Constant;

    /// <summary>How fast it falls: after t rounds to 1/(1 + rate·t) or exp(−rate·t) of its start. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double DecayRate { get; init; } = 1;
}

/// <summary>Shows the items of highest mean response, but each slot explores with probability ε.</summary>
/// <remarks>Sutton and Barto 2018, section 2.2, taken to slates: every slot of every user tosses its own coin; slots that do not explore keep
/// their item of the greedy slate, slots that do are filled uniformly from the eligible items not kept. Items never shown count as mean 0
/// while exploring and rank last while exploiting. A falling ε goes by rounds: Auer, Cesa-Bianchi and Fischer 2002, section 3, for 1/t.</remarks>
internal sealed class EpsilonGreedyAgent : ItemAgent
{
    private readonly EpsilonGreedyOptions _options;
    private readonly ExploringSlots _slots;

    public EpsilonGreedyAgent(AgentContext context, EpsilonGreedyOptions options) : base(context, "epsilon-greedy", new ItemStatistics(context.Spec)) =>
        (_options, _slots) = (options, new ExploringSlots(context, "epsilon-greedy"));

    private double Epsilon => _options.Decay.At(_options.Epsilon, _options.DecayRate, Statistics.Rounds);

    public override Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var greedy = Best(Scores(mode), observation);
        var slates = mode == RecommendationMode.Explore ? _slots.Fill(greedy, observation, Epsilon) : greedy;
        return slates.MoveToOuterDisposeScope();
    }

    public override SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var epsilon = mode == RecommendationMode.Explore ? Epsilon : 0;
        return new SlateExplanation(
            ItemExplanation.Relevance(Statistics.Means(), slates).MoveToOuterDisposeScope(),
            observation.EligibleItems is null ? ItemExplanation.Propensity(Scores(mode), slates, epsilon).MoveToOuterDisposeScope() : null);
    }

    private Tensor Scores(RecommendationMode mode)
    {
        var means = Statistics.Means();
        return mode == RecommendationMode.Explore ? means.masked_fill(Statistics.Shown.eq(0), 0.0) : means;
    }
}
