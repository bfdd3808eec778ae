using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of probabilistic matrix factorisation.</summary>
public sealed record PmfOptions
{
    /// <summary>F, factors of each user and item. Default 16.</summary>
    [Range(1, 256)]
    public int Factors { get; init; } = 16;

    /// <summary>Whether to explore by upper confidence bounds or by Thompson sampling. Default ucb.</summary>
    public PosteriorRule Rule { get; init; } = PosteriorRule.Ucb;

    /// <summary>How many posterior standard deviations the bonus of ucb is worth; Thompson's draws deviate by as many times their own. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 1;

    /// <summary>Variance of the items' factors under their prior; users' factors have 1. Above 0. Default 0.002.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double ItemVariance { get; init; } = .002;

    /// <summary>ψ to begin with, the variance of what no factor explains of a pair's probability, learned from then on; 0 for none, as in the paper. At least 0. Default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double PairVariance { get; init; } = .01;

    /// <summary>Items that are considered once the warm-up is over, the most popular ones, at least 1; none for all. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; }

    /// <summary>Responses, for each user of the population on average, that the warm-up lasts, in which random items are shown. At least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double WarmupResponses { get; init; } = .1;

    /// <summary>Share by which the responses have to grow before the items are learned again. At least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double RefitGrowth { get; init; } = .1;

    /// <summary>Steps of expectation–maximisation each time, at least 1. Default 3.</summary>
    [Range(1, 1000)]
    public int StepsPerRefit { get; init; } = 3;
}

/// <summary>Probabilistic matrix factorisation with a normal posterior of each user's factors, explored by upper bounds or by Thompson sampling.</summary>
/// <remarks>p_ui = μᵢ + qᵢᵀz_u + ε_ui, z ~ N(0, I), ε ~ N(0, ψ); see <see cref="PmfModel"/>. Zhao, Zhang and Wang 2013, Interactive collaborative filtering: Thompson sampling and
/// the upper bound over the user's posterior. What this deviates in stands in docs/agents/pmf.md.
/// Exploit mode ranks by the posterior mean and puts items never shown last. Responses have to lie in [0, 1].</remarks>
internal sealed class PmfAgent : IAgent, IEstimatesItems, IHasItemEmbeddings
{
    private const double PriorShowings = 10;

    private readonly AgentContext _context;
    private readonly PmfOptions _options;
    private readonly RandomStream _ties;
    private readonly RandomStream _factorDraws;
    private readonly RandomStream _pairDraws;
    private readonly RandomStream _meanDraws;
    private readonly PairStatistics _pairs;
    private readonly CandidatePool _pool;
    private readonly PmfModel _model;
    private long _responses;
    private long _fitted;

    public PmfAgent(AgentContext context, PmfOptions options)
    {
        (_context, _options) = (context, options);
        _ties = new(context.Seed, "pmf:ties");
        _factorDraws = new(context.Seed, "pmf:factors");
        _pairDraws = new(context.Seed, "pmf:pairs");
        _meanDraws = new(context.Seed, "pmf:means");
        _pairs = new(context.Spec);
        _pool = new(context.Spec, options.Candidates ?? int.MaxValue, 0, new(context.Seed, "pmf:pool"), responsesToFirstCut: options.WarmupResponses);
        _model = new(context.Spec, options, new(context.Seed, "pmf:items"));
    }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var (spec, exploring) = (_context.Spec, mode == RecommendationMode.Explore);
        var slates = empty([observation.UserCount, spec.SlateSize], ScalarType.Int64, spec.Device);
        var isRandom = exploring && (_fitted == 0 || _responses < _options.WarmupResponses * spec.UserCount);
        var unseen = _pairs.ItemShowings().eq(0);
        var common = _model.Common(_pairs, hasVariances: exploring && !isRandom && _options.Rule == PosteriorRule.Ucb);
        var mean = _pairs.ItemMeans(PriorShowings);
        var doubts = _pairs.MeanDeviations(mean * (1 - mean));
        UserSlices.ForEach(observation.UserCount, Math.Max(spec.ItemCount, _options.Factors * _options.Factors), spec.Device, (start, count) =>
        {
            using var part = observation.Slice(start, count);
            var scores = isRandom ? zeros([1, spec.ItemCount], ScalarType.Float64, spec.Device)
                : exploring ? Exploring(part, common, doubts)
                : _model.Posterior(part.UserIds, _pairs, common).Means();
            scores = _pool.Restrict(scores);
            slates.narrow(0, start, count).copy_(Ranking.Best(exploring ? scores : scores.masked_fill(unseen, double.NegativeInfinity), part, spec.SlateSize, _ties));
        });
        return slates.MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        return _model.Posterior(observation.UserIds, _pairs, _model.Common(_pairs)).Means().to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public Tensor ItemEmbeddings() => _model.Items.to_type(ScalarType.Float32);

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        _pairs.Add(feedback);
        _pool.Count(feedback);
        _responses += feedback.Slates.numel();
        if (_pool.IsCutDue)
            _pool.Cut(_pairs.ItemMeans(PriorShowings));
        if (_responses < _fitted * (1 + _options.RefitGrowth))
            return;
        _fitted = _responses;
        for (var step = 0; step < _options.StepsPerRefit; step++)
            _model.Improve(_pairs);
    }

    /// <summary><c>candidates</c>, items considered, <c>factor_variance</c>, the mean variance of a probability that factors explain, and <c>pair_variance</c>, ψ.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var figures = stack([_model.Items.square().sum(1).mean(), _model.PairVariance]).cpu().data<double>();
        return new Dictionary<string, double> { ["candidates"] = _pool.Size, ["factor_variance"] = figures[0], ["pair_variance"] = figures[1] };
    }

    public void Save(IStateWriter writer)
    {
        _pairs.Save(writer.Under("pairs"));
        _pool.Save(writer.Under("pool"));
        _model.Save(writer.Under("model"));
        writer.Write("responses", _responses);
        writer.Write("fitted", _fitted);
    }

    public void Load(IStateReader reader)
    {
        _pairs.Load(reader.Under("pairs"));
        _pool.Load(reader.Under("pool"));
        _model.Load(reader.Under("model"));
        _responses = reader.ReadCount("responses");
        _fitted = reader.ReadCount("fitted");
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _pool.Dispose();
        _model.Dispose();
    }

    /// <param name="doubts">[N] float64, standard deviations of the items' means.</param>
    private Tensor Exploring(Observation observation, PmfCommon common, Tensor doubts)
    {
        var (key, lanes) = (observation.DrawKey, Ranking.Lanes(observation.UserIds, _context.Spec.ItemCount));
        var posterior = _model.Posterior(observation.UserIds, _pairs, common);
        var scores = _options.Rule == PosteriorRule.Ucb
            ? posterior.Means().add_(posterior.Variances().sqrt_(), alpha: _options.Exploration)
            : posterior.Draw(
                _factorDraws.Normal(key, Ranking.Lanes(observation.UserIds, _options.Factors)).to_type(ScalarType.Float64),
                _pairDraws.Normal(key, lanes).to_type(ScalarType.Float64), _options.Exploration);
        return scores.add_(_meanDraws.Normal(key, lanes).to_type(ScalarType.Float64).mul_(doubts));
    }
}
