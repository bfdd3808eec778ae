using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bounds;

/// <summary>Options of the best fixed list: there are none.</summary>
public sealed record BestFixedOptions;

/// <summary>The one list of highest mean expected response over all users and the environment's default number of iterations, shown to
/// everybody at all times: what can be had without personalisation and without reacting to drift.</summary>
/// <remarks>With sessions, the expectation at their beginning counts: later it depends on what was shown. Items of equal mean are ordered at random once, from the seed, so that it stays one list.</remarks>
internal sealed class BestFixedAgent(AgentContext context) : IAgent, INeedsTruth
{
    /// <summary>Pairs of user and item asked about at once.</summary>
    private const long PairsAtOnce = 1L << 20;

    private readonly RandomStream _ties = new(context.Seed, "best-fixed:ties");
    private Tensor? _scores;

    public void Reveal(ITruth truth)
    {
        using var scope = NewDisposeScope();
        var means = MeanResponses(truth).to_type(ScalarType.Float32);
        var luck = _ties.Uniform(0, arange(context.Spec.ItemCount, ScalarType.Int64, context.Spec.Device));
        var byLuck = luck.argsort(descending: true);
        var best = byLuck.index_select(0, means.index_select(0, byLuck).sort(descending: true, stable: true).Indices);

        // Scores that differ from item to item, −place in the list, leave nothing to be decided for each user apart.
        _scores?.Dispose();
        _scores = zeros([context.Spec.ItemCount], ScalarType.Float32, context.Spec.Device)
            .index_copy_(0, best, arange(0, -context.Spec.ItemCount, -1, ScalarType.Float32, context.Spec.Device))
            .unsqueeze(0).DetachFromDisposeScope();
    }

    public Tensor Recommend(Observation observation, RecommendationMode mode) => Ranking.Best(
        _scores ?? throw new InvalidOperationException("The best fixed list was asked for before the truth was revealed to it."),
        observation, context.Spec.SlateSize, _ties);

    public void Learn(Feedback feedback) { }

    public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() => _scores?.Dispose();

    /// <returns>[N] float64, over all users and iterations.</returns>
    private Tensor MeanResponses(ITruth truth)
    {
        var spec = context.Spec;
        var sums = zeros([spec.ItemCount], ScalarType.Float64, spec.Device);
        var iterations = truth.IsStationary || spec.HasEpisodes ? 1 : spec.DefaultIterations;
        var rows = Math.Max(1, PairsAtOnce / spec.ItemCount);
        for (var iteration = 0; iteration < iterations; iteration++)
            for (long first = 0; first < spec.UserCount; first += rows)
            {
                using var scope = NewDisposeScope();
                var users = arange(first, Math.Min(first + rows, spec.UserCount), ScalarType.Int64, spec.Device);
                sums.add_(truth.ExpectedResponses(users, iteration).sum(0, type: ScalarType.Float64));
            }
        return sums.div_((double)iterations * spec.UserCount);
    }
}
