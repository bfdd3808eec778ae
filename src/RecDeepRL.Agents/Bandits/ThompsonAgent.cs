using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of Thompson sampling.</summary>
public sealed record ThompsonOptions
{
    /// <summary>α of the Beta prior: responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorSuccesses { get; init; } = 1;

    /// <summary>β of the Beta prior: missing responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorFailures { get; init; } = 1;
}

/// <summary>Thompson sampling on the mean response of each item: every user gets the best items of a world drawn from the posterior.</summary>
/// <remarks>θᵤᵢ ~ Beta(α + sᵢ, β + nᵢ − sᵢ), drawn for every pair of user and item apart, so that a batch explores as widely as its users
/// are many. Thompson 1933; Chapelle and Li 2011, algorithm 2. Responses have to lie in [0, 1].
/// Exploit mode ranks by the posterior mean (α + sᵢ)/(α + β + nᵢ) and puts items never shown last.</remarks>
internal sealed class ThompsonAgent(AgentContext context, ThompsonOptions options) : IAgent, IExplainsSlates
{
    private readonly RandomStream _ties = new(context.Seed, "thompson:ties");
    private readonly RandomStream _draws = new(context.Seed, "thompson:draws");
    private readonly ItemStatistics _statistics = new(context.Spec);

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var successes = _statistics.Responses + options.PriorSuccesses;
        var failures = (_statistics.Shown - _statistics.Responses).clamp_min_(0.0) + options.PriorFailures;
        var scores = mode == RecommendationMode.Explore
            ? _draws.Beta(observation.DrawKey, Ranking.Lanes(observation.UserIds, context.Spec.ItemCount), successes, failures)
            : _statistics.WithoutUnseen(successes / (successes + failures)).unsqueeze(0);
        return Ranking.Best(scores, observation, context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    /// <summary>Relevance is the posterior mean; the probability of a slate has no closed form.</summary>
    public SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var mean = (_statistics.Responses + options.PriorSuccesses) / (_statistics.Shown + (options.PriorSuccesses + options.PriorFailures));
        return new SlateExplanation(ItemExplanation.Relevance(mean, slates).MoveToOuterDisposeScope(), null);
    }

    public void Learn(Feedback feedback) => _statistics.Add(feedback);

    public IReadOnlyDictionary<string, double> Diagnose() => _statistics.Diagnose();

    public void Save(IStateWriter writer) => _statistics.Save(writer);

    public void Load(IStateReader reader) => _statistics.Load(reader);

    public void Dispose() => _statistics.Dispose();
}
