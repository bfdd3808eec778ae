using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of the ε-greedy agent.</summary>
public sealed record EpsilonGreedyOptions
{
    /// <summary>Probability that a slot explores, in [0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;
}

/// <summary>Shows the items of highest mean response, but each slot explores with probability ε.</summary>
/// <remarks>Sutton and Barto 2018, section 2.2, taken to slates: every slot of every user tosses its own coin; slots that do not explore keep
/// their item of the greedy slate, slots that do are filled uniformly from the eligible items not kept. Items never shown count as mean 0
/// while exploring and rank last while exploiting.</remarks>
internal sealed class EpsilonGreedyAgent(AgentContext context, EpsilonGreedyOptions options) : IAgent, IExplainsSlates
{
    private readonly RandomStream _ties = new(context.Seed, "epsilon-greedy:ties");
    private readonly ExploringSlots _slots = new(context, "epsilon-greedy");
    private readonly ItemStatistics _statistics = new(context.Spec);

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var greedy = Ranking.Best(Scores(mode).unsqueeze(0), observation, context.Spec.SlateSize, _ties);
        var slates = mode == RecommendationMode.Explore ? _slots.Fill(greedy, observation, options.Epsilon) : greedy;
        return slates.MoveToOuterDisposeScope();
    }

    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var epsilon = mode == RecommendationMode.Explore ? options.Epsilon : 0;
        return new SlateExplanation(
            ItemExplanation.Relevance(_statistics.Means(), slates).MoveToOuterDisposeScope(),
            observation.EligibleItems is null ? ItemExplanation.Propensity(Scores(mode), slates, epsilon).MoveToOuterDisposeScope() : null);
    }

    public void Learn(Feedback feedback) => _statistics.Add(feedback);

    public IReadOnlyDictionary<string, double> Diagnose() => _statistics.Diagnose();

    public void Save(IStateWriter writer) => _statistics.Save(writer);

    public void Load(IStateReader reader) => _statistics.Load(reader);

    public void Dispose() => _statistics.Dispose();

    private Tensor Scores(RecommendationMode mode)
    {
        var means = _statistics.Means();
        return mode == RecommendationMode.Explore ? means.masked_fill(_statistics.Shown.eq(0), 0.0) : means;
    }
}
