using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>Options of <c>logistic-mf</c>.</summary>
public sealed record LogisticMfOptions : FactorOptions
{
    /// <summary>Ridge penalty λ on every factor and bias, at least 0.001. Default 5.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 5;

    /// <summary>Learning rate of Adam, in (0, 1]. Default 0.03.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.03;

    /// <summary>Gradient steps in each fit, going on from where the last fit ended. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int Steps { get; init; } = 10;

    /// <summary>Users drawn for a gradient step, each with all that is known of them; none for everybody. Default 500.</summary>
    [Range(1, int.MaxValue)]
    public int? BatchUsers { get; init; } = 500;
}

/// <summary>Logistic matrix factorisation (Johnson 2014), with the Laplace posterior of each user's factors.</summary>
/// <remarks>p̂ = σ(m + b_u + c_i + xᵤᵀyᵢ), with m the logit of the mean response. What this deviates in from the paper stands in docs/agents/logistic-mf.md.</remarks>
internal sealed class LogisticMfAgent : CollaborativeAgent, IHasItemEmbeddings
{
    private readonly LogisticMfOptions _options;
    private readonly RandomStream _draws;
    private readonly LogisticFactors _factors;
    private readonly Tensor _ridge;

    public LogisticMfAgent(AgentContext context, LogisticMfOptions options)
        : base(context, "logistic-mf", options)
    {
        _options = options;
        _draws = new RandomStream(context.Seed, "logistic-mf:users");
        _factors = new LogisticFactors(context, options);
        _ridge = full([options.Factors + 1], options.Ridge, ScalarType.Float64, context.Spec.Device).DetachFromDisposeScope();
    }

    internal LogisticFactors Factors => _factors;

    protected override long ValuesPerUser => _options is { Posterior: not PosteriorExploration.None, FactorUncertainty: true }
        ? Math.Max(Context.Spec.ItemCount, _ridge.size(0) * _ridge.size(0))
        : Context.Spec.ItemCount;

    public Tensor ItemEmbeddings()
    {
        using var factors = _factors.Items.narrow(1, 0, _options.Factors);
        return factors.clone();
    }

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        _factors.Save(writer.Under("factors"));
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        _factors.Load(reader.Under("factors"));
    }

    public override void Dispose()
    {
        base.Dispose();
        _factors.Dispose();
        _ridge.Dispose();
    }

    /// <summary>Each user's factors and bias given the items: normal around one Newton step from where they stand, with the precision there.</summary>
    internal (UserPosterior Posterior, Tensor Offset) Posterior(Tensor users)
    {
        var (total, answers) = Weighed(Of(Pairs.Shown, users), Of(Pairs.Responses, users));
        var (own, features, offset) = _factors.Given(users);
        var probabilities = own.matmul(features.t()).add_(offset).sigmoid_();
        var squares = RidgeRows.Squares(features);
        var factor = RidgeRows.Factor(total * probabilities * (1.0 - probabilities), squares, _ridge);
        var gradient = (total * probabilities).sub_(answers).matmul(features).add_(own * _ridge);
        return (new UserPosterior(own - gradient.unsqueeze(2).cholesky_solve(factor).squeeze(2), factor, features, squares), offset);
    }

    protected override void Fit()
    {
        using var scope = NewDisposeScope();
        var (total, answers) = Weighed(Pairs.Shown, Pairs.Responses);
        _factors.Fit(total, answers);
    }

    protected override Tensor Model(Tensor users)
    {
        using var scope = NewDisposeScope();
        return _factors.Logits(users).sigmoid_().MoveToOuterDisposeScope();
    }

    protected override (Tensor Means, Tensor? Variances) ModelWithVariance(Tensor users)
    {
        if (!_options.FactorUncertainty)
            return base.ModelWithVariance(users);
        var (posterior, offset) = Posterior(users);
        var means = posterior.Means().add_(offset).sigmoid_();
        return (means, (means * (1.0 - means)).pow_(2).mul_(posterior.Variances()));
    }

    protected override Tensor ModelDraw(Tensor users, long drawKey)
    {
        if (!_options.FactorUncertainty)
            return Model(users);
        using var scope = NewDisposeScope();
        var noise = _draws.Normal(drawKey, Ranking.Lanes(users, _ridge.size(0))).to_type(ScalarType.Float64);
        var (posterior, offset) = Posterior(users);
        return posterior.Draw(noise, _options.Width).add_(offset).sigmoid_().MoveToOuterDisposeScope();
    }

    /// <returns>How often each pair counts, and how often as answered.</returns>
    internal (Tensor Total, Tensor Answers) Weighed(Tensor shown, Tensor responses)
    {
        if (_options is { AnswerWeight: 1, MissWeight: 1, PairWeight: 0 })
            return (shown, responses);
        var answers = responses * _options.AnswerWeight;
        return ((shown - responses).mul_(_options.MissWeight).add_(answers).add_(_options.PairWeight), answers);
    }
}
