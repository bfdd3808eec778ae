using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>The policy in question: an agent as it stands, which learns nothing more.</summary>
/// <param name="draws">How often slates are drawn where the agent does not know its probabilities; at least 1.</param>
/// <param name="seed">Of those draws.</param>
internal sealed class TargetPolicy(IAgent agent, RecommendationMode mode, EnvironmentSpec spec, int draws, long seed)
{
    /// <summary>A sum of probabilities further from 1 than this is no rounding.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>The probability of each item to stand in each slot: as the agent tells it, else the share of slates drawn from it. Such shares are
    /// unbiased and independent of the log, so they add noise to estimates by weights but no bias.</summary>
    /// <param name="observation">B users. Borrowed.</param>
    /// <returns>[B, K, N] float64 on the CPU. The caller disposes.</returns>
    public Tensor Probabilities(Observation observation)
    {
        using var scope = NewDisposeScope();
        return (Told(observation) ?? Counted(observation)).MoveToOuterDisposeScope();
    }

    /// <summary>One of the slates that the agent might show.</summary>
    /// <param name="draw">From 0 on; each has luck of its own, and none that of the agent's runs.</param>
    /// <returns>[B, K] int64. The caller disposes.</returns>
    public Tensor Draw(Observation observation, int draw)
    {
        var drawn = new Observation
        {
            UserIds = observation.UserIds,
            UserFeatures = observation.UserFeatures,
            RecentItems = observation.RecentItems,
            RecentResponses = observation.RecentResponses,
            EligibleItems = observation.EligibleItems,
            Iteration = observation.Iteration,
            DrawKey = RandomStream.DeriveSeed(RandomStream.DeriveSeed(seed, "off-policy draws", observation.Iteration), "draw", draw),
        };
        return agent.Recommend(drawn, mode);
    }

    /// <summary>What the users can be expected to answer to the agent's slates, in all, as they are now.</summary>
    /// <param name="probabilities">As above.</param>
    public double Worth(ITruth truth, Observation observation, Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        if (truth.SlotsAreIndependent)
            return truth.ExpectedResponses(observation.UserIds, observation.Iteration).cpu().to_type(ScalarType.Float64).unsqueeze(1).mul(probabilities).sum().item<double>();
        var sum = 0.0;
        for (var draw = 0; draw < draws; draw++)
        {
            using var one = NewDisposeScope();
            sum += truth.ExpectedResponses(observation.UserIds, Draw(observation, draw), observation.Iteration).sum(ScalarType.Float64).item<double>();
        }
        return sum / draws;
    }

    private Tensor? Told(Observation observation)
    {
        if (agent is not IExplainsSlates explains)
            return null;
        var told = empty([observation.UserCount, spec.SlateSize, spec.ItemCount], ScalarType.Float64);
        for (var item = 0; item < spec.ItemCount; item++)
        {
            using var scope = NewDisposeScope();
            using var explanation = explains.Explain(observation, full([observation.UserCount, spec.SlateSize], item, ScalarType.Int64, spec.Device), mode);
            if (explanation.Propensity is not { } propensity)
                return null;
            told.select(2, item).copy_(propensity);
        }
        // Agents are asked about items that they recommend, and may answer anything about one that cannot be shown.
        if (observation.EligibleItems is { } eligible)
            told.mul_(eligible.cpu().unsqueeze(1));
        var error = told.sum(2).sub(1).abs().max().item<double>();
        if (!(error <= Tolerance))
            throw new InvalidOperationException($"The agent's probabilities of the items in a slot sum to 1 ± {error}; they should to 1.");
        return told;
    }

    private Tensor Counted(Observation observation)
    {
        var counts = zeros([observation.UserCount, spec.SlateSize, spec.ItemCount], ScalarType.Float64);
        var one = full([observation.UserCount, spec.SlateSize, 1], 1.0 / draws, ScalarType.Float64);
        for (var draw = 0; draw < draws; draw++)
        {
            using var scope = NewDisposeScope();
            counts.scatter_add_(2, Draw(observation, draw).cpu().unsqueeze(2), one);
        }
        return counts;
    }
}
