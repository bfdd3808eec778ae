using System.ComponentModel.DataAnnotations;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of the agent <c>knn</c>.</summary>
public sealed record KnnOptions : IValidatableObject
{
    /// <summary>k, nearest responses to an item that its estimate rests on. At least 1. Default 100.</summary>
    [Range(1, 100_000)]
    public int Neighbours { get; init; } = 100;

    /// <summary>Factor of the estimate's standard deviation in the draw that exploration ranks by; 0 is greedy. At least 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Scale { get; init; } = 0.5;

    /// <summary>Latest responses that are kept, in equal parts for the items, and k for each at least. At least 1. Default 20000.</summary>
    [Range(1, 10_000_000)]
    public int Memory { get; init; } = 20_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Neighbours > Memory)
            yield return new ValidationResult($"neighbours was {Neighbours}, must be at most memory, {Memory}");
    }
}

/// <summary>The mean response of the k users most alike among those who were shown the item.</summary>
/// <remarks>Of the n ≤ k nearest responses to item i, s their sum: mᵢ = (1 + s)/(2 + n), score = mᵢ + scale·√(mᵢ(1 − mᵢ)/(n + 3))·z with z normal: mean and deviation
/// of Beta(1 + s, 1 + n − s). After Guan and Jiang 2018, Nonparametric stochastic contextual bandits, with a draw in place of their upper bound.
/// Distances are Euclidean in features standardised over the population. Without user features everybody is alike, and the estimate is the mean of the
/// k latest responses. Exploit mode ranks by mᵢ and puts items never shown last.</remarks>
internal sealed class KnnAgent : IAgent, IEstimatesItems
{
    /// <summary>Distances held at once: 8 MiB.</summary>
    private const long DistancesAtOnce = 1L << 21;

    private readonly KnnOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _ties;
    private readonly RandomStream _draws;
    private readonly FeatureScale _scale;
    private readonly ItemMemories _memories;

    public KnnAgent(AgentContext context, KnnOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _ties = new RandomStream(context.Seed, "knn:ties");
        _draws = new RandomStream(context.Seed, "knn:draws");
        _scale = new FeatureScale(context.Population, _spec.Device);
        var capacity = _spec.UserFeatureCount == 0 ? options.Neighbours : Math.Max(options.Neighbours, options.Memory / _spec.ItemCount);
        _memories = new ItemMemories(_spec.ItemCount, capacity, _spec.UserFeatureCount, _spec.Device);
    }

    internal ItemMemories Memories => _memories;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var estimates = Estimates(observation);
        var scores = mode == RecommendationMode.Explore ? Draw(estimates, observation) : estimates.Mean.masked_fill(_memories.Shown.eq(0), double.NegativeInfinity);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        return Estimates(observation).Mean.expand(observation.UserCount, -1).to_type(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        _memories.Add(feedback.Observation.UserFeatures is { } features ? _scale.Users(features) : null, feedback.Slates, feedback.Responses);
    }

    /// <summary><c>items_shown</c>, how many items were ever shown, and <c>rows</c>, the responses kept.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var figures = stack([_memories.Shown.gt(0).sum(), _memories.Shown.clamp_max(_memories.Capacity).sum()]).cpu().data<long>();
        return new Dictionary<string, double> { ["items_shown"] = figures[0], ["rows"] = figures[1] };
    }

    public void Save(IStateWriter writer) => _memories.Save(writer);

    public void Load(IStateReader reader) => _memories.Load(reader);

    public void Dispose()
    {
        _memories.Dispose();
        _scale.Dispose();
    }

    private Tensor Draw((Tensor Mean, Tensor Count) estimates, Observation observation)
    {
        var (mean, count) = estimates;
        var deviation = mean.mul(1 - mean).clamp_min_(0.0).div_(count + 3).sqrt_();
        var normal = _draws.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, _spec.ItemCount));
        return mean.addcmul(deviation, normal.to_type(ScalarType.Float64), _options.Scale);
    }

    /// <returns>mᵢ, [B, N] or [1, N] float64, and n, [1, N] float64.</returns>
    private (Tensor Mean, Tensor Count) Estimates(Observation observation)
    {
        var count = _memories.Shown.clamp_max(_options.Neighbours).to_type(ScalarType.Float64).unsqueeze(0);
        var sum = observation.UserFeatures is { } features ? NearestSums(_scale.Users(features)) : _memories.Responses.sum(1, type: ScalarType.Float64).unsqueeze(0);
        return (sum.add(1.0).div_(count + 2), count);
    }

    /// <returns>[B, N] float64, the sum of the k nearest responses to each item.</returns>
    private Tensor NearestSums(Tensor features)
    {
        var held = _memories.Held;
        if (held == 0)
            return zeros([features.size(0), _spec.ItemCount], ScalarType.Float64, _spec.Device);
        var parts = new List<Tensor>();
        var rows = Math.Max(1, DistancesAtOnce / (_spec.ItemCount * held));
        for (long start = 0; start < features.size(0); start += rows)
        {
            using var scope = NewDisposeScope();
            var distances = _memories.Distances(features.narrow(0, start, Math.Min(rows, features.size(0) - start)));
            var (nearest, places) = distances.topk((int)Math.Min(_options.Neighbours, held), dim: 2, largest: false, sorted: false);
            // Places of no response yet are infinitely far, and hold 0.
            var responses = _memories.Responses.narrow(1, 0, held).unsqueeze(0).expand(distances.shape).gather(2, places);
            parts.Add(responses.sum(2, type: ScalarType.Float64).MoveToOuterDisposeScope());
        }
        return cat(parts);
    }
}
