using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of LinUCB with hidden features.</summary>
public sealed record HLinUcbOptions : ContextInputOptions
{
    /// <summary>How many standard deviations of the items' weights the exploration bonus is worth. At least 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>How many standard deviations of the user's hidden features the exploration bonus is worth. At least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double HiddenAlpha { get; init; } = 0.1;

    /// <summary>L, hidden features of each user, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int HiddenSize { get; init; } = 4;

    /// <summary>Strength of the ridge penalty on the items' weights. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Strength of the ridge penalty on the users' hidden features; with sweeps also the variance of a response. At least 0.001. Default 0.1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double HiddenRidge { get; init; } = 0.1;

    /// <summary>Sweeps of expectation-maximisation over all responses in each round; 0 adds each response once to sums, as the paper does. At least 0. Default 2.</summary>
    [Range(0, 1000)]
    public int Sweeps { get; init; } = 2;
}

/// <summary>LinUCB whose input has, beside what is known of a user, features that are learned from the user's own responses (hLinUCB).</summary>
/// <remarks>score = θᵢᵀ(x, vᵤ) + α·√((x, vᵤ)ᵀAᵢ⁻¹(x, vᵤ)) + α′·√(hᵢᵀCᵤ⁻¹hᵢ), with θᵢ = (wᵢ, hᵢ). Wang, Wu and Wang 2016, Learning Hidden Features for
/// Contextual Bandits, algorithm 1. What this deviates in from the paper stands in docs/agents/hlinucb.md.</remarks>
internal sealed class HLinUcbAgent : IAgent, IEstimatesItems, IHasItemWeights, IHasItemEmbeddings, IHasPolicyState
{
    private readonly HLinUcbOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly Population _population;
    private readonly RandomStream _ties;
    private readonly ContextInputs _inputs;
    private readonly DisjointLinearPosterior _items;
    private readonly HiddenUserFeatures _users;
    private readonly PairSums? _pairs;

    public HLinUcbAgent(AgentContext context, HLinUcbOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _population = context.Population;
        _ties = new RandomStream(context.Seed, "hlinucb:ties");
        _inputs = new ContextInputs(_spec, options);
        _items = new DisjointLinearPosterior(_spec.ItemCount, _inputs.Width + options.HiddenSize, options.Ridge, _spec.Device);
        _users = new HiddenUserFeatures(_spec.UserCount, options.HiddenSize, options.HiddenRidge, new RandomStream(context.Seed, "hlinucb:features"), _spec.Device);
        _pairs = options.Sweeps == 0 ? null : new PairSums(_spec.UserCount, _spec.ItemCount, _inputs.Width, _spec.Device);
    }

    /// <summary>θᵢ = (wᵢ, hᵢ), the known part first.</summary>
    internal DisjointLinearPosterior Items => _items;

    internal HiddenUserFeatures Users => _users;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var scope = NewDisposeScope();
        var z = Wide(_inputs.Of(observation), observation.UserIds);
        var scores = _items.Means(z);
        scores = mode == RecommendationMode.Explore
            ? scores.add_(_items.Deviations(z), _options.Alpha).add_(_users.Deviations(observation.UserIds, Loadings()), _options.HiddenAlpha)
            : scores.masked_fill_(_items.Shown.eq(0), double.NegativeInfinity);
        return Ranking.Best(scores, observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        var (users, x) = (feedback.Observation.UserIds, _inputs.Of(feedback.Observation));
        if (_pairs is null)
        {
            _items.Add(Wide(x, users), feedback.Slates, feedback.Responses);
            AddToUsers(users, x, feedback.Slates, feedback.Responses);
            return;
        }
        _items.Count(feedback.Slates);
        _pairs.Add(users, x, feedback.Slates, feedback.Responses);
        for (var sweep = 0; sweep < _options.Sweeps; sweep++)
            Sweep(_pairs);
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var scope = NewDisposeScope();
        return _items.Means(Wide(_inputs.Of(observation), observation.UserIds)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public ItemWeights ItemWeights() => new(
        _items.Weights.to_type(ScalarType.Float32),
        [.. _inputs.Names(_population), .. Enumerable.Range(1, _options.HiddenSize).Select(number => $"hidden {number}")], _items.Scale);

    public Tensor ItemEmbeddings()
    {
        using var loadings = Loadings();
        return loadings.to_type(ScalarType.Float32);
    }

    /// <summary><c>items_shown</c> and <c>weight_norm</c> of the items, and <c>hidden_norm</c>, the mean length of the hidden features of the users who have any.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var lengths = _users.Features.square().sum(1).sqrt_();
        var mean = lengths.sum().div_(lengths.gt(0).sum(ScalarType.Float64).clamp_min_(1.0)).item<double>();
        return new Dictionary<string, double>(_items.Diagnose()) { ["hidden_norm"] = mean };
    }

    /// <summary>Everything but the sums of the pairs, which sweeps alone go over.</summary>
    public void SavePolicy(IStateWriter writer)
    {
        _items.Save(writer.Under("items"));
        _users.Save(writer.Under("users"));
    }

    public void LoadPolicy(IStateReader reader)
    {
        _items.Load(reader.Under("items"));
        _users.Load(reader.Under("users"));
    }

    public void Save(IStateWriter writer)
    {
        SavePolicy(writer);
        _pairs?.Save(writer.Under("pairs"));
    }

    public void Load(IStateReader reader)
    {
        LoadPolicy(reader);
        _pairs?.Load(reader.Under("pairs"));
    }

    public void Dispose()
    {
        _items.Dispose();
        _users.Dispose();
        _pairs?.Dispose();
    }

    /// <summary>Once over all responses: the items' weights given the users' features and how sure those are, then the features given the weights.</summary>
    private void Sweep(PairSums pairs)
    {
        using var scope = NewDisposeScope();
        var (known, hidden) = (_inputs.Width, _options.HiddenSize);
        var squares = zeros([_spec.ItemCount, (known + hidden) * (known + hidden)], ScalarType.Float64, _spec.Device);
        foreach (var (start, count) in ItemPosterior.Parts(_spec.UserCount, known + hidden))
        {
            using var partScope = NewDisposeScope();
            var z = cat([pairs.Inputs.narrow(0, start, count), _users.Features.narrow(0, start, count)], 1);
            var expected = ItemPosterior.Squares(z);
            expected.view(count, known + hidden, known + hidden).narrow(1, known, hidden).narrow(2, known, hidden).add_(_users.Covariances(start, count));
            squares.add_(pairs.Counts.narrow(0, start, count).t().matmul(expected));
        }
        _items.Refit(squares, pairs.Responses.t().matmul(cat([pairs.Inputs, _users.Features], 1)));

        var loadings = Loadings();
        var explained = pairs.Inputs.matmul(_items.Weights.narrow(1, 0, known).t());
        _users.Refit(pairs.Counts.matmul(ItemPosterior.Squares(loadings)), pairs.Responses.sub(explained.mul_(pairs.Counts)).matmul(loadings));
    }

    /// <summary>What the known part of an item's weights leaves unexplained goes to the user's hidden features.</summary>
    private void AddToUsers(Tensor users, Tensor x, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var weights = _items.Weights.index_select(0, slates.reshape(-1)).reshape(slates.size(0), slates.size(1), -1); // [B, K, W + L]
        var rest = responses - weights.narrow(2, 0, _inputs.Width).matmul(x.unsqueeze(2)).squeeze(2);
        _users.Add(users, weights.narrow(2, _inputs.Width, _options.HiddenSize), rest);
    }

    /// <returns>[N, L] float64, hᵢ.</returns>
    private Tensor Loadings() => _items.Weights.narrow(1, _inputs.Width, _options.HiddenSize);

    /// <returns>[B, W + L] float64: the input, then the user's hidden features.</returns>
    private Tensor Wide(Tensor x, Tensor users) => cat([x, _users.Features.index_select(0, users)], 1);
}
