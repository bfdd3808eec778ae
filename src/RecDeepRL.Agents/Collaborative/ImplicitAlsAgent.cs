using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>What the factors are fitted to.</summary>
public enum Preference
{
    /// <summary>Every response counts as it came: answers pull towards 1, missing ones towards 0.</summary>
    Responses,

    /// <summary>1 where the user ever answered, else 0, as in the paper; responses then only weigh.</summary>
    EverAnswered,
}

/// <summary>Options of <c>implicit-als</c>.</summary>
public sealed record ImplicitAlsOptions : FactorOptions, IValidatableObject
{
    /// <summary>Ridge penalty λ on every factor, at least 0.001. Default 5.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 5;

    /// <summary>What a pair's preference is: each response, or whether the user ever answered, as in the paper, whose scores are no probabilities. Default responses.</summary>
    public Preference Preference { get; init; } = Preference.Responses;

    /// <summary>Whether there are biases of users and items around the overall mean; the paper has none. Default true.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>Alternations in each fit, going on from the last fit's items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int Sweeps { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Preference == Preference.EverAnswered && PairEvidence)
            yield return new ValidationResult("pairEvidence was true, must be false where preference is ever-answered, whose scores are no probabilities");
    }
}

/// <summary>Matrix factorisation by weighted alternating least squares (Hu, Koren and Volinsky 2008), with the ridge posterior of each user's factors.</summary>
/// <remarks>Minimises Σ w_ui·(p_ui − m − b_u − c_i − xᵤᵀyᵢ)² + λ(‖x‖² + ‖y‖² + ‖b‖² + ‖c‖²) over all pairs. A user's factors are solved for anew whenever
/// slates are asked for, so that they rest on all of the user's responses. What this deviates in from the paper stands in docs/agents/implicit-als.md.</remarks>
internal sealed class ImplicitAlsAgent : CollaborativeAgent, IHasItemEmbeddings
{
    private readonly ImplicitAlsOptions _options;
    private readonly RandomStream _draws;
    private readonly Tensor _items;
    private readonly Tensor _offset;
    private readonly Tensor _overall;
    private readonly Tensor _ridge;
    private readonly Tensor _squares;

    public ImplicitAlsAgent(AgentContext context, ImplicitAlsOptions options)
        : base(context, "implicit-als", options)
    {
        using var scope = NewDisposeScope();
        var (itemCount, device) = (context.Spec.ItemCount, context.Spec.Device);
        _options = options;
        _draws = new RandomStream(context.Seed, "implicit-als:users");
        _items = Widened(new RandomStream(context.Seed, "implicit-als:items").Normal(0, device, itemCount, options.Factors).to_type(ScalarType.Float64).mul_(0.1)).DetachFromDisposeScope();
        _offset = zeros([itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        _overall = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
        _ridge = full([_items.size(1)], options.Ridge, ScalarType.Float64, device).DetachFromDisposeScope();
        _squares = RidgeRows.Squares(_items).DetachFromDisposeScope();
    }

    /// <summary>[N, F] float64 yᵢ, with a column of ones for the user's bias where there are biases. Borrowed.</summary>
    internal Tensor Items => _items;

    /// <summary>[N] float64, m + c_i. Borrowed.</summary>
    internal Tensor Offset => _offset;

    /// <summary>With the paper's preference it is a score and no response.</summary>
    public override EstimateKind EstimateKind => _options.Preference == Preference.EverAnswered ? EstimateKind.Score : EstimateKind.Response;

    public Tensor ItemEmbeddings()
    {
        using var factors = _items.narrow(1, 0, _options.Factors);
        return factors.to_type(ScalarType.Float32);
    }

    protected override long ValuesPerUser => Math.Max(_items.size(0), _squares.size(1));

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("items", _items);
        writer.Write("offset", _offset);
        writer.Write("overall", _overall);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("items", _items);
        reader.ReadInto("offset", _offset);
        reader.ReadInto("overall", _overall);
        using var squares = RidgeRows.Squares(_items);
        _squares.copy_(squares);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var tensor in new[] { _items, _offset, _overall, _ridge, _squares })
            tensor.Dispose();
    }

    /// <summary>Each user's factors, and the bias last where there are biases, given the items.</summary>
    internal UserPosterior Posterior(Tensor users)
    {
        var (weights, targets) = Weighed(Of(Pairs.Shown, users), Of(Pairs.Responses, users));
        var factor = RidgeRows.Factor(weights, _squares, _ridge);
        return new UserPosterior(RidgeRows.Mean(factor, targets.sub_(weights.mul_(_offset)), _items), factor, _items, _squares);
    }

    protected override void Fit()
    {
        using var scope = NewDisposeScope();
        var (weights, targets) = Weighed(Pairs.Shown, Pairs.Responses);
        var overall = Pairs.Responses.sum(ScalarType.Float64) / Pairs.Shown.sum(ScalarType.Float64);
        if (_options.Biases)
            _offset.add_(overall - _overall);
        _overall.copy_(overall);
        for (var sweep = 0; sweep < _options.Sweeps; sweep++)
        {
            using var sweepScope = NewDisposeScope();
            var users = RidgeRows.Solve(weights, targets - (weights * Single(_offset)), Single(_items), _ridge);
            // What is asked of an item is the factors and, with a one for every user, its bias around the mean; a user's bias moves to the targets.
            var known = _options.Biases ? users.narrow(1, _options.Factors, 1) + _overall : zeros([users.size(0), 1], ScalarType.Float64, users.device);
            var features = Widened(users.narrow(1, 0, _options.Factors));
            var items = RidgeRows.Solve(weights.t(), (targets - (weights * Single(known))).t(), Single(features), _ridge);
            _items.narrow(1, 0, _options.Factors).copy_(items.narrow(1, 0, _options.Factors));
            if (_options.Biases)
                _offset.copy_(items.select(1, _options.Factors) + _overall);
        }
        _squares.copy_(RidgeRows.Squares(_items));
    }

    protected override Tensor Model(Tensor users)
    {
        using var scope = NewDisposeScope();
        return Posterior(users).Means().add_(_offset).MoveToOuterDisposeScope();
    }

    protected override (Tensor Means, Tensor? Variances) ModelWithVariance(Tensor users)
    {
        if (!_options.FactorUncertainty)
            return base.ModelWithVariance(users);
        var posterior = Posterior(users);
        return (posterior.Means().add_(_offset), posterior.Variances().mul_(Noise()));
    }

    protected override Tensor ModelDraw(Tensor users, long drawKey)
    {
        if (!_options.FactorUncertainty)
            return Model(users);
        using var scope = NewDisposeScope();
        var noise = _draws.Normal(drawKey, Ranking.Lanes(users, _items.size(1))).to_type(ScalarType.Float64).mul_(Noise().sqrt_());
        return Posterior(users).Draw(noise, _options.Width).add_(_offset).MoveToOuterDisposeScope();
    }

    /// <summary>The variance of one response, at the overall mean.</summary>
    private Tensor Noise() => _overall * (1 - _overall);

    /// <returns>The weight w of each pair, and w·p.</returns>
    private (Tensor Weights, Tensor Targets) Weighed(Tensor shown, Tensor responses)
    {
        var weights = (responses * (_options.AnswerWeight - _options.MissWeight)).add_(shown, alpha: _options.MissWeight).add_(_options.PairWeight);
        var targets = _options.Preference == Preference.EverAnswered
            ? weights * responses.gt(0).to_type(responses.dtype)
            : responses * _options.AnswerWeight;
        return (weights, targets);
    }

    private Tensor Widened(Tensor factors) => _options.Biases ? cat([factors, ones([factors.size(0), 1], factors.dtype, factors.device)], 1) : factors.clone();

    private static Tensor Single(Tensor tensor) => tensor.to_type(ScalarType.Float32);
}
