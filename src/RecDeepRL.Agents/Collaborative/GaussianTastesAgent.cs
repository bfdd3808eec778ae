using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of Gaussian tastes.</summary>
public sealed record GaussianTastesOptions
{
    /// <summary>P, items in the pool whose joint distribution is learned, at least 1; where there are no more items, nothing is screened. Default 100.</summary>
    [Range(1, 10_000)]
    public int Candidates { get; init; } = 100;

    /// <summary>Items, drawn at random, that screening begins with, at least 1. Default 500.</summary>
    [Range(1, int.MaxValue)]
    public int ScreenedItems { get; init; } = 500;

    /// <summary>Responses, for each user of the population on average, before the pool is first cut in half. At least 0. Default 6.</summary>
    [Range(0.0, double.MaxValue)]
    public double ScreeningResponses { get; init; } = 6;

    /// <summary>Responses for each user between two further cuts. At least 0; 0 to cut to the candidates at once. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double ResponsesPerCut { get; init; } = 2;

    /// <summary>Standard errors by which it has to be clear whether users differ on liked or on disliked items; otherwise a cut is made by luck. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Certainty { get; init; } = 1;

    /// <summary>Responses for each user, screening included, up to which random items of the pool are shown; of no effect where nothing is screened. At least 0. Default 15.</summary>
    [Range(0.0, double.MaxValue)]
    public double RandomResponses { get; init; } = 15;

    /// <summary>c, how many posterior standard deviations the exploration bonus is worth. At least 0. Default 4.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 4;

    /// <summary>Variance of users' probabilities for an item that learning begins with. Above 0, at most 0.25. Default 0.03.</summary>
    [Range(0.0, .25, MinimumIsExclusive = true)]
    public double PriorVariance { get; init; } = .03;

    /// <summary>ν, how many users the prior on the covariance is worth. Above 0. Default 15.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorUsers { get; init; } = 15;

    /// <summary>Share by which the responses have to grow before the distribution is learned again. At least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double RefitGrowth { get; init; } = .1;

    /// <summary>Steps of learning each time, at least 1. Default 3.</summary>
    [Range(1, 1000)]
    public int StepsPerRefit { get; init; } = 3;

    /// <summary>Share of each step that is taken, in (0, 1]. Default 0.5.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double StepSize { get; init; } = .5;
}

/// <summary>Every user's click probabilities on a pool of items as a draw from one normal distribution over tastes, learned from all users' clicks.</summary>
/// <remarks>Screening: random items of a shrinking pool, those a user has seen once again, until the pool holds the items on which users seem to differ most
/// (<see cref="DispersionScreen"/>). Then N(μ, Σ) over the pool is learned (<see cref="TasteDistribution"/>); each user is shown the items of highest posterior mean + c
/// standard deviations, and in exploit mode those of highest posterior mean. μ itself is drawn for each user and item anew when exploring, from N(μᵢ, μᵢ(1 − μᵢ)/nᵢ),
/// since a bonus shared by all users would send a whole batch to the same item.
/// Exploit mode puts items outside the pool behind those in it, by their mean response, and items never shown last. Responses have to lie in [0, 1].</remarks>
internal sealed class GaussianTastesAgent : IAgent, IEstimatesItems
{
    /// <summary>Showings of the mean of all items that every item's mean is given beforehand.</summary>
    private const double PriorShowings = 10;

    private readonly AgentContext _context;
    private readonly GaussianTastesOptions _options;
    private readonly RandomStream _ties;
    private readonly RandomStream _draws;
    private readonly PairStatistics _pairs;
    private readonly CandidatePool _pool;
    private readonly bool _isScreened;
    private Tensor _items;
    private TasteDistribution? _tastes;
    private long _responses;
    private long _fitted;
    private long _most;

    public GaussianTastesAgent(AgentContext context, GaussianTastesOptions options)
    {
        (_context, _options) = (context, options);
        _ties = new(context.Seed, "gaussian-tastes:ties");
        _draws = new(context.Seed, "gaussian-tastes:draws");
        _pairs = new(context.Spec);
        _pool = new(
            context.Spec, options.Candidates, options.ResponsesPerCut, new(context.Seed, "gaussian-tastes:pool"), options.ScreenedItems, options.ScreeningResponses);
        _isScreened = _pool.Size < context.Spec.ItemCount || !_pool.IsFinal;
        _items = _pool.Ids().DetachFromDisposeScope();
    }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = mode == RecommendationMode.Exploit ? Estimates(observation)
            : _tastes is null || (_isScreened && _responses < _options.RandomResponses * _context.Spec.UserCount) ? Random(observation)
            : Optimistic(observation);
        return Ranking.Best(scores, observation, _context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    /// <summary>The posterior mean for items of the pool once their distribution is learned, else the item's mean over all users.</summary>
    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        var means = _pairs.ItemMeans(PriorShowings).to_type(ScalarType.Float32).repeat(observation.UserCount, 1);
        return (_tastes is null ? means : means.index_copy_(1, _items, Posterior(observation).Means.to_type(ScalarType.Float32))).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        _pairs.Add(feedback);
        _pool.Count(feedback);
        _responses += feedback.Slates.numel();
        while (_pool.IsCutDue)
        {
            _pool.Cut(DispersionScreen.Scores(_pairs, _pool.Members, _options.Certainty));
            Replace(ref _items, _pool.Ids());
        }
        if (!_pool.IsFinal)
            return;
        var seen = SeenOfPool();
        _most = seen.max().item<long>();
        if (_most > 0 && _responses >= _fitted * (1 + _options.RefitGrowth))
            Fit(seen);
    }

    /// <summary><c>candidates</c>, items in the pool; once their distribution is learned, <c>taste_variance</c>, the mean variance of users' probabilities
    /// for them, and <c>largest_share</c>, the share of all variance in the direction in which users differ most.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        if (_tastes is null)
            return new Dictionary<string, double> { ["candidates"] = _pool.Size };
        using var scope = NewDisposeScope();
        var values = linalg.eigvalsh(_tastes.Covariance.to_type(ScalarType.Float64));
        var figures = stack([values.mean(), values.max() / values.sum()]).cpu().data<double>();
        return new Dictionary<string, double> { ["candidates"] = _pool.Size, ["taste_variance"] = figures[0], ["largest_share"] = figures[1] };
    }

    public void Save(IStateWriter writer)
    {
        _pairs.Save(writer.Under("pairs"));
        _pool.Save(writer.Under("pool"));
        writer.Write("responses", _responses);
        writer.Write("fitted", _fitted);
        writer.Write("most", _most);
        writer.Write("learned", _tastes is null ? 0 : 1);
        _tastes?.Save(writer.Under("tastes"));
    }

    public void Load(IStateReader reader)
    {
        using var scope = NewDisposeScope();
        _pairs.Load(reader.Under("pairs"));
        _pool.Load(reader.Under("pool"));
        Replace(ref _items, _pool.Ids());
        _responses = reader.ReadCount("responses");
        _fitted = reader.ReadCount("fitted");
        _most = reader.ReadCount("most");
        // Before the pool is final, nobody asks.
        var most = _pool.IsFinal ? SeenOfPool().max().item<long>() : 0;
        if (_most != most)
            throw new ArgumentException($"the counter 'most' is {_most}, but nobody has seen more than {most} items of the pool.");
        var learned = reader.ReadCount("learned") == 1 ? TasteDistribution.Load(reader.Under("tastes"), _pool.Size, _context.Spec.Device) : null;
        _tastes?.Dispose();
        _tastes = learned;
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _pool.Dispose();
        _items.Dispose();
        _tastes?.Dispose();
    }

    private static void Replace(ref Tensor kept, Tensor by)
    {
        kept.Dispose();
        kept = by.DetachFromDisposeScope();
    }

    /// <returns>[U] int64, how many items of the pool each user has seen.</returns>
    private Tensor SeenOfPool() => _pairs.Shown.index_select(1, _items).gt(0).sum(1);

    /// <summary>Items of the pool that the user has not seen, at random; while screening, those seen once come first: only repeated responses tell how far users differ.</summary>
    private Tensor Random(Observation observation)
    {
        var luck = _draws.Uniform(observation.DrawKey, Ranking.Lanes(observation.UserIds, _context.Spec.ItemCount));
        var shown = _pairs.Shown.index_select(0, observation.UserIds);
        var scores = luck - shown;
        return _pool.Restrict(_pool.IsFinal ? scores : where(shown.eq(1), luck + 1, scores));
    }

    private Tensor Optimistic(Observation observation)
    {
        var (means, variances) = Posterior(observation);
        // A response varies by the users' differences and by its own noise, together μ(1 − μ).
        var mean = _pairs.ItemMeans(PriorShowings);
        var doubt = _pairs.Doubt(mean * (1 - mean), _draws.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, _context.Spec.ItemCount)));
        var scores = means.add_(variances.sqrt_(), alpha: _options.Exploration).add_(doubt.index_select(1, _items));
        return full([observation.UserCount, _context.Spec.ItemCount], double.NegativeInfinity, ScalarType.Float32, _context.Spec.Device).index_copy_(1, _items, scores);
    }

    private Tensor Estimates(Observation observation)
    {
        var unseen = _pairs.ItemShowings().eq(0);
        var popularity = _pairs.ItemMeans(PriorShowings).to_type(ScalarType.Float32);
        if (_tastes is null)
            return popularity.masked_fill(unseen, double.NegativeInfinity).unsqueeze(0);

        // A posterior mean may lie outside [0, 1], but not by 10.
        const double behind = 10;
        var scores = (popularity - behind).repeat(observation.UserCount, 1).index_copy_(1, _items, Posterior(observation).Means);
        return scores.masked_fill_(unseen, double.NegativeInfinity);
    }

    private (Tensor Means, Tensor Variances) Posterior(Observation observation) => _tastes!.Posterior(
        _pairs.Shown.index_select(0, observation.UserIds).index_select(1, _items), _pairs.Responses.index_select(0, observation.UserIds).index_select(1, _items), _most);

    /// <param name="seen">[U] int64, how many items of the pool each user has seen.</param>
    private void Fit(Tensor seen)
    {
        _fitted = _responses;
        _tastes ??= new(_pairs.ItemMeans(PriorShowings, items: _pool.Members).index_select(0, _items), _options.PriorVariance);
        var order = seen.argsort();
        var counts = seen.index_select(0, order).cpu().data<long>().ToArray();
        var first = Array.FindIndex(counts, count => count > 0);
        order = order.narrow(0, first, counts.Length - first);
        var shown = _pairs.Shown.index_select(1, _items).index_select(0, order);
        var responses = _pairs.Responses.index_select(1, _items).index_select(0, order);
        for (var step = 0; step < _options.StepsPerRefit; step++)
            _tastes.Improve(shown, responses, counts[first..], _options.PriorUsers, _options.StepSize);
    }
}
