using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>How an agent that knows a posterior explores by it.</summary>
public enum PosteriorRule
{
    /// <summary>The highest posterior mean plus deviations.</summary>
    Ucb,

    /// <summary>The highest of one draw from the posterior for each user and item.</summary>
    Thompson,
}

/// <summary>Options of pair evidence.</summary>
public sealed record PairBetaOptions
{
    /// <summary>Whether to explore by upper confidence bounds or by Thompson sampling. Default ucb.</summary>
    public PosteriorRule Rule { get; init; } = PosteriorRule.Ucb;

    /// <summary>How many posterior standard deviations the exploration bonus of ucb is worth. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;

    /// <summary>α, how many responses of the pair the item's mean is worth beside them, above 0; none: learned by predicting each round before it is learned from. Default none.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Strength { get; init; }

    /// <summary>Items that are considered once the warm-up is over, the most popular ones, at least 1; none for all. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; } = 50;

    /// <summary>Responses, for each user of the population on average, that the warm-up lasts, in which random items are shown where there are more than the candidates. At least 0. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double WarmupResponses { get; init; } = 2;
}

/// <summary>A Beta posterior for every pair of user and item: the item's mean response as prior, the user's own responses to the item as evidence.</summary>
/// <remarks>p_ui ~ Beta(α·mᵢ + s_ui, α·(1 − mᵢ) + n_ui − s_ui), mᵢ the item's mean response, drawn a little towards the mean of all; α as
/// <see cref="PairEvidence"/> learns it: an empirical Bayes model of a beta-binomial population. Upper bounds add deviations to the posterior mean;
/// Thompson draws from the Beta. Both count on mᵢ as drawn from N(mᵢ, mᵢ(1 − mᵢ)/nᵢ) for each user anew.
/// Exploit mode ranks by the posterior mean and puts items never shown last. Responses have to lie in [0, 1].</remarks>
internal sealed class PairBetaAgent : IAgent, IEstimatesItems
{
    /// <summary>Showings of the mean of all items that every item's mean is given beforehand.</summary>
    private const double PriorShowings = 10;

    /// <summary>Least distance of a prior mean from 0 and 1.</summary>
    private const double Caution = 1e-3;

    private readonly AgentContext _context;
    private readonly PairBetaOptions _options;
    private readonly RandomStream _ties;
    private readonly RandomStream _draws;
    private readonly RandomStream _means;
    private readonly PairStatistics _pairs;
    private readonly PairEvidence _evidence;
    private readonly CandidatePool _pool;

    public PairBetaAgent(AgentContext context, PairBetaOptions options)
    {
        (_context, _options) = (context, options);
        _ties = new(context.Seed, "pair-beta:ties");
        _draws = new(context.Seed, "pair-beta:draws");
        _means = new(context.Seed, "pair-beta:means");
        _pairs = new(context.Spec);
        _evidence = new(options.Strength, context.Spec.Device);
        _pool = new(context.Spec, options.Candidates ?? int.MaxValue, 0, new(context.Seed, "pair-beta:pool"), responsesToFirstCut: options.WarmupResponses);
    }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var scores = mode == RecommendationMode.Explore && !_pool.IsFinal ? zeros([1, _context.Spec.ItemCount], ScalarType.Float32, _context.Spec.Device) : Scores(observation, mode);
        return Ranking.Best(scores, observation, _context.Spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    /// <summary>The posterior mean of every item, candidate or not.</summary>
    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        var users = observation.UserIds;
        var means = Prior().unsqueeze(0).expand(users.size(0), -1);
        return _evidence.Means(means, Of(_pairs.Shown, users), Of(_pairs.Responses, users)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        var users = feedback.Observation.UserIds;
        if (_evidence.Learns)
            _evidence.Judge(
                Prior().unsqueeze(0).expand(users.size(0), -1).gather(1, feedback.Slates), Of(_pairs.Shown, users).gather(1, feedback.Slates),
                Of(_pairs.Responses, users).gather(1, feedback.Slates), feedback.Responses);
        _pairs.Add(feedback);
        _pool.Count(feedback);
        if (_pool.IsCutDue)
            _pool.Cut(_pairs.ItemMeans(PriorShowings));
    }

    /// <summary><c>candidates</c>, items considered, and <c>pair_strength</c>, α.</summary>
    public IReadOnlyDictionary<string, double> Diagnose() =>
        new Dictionary<string, double> { ["candidates"] = _pool.Size, ["pair_strength"] = _evidence.Strength.item<double>() };

    public void Save(IStateWriter writer)
    {
        _pairs.Save(writer.Under("pairs"));
        _evidence.Save(writer.Under("evidence"));
        _pool.Save(writer.Under("pool"));
    }

    public void Load(IStateReader reader)
    {
        _pairs.Load(reader.Under("pairs"));
        _evidence.Load(reader.Under("evidence"));
        _pool.Load(reader.Under("pool"));
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _evidence.Dispose();
        _pool.Dispose();
    }

    private static Tensor Of(Tensor pairs, Tensor users) => pairs.index_select(0, users).to_type(ScalarType.Float64);

    /// <returns>[N] float64, mᵢ.</returns>
    private Tensor Prior() => _pairs.ItemMeans(PriorShowings).clamp_(Caution, 1 - Caution);

    /// <summary>Everything is worked out for the candidates alone; the others follow them by popularity.</summary>
    private Tensor Scores(Observation observation, RecommendationMode mode)
    {
        var users = observation.UserIds;
        var items = _pool.Ids();
        var (shown, responses) = (Of(_pairs.Shown, users).index_select(1, items), Of(_pairs.Responses, users).index_select(1, items));
        var prior = Prior();
        var means = prior.index_select(0, items).unsqueeze(0).expand(users.size(0), -1);
        var lanes = Ranking.Lanes(users, _context.Spec.ItemCount);
        if (mode == RecommendationMode.Explore)
            means = (means + _pairs.Doubt(prior * (1 - prior), _means.Normal(observation.DrawKey, lanes).to_type(ScalarType.Float64)).index_select(1, items)).clamp_(Caution, 1 - Caution);

        var posterior = _evidence.Means(means, shown, responses);
        if (mode == RecommendationMode.Explore)
        {
            if (_options.Rule == PosteriorRule.Thompson)
            {
                var weight = shown + _evidence.Strength;
                posterior = _draws.Beta(observation.DrawKey, lanes.index_select(1, items), (posterior * weight).clamp_min_(Caution), ((1 - posterior) * weight).clamp_min_(Caution)).to_type(ScalarType.Float64);
            }
            else
            {
                posterior = posterior + _evidence.Spread(posterior, shown).Variances.sqrt_().mul_(_options.Exploration);
            }
        }

        // Not even a bonus brings a candidate below 0, nor a mean less 2 above it.
        var scores = (prior - 2).repeat(users.size(0), 1).index_copy_(1, items, posterior);
        return mode == RecommendationMode.Exploit ? scores.masked_fill_(_pairs.ItemShowings().eq(0), double.NegativeInfinity) : scores;
    }
}
