using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>What bandits have in common that know items by their statistics alone, the same for every user.</summary>
/// <param name="name">The registered name, which keeps the draws of different agents apart.</param>
/// <param name="statistics">What is remembered of each item, and for how long. Owned.</param>
internal abstract class ItemAgent(AgentContext context, string name, ItemStatistics statistics) : IAgent, IExplainsSlates, IEstimatesItems, ILearnsFromSums
{
    private readonly RandomStream _ties = new(context.Seed, name + ":ties");

    protected AgentContext Context { get; } = context;

    protected ItemStatistics Statistics { get; } = statistics;

    public abstract Tensor Recommend(Observation observation, RecommendationMode mode);

    public abstract SlateExplanation Explain(Observation observation, Tensor slates, RecommendationMode mode);

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        var estimates = ItemEstimates().to_type(ScalarType.Float32);
        return estimates.masked_fill(estimates.isneginf(), float.NaN).unsqueeze(0).repeat(observation.UserCount, 1).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback) => RoundSums.Learn(this, feedback);

    public virtual void SumUp(Feedback feedback, IStateWriter sums) => Statistics.SumUp(feedback, sums);

    public void LearnSums(IStateReader sums)
    {
        using var scope = NewDisposeScope();
        var (round, users) = Statistics.Add(sums);
        Learn(round, users, sums);
    }

    public virtual IReadOnlyDictionary<string, double> Diagnose() => Statistics.Diagnose();

    public virtual void Save(IStateWriter writer) => Statistics.Save(writer);

    public virtual void Load(IStateReader reader) => Statistics.Load(reader);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Statistics.Dispose();
    }

    /// <summary>Learns what the statistics do not hold, after they have learned. In a dispose scope.</summary>
    /// <param name="round">[3, N] float64, the statistics of the round alone.</param>
    /// <param name="users">Users of the round.</param>
    /// <param name="sums">What else <see cref="SumUp"/> wrote.</param>
    protected virtual void Learn(Tensor round, long users, IStateReader sums)
    {
    }

    /// <summary>What the agent thinks of each item.</summary>
    /// <returns>[N] float64; −∞ where it has no estimate.</returns>
    protected virtual Tensor ItemEstimates() => Statistics.Means();

    /// <summary>A stream of the agent's own.</summary>
    protected RandomStream Stream(string purpose) => new(Context.Seed, $"{name}:{purpose}");

    /// <summary>The K highest scores.</summary>
    /// <param name="scores">[N] or [B, N]; as <see cref="Ranking"/> takes them.</param>
    /// <returns>[B, K] int64.</returns>
    protected Tensor Best(Tensor scores, Observation observation) =>
        Ranking.Best(scores.dim() == 1 ? scores.unsqueeze(0) : scores, observation, Context.Spec.SlateSize, _ties);

    /// <summary>All items, best first, ties in an order that changes from round to round and is the same for every user.</summary>
    /// <returns>[N] int64.</returns>
    protected Tensor Order(Tensor scores, Observation observation)
    {
        using var scope = NewDisposeScope();
        var nobody = new Observation
        {
            UserIds = zeros([1], ScalarType.Int64, scores.device),
            RecentItems = observation.RecentItems,
            RecentResponses = observation.RecentResponses,
            Iteration = observation.Iteration,
            DrawKey = observation.DrawKey,
        };
        return Ranking.Best(scores.unsqueeze(0), nobody, Context.Spec.ItemCount, _ties).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>What can be said of slates that hold the K highest scores: the probability too, unless items are masked.</summary>
    /// <param name="estimates">[N], the agent's estimates of the responses; −∞ where there is none.</param>
    /// <param name="scores">[N], what is ranked; none where the probability of a slate is not known.</param>
    protected static SlateExplanation Explain(Observation observation, Tensor slates, Tensor estimates, Tensor? scores) => new(
        ItemExplanation.Relevance(estimates, slates).MoveToOuterDisposeScope(),
        observation.EligibleItems is null && scores is not null ? ItemExplanation.Propensity(scores, slates, epsilon: 0).MoveToOuterDisposeScope() : null);
}
