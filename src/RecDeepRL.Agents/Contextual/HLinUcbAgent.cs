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

    /// <summary>How many standard deviations of the user's hidden features the exploration bonus is worth. At least 0. Default 0.3.</summary>
    [Range(0.0, double.MaxValue)]
    public double HiddenAlpha { get; init; } = 0.3;

    /// <summary>L, hidden features of each user, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int HiddenSize { get; init; } = 4;

    /// <summary>Strength of the ridge penalty on the items' weights. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Strength of the ridge penalty on the users' hidden features; with sweeps also the variance of a response. At least 0.001. Default 0.1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double HiddenRidge { get; init; } = 0.1;

    /// <summary>Sweeps of expectation-maximisation over the log in each round; 0 adds each response once to sums, as the paper does. At least 0. Default 1.</summary>
    [Range(0, 1000)]
    public int Sweeps { get; init; } = 1;

    /// <summary>Latest responses that the sweeps go over. At least 1. Default 100000.</summary>
    [Range(1, 10_000_000)]
    public int Memory { get; init; } = 100_000;
}

/// <summary>LinUCB whose input has, beside what is known of a user, features that are learned from the user's own responses (hLinUCB).</summary>
/// <remarks>score = θᵢᵀ(x, vᵤ) + α·√((x, vᵤ)ᵀAᵢ⁻¹(x, vᵤ)) + α′·√(hᵢᵀCᵤ⁻¹hᵢ), with θᵢ = (wᵢ, hᵢ). Wang, Wu and Wang 2016, Learning Hidden Features for
/// Contextual Bandits, algorithm 1. What this deviates in from the paper stands in docs/agents/hlinucb.md.</remarks>
internal sealed class HLinUcbAgent : IAgent
{
    private readonly HLinUcbOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _ties;
    private readonly ContextInputs _inputs;
    private readonly DisjointLinearPosterior _items;
    private readonly HiddenUserFeatures _users;
    private readonly RecentRows _rows;

    public HLinUcbAgent(AgentContext context, HLinUcbOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _ties = new RandomStream(context.Seed, "hlinucb:ties");
        _inputs = new ContextInputs(_spec, options);
        _items = new DisjointLinearPosterior(_spec.ItemCount, _inputs.Width + options.HiddenSize, options.Ridge, _spec.Device);
        _users = new HiddenUserFeatures(_spec.UserCount, options.HiddenSize, options.HiddenRidge, new RandomStream(context.Seed, "hlinucb:features"), _spec.Device);
        _rows = new RecentRows(_inputs.Width, _spec.Device, keepsUsers: true);
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
        if (_options.Sweeps == 0)
        {
            _items.Add(Wide(x, users), feedback.Slates, feedback.Responses);
            for (var slot = 0; slot < feedback.Slates.shape[1]; slot++)
                AddToUsers(users, x, feedback.Slates.select(1, slot), feedback.Responses.select(1, slot));
            _users.Solve();
            return;
        }
        _items.Count(feedback.Slates);
        _rows.Add(x, feedback.Slates, feedback.Responses, users);
        _rows.Trim(_options.Memory);
        for (var sweep = 0; sweep < _options.Sweeps; sweep++)
            Sweep();
    }

    /// <summary><c>items_shown</c> and <c>weight_norm</c> of the items, and <c>hidden_norm</c>, the mean length of the hidden features of the users who have any.</summary>
    public IReadOnlyDictionary<string, double> Diagnose()
    {
        using var scope = NewDisposeScope();
        var lengths = _users.Features.square().sum(1).sqrt_();
        var mean = lengths.sum().div_(lengths.gt(0).sum(ScalarType.Float64).clamp_min_(1.0)).item<double>();
        return new Dictionary<string, double>(_items.Diagnose()) { ["hidden_norm"] = mean };
    }

    public void Save(IStateWriter writer)
    {
        _items.Save(writer.Under("items"));
        _users.Save(writer.Under("users"));
        _rows.Save(writer.Under("rows"));
    }

    public void Load(IStateReader reader)
    {
        _items.Load(reader.Under("items"));
        _users.Load(reader.Under("users"));
        _rows.Load(reader.Under("rows"));
    }

    public void Dispose()
    {
        _items.Dispose();
        _users.Dispose();
        _rows.Dispose();
    }

    /// <summary>Once over the log: the items' weights given the users' features and how sure those are, then the features given the weights.</summary>
    private void Sweep()
    {
        _items.Restart();
        foreach (var (start, count) in ItemPosterior.Parts(_rows.Count, _inputs.Width + _options.HiddenSize))
        {
            using var scope = NewDisposeScope();
            var users = _rows.Users.narrow(0, start, count);
            var z = Wide(_rows.Inputs.narrow(0, start, count), users);
            var squares = ItemPosterior.Squares(z);
            squares.reshape(count, z.shape[1], z.shape[1])
                .narrow(1, _inputs.Width, _options.HiddenSize).narrow(2, _inputs.Width, _options.HiddenSize).add_(_users.Covariances(users));
            _items.Accumulate(z, squares, _rows.Items.narrow(0, start, count), _rows.Responses.narrow(0, start, count));
        }
        _items.Refactor();

        _users.Restart();
        foreach (var (start, count) in ItemPosterior.Parts(_rows.Count, _inputs.Width + _options.HiddenSize))
            AddToUsers(_rows.Users.narrow(0, start, count), _rows.Inputs.narrow(0, start, count), _rows.Items.narrow(0, start, count), _rows.Responses.narrow(0, start, count));
        _users.Solve();
    }

    /// <summary>What the known part of an item's weights leaves unexplained goes to the user's hidden features.</summary>
    private void AddToUsers(Tensor users, Tensor x, Tensor items, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var weights = _items.Weights.index_select(0, items);
        var rest = responses - weights.narrow(1, 0, _inputs.Width).mul(x).sum(1);
        _users.Add(users, weights.narrow(1, _inputs.Width, _options.HiddenSize), rest);
    }

    private Tensor Loadings() => _items.Weights.narrow(1, _inputs.Width, _options.HiddenSize);

    /// <returns>[B, W + L] float64: the input, then the user's hidden features.</returns>
    private Tensor Wide(Tensor x, Tensor users) => cat([x, _users.Features.index_select(0, users)], 1);
}
