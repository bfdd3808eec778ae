using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>One logistic regression for each item, P(response) = σ(wᵢᵀx), with the Laplace approximation of its posterior: θᵢ is the most probable weight
/// vector, Σᵢ the inverse of Hᵢ = Qᵢ + Σ p(1 − p)·xxᵀ there. N items, inputs of width W.</summary>
/// <remarks>The latest rows are fitted as they are, by Newton's method from the last fit, all items at once. A row that leaves enters the Gaussian prior, with precision Qᵢ and
/// precision times mean qᵢ, by the second-order expansion of its log-likelihood at the fit: Qᵢ += s·xxᵀ, qᵢ += (s·θᵢᵀx + r − p)·x with s = p(1 − p). The fit
/// stays where it is then. With room for no row this is the online Laplace approximation of Chapelle and Li 2011, algorithm 3, with full instead of
/// diagonal covariance; with room for all rows it is the fit to all of them. A step that lowers an item's log-posterior is taken back and the next one halved.</remarks>
internal sealed class LogisticPosterior : ItemPosterior
{
    /// <summary>Newton's method ends when no weight moves by more: its error is then about the square.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>Share of a log-posterior by which it may fall with a step that is kept: far above rounding, far below what an overshooting step costs.</summary>
    private const double Slack = 1e-10;

    private readonly int _memory;
    private readonly int _mostSteps;
    private readonly Tensor _priorPrecision;
    private readonly Tensor _priorMoment;
    private readonly RecentRows _rows;

    /// <param name="itemCount">N.</param>
    /// <param name="width">W, width of an input.</param>
    /// <param name="ridge">λ, above 0: the prior is N(0, I/λ).</param>
    /// <param name="memory">Rows that are fitted as they are, at least 0.</param>
    /// <param name="mostSteps">Newton steps for each batch, at least 1.</param>
    public LogisticPosterior(int itemCount, int width, double ridge, int memory, int mostSteps, Device device)
        : base(itemCount, width, ridge, device)
    {
        using var scope = NewDisposeScope();
        _memory = memory;
        _mostSteps = mostSteps;
        _priorPrecision = eye(width, dtype: ScalarType.Float64, device: device).mul_(ridge).reshape(1, -1).repeat(itemCount, 1).DetachFromDisposeScope();
        _priorMoment = zeros([itemCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
        _rows = new RecentRows(width, device);
    }

    public override string Scale => "log-odds";

    public override Tensor Responses(Tensor inputs)
    {
        using var scores = Means(inputs);
        return scores.sigmoid();
    }

    public override void Add(Tensor inputs, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        Count(slates);
        _rows.Add(inputs, slates, responses);
        Fit();
        Fold();
    }

    /// <summary>Writes what a question is answered with: not the prior and not the rows.</summary>
    public void SavePolicy(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("weights", Weights);
        writer.Write("covariance", Covariance);
    }

    public void LoadPolicy(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("weights", Weights);
        reader.ReadInto("covariance", Covariance);
    }

    public override void Save(IStateWriter writer)
    {
        SavePolicy(writer);
        writer.Write("priorPrecision", _priorPrecision);
        writer.Write("priorMoment", _priorMoment);
        _rows.Save(writer.Under("rows"));
    }

    public override void Load(IStateReader reader)
    {
        LoadPolicy(reader);
        reader.ReadInto("priorPrecision", _priorPrecision);
        reader.ReadInto("priorMoment", _priorMoment);
        _rows.Load(reader.Under("rows"));
    }

    protected override void DisposeOwn()
    {
        _priorPrecision.Dispose();
        _priorMoment.Dispose();
        _rows.Dispose();
    }

    private void Fit()
    {
        var pace = ones([Weights.size(0), 1], ScalarType.Float64, Weights.device);
        var before = LogPosterior(Weights);
        for (var step = 0; step < _mostSteps; step++)
        {
            using var scope = NewDisposeScope();
            var (gradient, precision) = Expand(0, _rows.Count, addsPrior: true);
            var move = gradient.unsqueeze(2).cholesky_solve(Factor(precision)).squeeze(2).mul_(pace);
            var moved = Weights + move;
            var after = LogPosterior(moved);
            // Near the optimum a step gains less than rounding takes from a log-posterior, and is right all the same.
            var better = after.ge(before - before.abs().add_(1.0).mul_(Slack)).unsqueeze(1);
            var ends = move.abs().max().item<double>() < Tolerance;
            Weights.copy_(where(better, moved, Weights));
            before.copy_(where(better.squeeze(1), after, before));
            pace.copy_(where(better, pace.mul(2.0).clamp_max_(1.0), pace.mul(.5)));
            if (ends)
                break;
        }
        var (_, final) = Expand(0, _rows.Count, addsPrior: true);
        Covariance.copy_(Factor(final).cholesky_inverse().reshape(-1, Width * Width));
    }

    /// <summary>Moves rows for which there is no room into the prior.</summary>
    private void Fold()
    {
        var leaving = _rows.Count - _memory;
        if (leaving <= 0)
            return;
        using var scope = NewDisposeScope();
        var (gradient, precision) = Expand(0, leaving, addsPrior: false);
        _priorPrecision.add_(precision);
        _priorMoment.add_(gradient).add_(precision.reshape(-1, Width, Width).matmul(Weights.unsqueeze(2)).squeeze(2));
        _rows.Trim(_memory);
    }

    /// <summary>Gradient and negative second derivative of the log-posterior at the weights, from some of the rows.</summary>
    /// <returns>[N, W] and [N, W·W] float64.</returns>
    private (Tensor Gradient, Tensor Precision) Expand(long first, long count, bool addsPrior)
    {
        using var scope = NewDisposeScope();
        var precision = addsPrior ? _priorPrecision.clone() : zeros_like(_priorPrecision);
        var gradient = addsPrior
            ? _priorMoment - _priorPrecision.reshape(-1, Width, Width).matmul(Weights.unsqueeze(2)).squeeze(2)
            : zeros_like(_priorMoment);
        foreach (var (start, length) in Parts(count, Width))
        {
            using var partScope = NewDisposeScope();
            var inputs = _rows.Inputs.narrow(0, first + start, length);
            var items = _rows.Items.narrow(0, first + start, length);
            var probabilities = Scores(Weights, first + start, length).sigmoid_().unsqueeze(1);
            gradient.index_add_(0, items, inputs * (_rows.Responses.narrow(0, first + start, length).unsqueeze(1) - probabilities), 1);
            precision.index_add_(0, items, Squares(inputs).mul_(probabilities * (1 - probabilities)), 1);
        }
        return (gradient.MoveToOuterDisposeScope(), precision.MoveToOuterDisposeScope());
    }

    /// <returns>[N] float64, each item's log-posterior up to a constant: Σ r·η − ln(1 + eᶯ) − ½wᵀQw + qᵀw.</returns>
    private Tensor LogPosterior(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var scores = Scores(weights, 0, _rows.Count);
        var prior = _priorMoment - _priorPrecision.reshape(-1, Width, Width).matmul(weights.unsqueeze(2)).squeeze(2).mul_(.5);
        return prior.mul_(weights).sum(1)
            .index_add_(0, _rows.Items, _rows.Responses.mul(scores).sub_(nn.functional.softplus(scores)), 1).MoveToOuterDisposeScope();
    }

    /// <returns>[R] float64, wᵢᵀx of each row.</returns>
    private Tensor Scores(Tensor weights, long start, long count)
    {
        using var scope = NewDisposeScope();
        return weights.index_select(0, _rows.Items.narrow(0, start, count)).mul_(_rows.Inputs.narrow(0, start, count)).sum(1).MoveToOuterDisposeScope();
    }
}
