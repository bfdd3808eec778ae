using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>What follows a line.</summary>
public enum TrendScale
{
    /// <summary>The log-odds of a response.</summary>
    Logit,

    /// <summary>The probability of a response.</summary>
    Probability,
}

/// <summary>What is known of an item before it is shown.</summary>
/// <param name="Mean">Its response, in (0, 1).</param>
/// <param name="Deviation">Standard deviation of the level, on the scale.</param>
/// <param name="SlopeDeviation">Standard deviation of the slope per round, on the scale.</param>
internal sealed record TrendPrior(double Mean, double Deviation, double SlopeDeviation);

/// <summary>How trends wander.</summary>
/// <param name="Level">Standard deviation of a level's own steps.</param>
/// <param name="Slope">Standard deviation of a slope's own steps.</param>
/// <param name="Damping">φ, what is left of a slope after a round.</param>
internal sealed record TrendNoise(double Level, double Slope, double Damping);

/// <summary>A local linear trend for each item: level and slope, each a random walk, known up to a normal distribution.</summary>
/// <remarks>levelₜ₊₁ = levelₜ + slopeₜ + noise, slopeₜ₊₁ = φ·slopeₜ + noise: Harvey 1989, section 2.3.2, with a damped slope. A round's responses to an
/// item are binomial given its level. On the logit the posterior of the level is taken as normal around its mode, with the curvature
/// there for precision (Laplace; Fahrmeir 1992). On the probability it is Kalman's, with the variance q·(1 − q)/n of a mean response,
/// q = (s + 1)/(n + 2). The slope follows by its covariance with the level.</remarks>
internal sealed class LocalTrends : IDisposable
{
    private readonly TrendScale _scale;
    private readonly TrendNoise _noise;
    private readonly Tensor _state; // [5, N]: mean of level and slope, their variances and covariance, for the round to come.

    public LocalTrends(EnvironmentSpec spec, TrendScale scale, TrendPrior prior, TrendNoise noise)
    {
        (_scale, _noise) = (scale, noise);
        var level = scale == TrendScale.Logit ? Math.Log(prior.Mean / (1 - prior.Mean)) : prior.Mean;
        using var scope = NewDisposeScope();
        var start = tensor(new[] { level, 0, prior.Deviation * prior.Deviation, prior.SlopeDeviation * prior.SlopeDeviation, 0 }, device: spec.Device);
        _state = start.unsqueeze(1).expand(-1, spec.ItemCount).clone().DetachFromDisposeScope();
    }

    /// <summary>The response that the level of the round to come stands for.</summary>
    /// <returns>[N] float64, in [0, 1].</returns>
    public Tensor Responses() => _scale == TrendScale.Logit ? _state.select(0, 0).sigmoid() : _state.select(0, 0).clamp(0.0, 1.0);

    /// <summary>What is known of the level so many rounds after the one to come.</summary>
    /// <returns>Mean and variance, [N] float64.</returns>
    public (Tensor Mean, Tensor Variance) Ahead(double rounds)
    {
        var (level, slope, variance, slopeVariance, covariance) = Parts();
        return (level + (slope * rounds), variance + (covariance * (2 * rounds)) + (slopeVariance * (rounds * rounds)));
    }

    /// <summary>Learns a round's responses and moves on to the next round.</summary>
    /// <param name="shown">[N], n; 0 where an item was not shown.</param>
    /// <param name="responses">[N], s in [0, n].</param>
    public void Learn(Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var (level, slope, variance, slopeVariance, covariance) = Parts();
        var (mode, posterior) = _scale == TrendScale.Logit ? Mode(level, variance, shown, responses) : Filtered(level, variance, shown, responses);
        var gain = covariance / variance;
        slope += gain * (mode - level);
        slopeVariance -= gain * gain * (variance - posterior);
        covariance = gain * posterior;

        _state.copy_(stack([
            mode + slope,
            slope * _noise.Damping,
            posterior + (covariance * 2.0) + slopeVariance + (_noise.Level * _noise.Level),
            (slopeVariance * (_noise.Damping * _noise.Damping)) + (_noise.Slope * _noise.Slope),
            (covariance + slopeVariance) * _noise.Damping,
        ]));
    }

    public void Save(IStateWriter writer) => writer.Write("trends", _state);

    public void Load(IStateReader reader) => reader.ReadInto("trends", _state);

    public void Dispose() => _state.Dispose();

    /// <summary>The mode of N(level, variance) times the binomial likelihood, by Newton's method, and the variance that its curvature gives.</summary>
    /// <remarks>The logarithm is concave. Steps of at most 1 keep Newton's method from overshooting where the likelihood is flat.</remarks>
    internal static (Tensor Mode, Tensor Variance) Mode(Tensor level, Tensor variance, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var mode = level;
        for (var step = 0; step < 25; step++)
        {
            using var stepScope = NewDisposeScope();
            var mean = mode.sigmoid();
            var slope = responses - (shown * mean) - ((mode - level) / variance);
            var curvature = (shown * mean * (1 - mean)) + variance.reciprocal();
            mode = (mode + (slope / curvature).clamp_(-1.0, 1.0)).MoveToOuterDisposeScope();
        }
        var probability = mode.sigmoid();
        var posterior = ((shown * probability * (1 - probability)) + variance.reciprocal()).reciprocal_();
        return (mode.MoveToOuterDisposeScope(), posterior.MoveToOuterDisposeScope());
    }

    private static (Tensor Level, Tensor Variance) Filtered(Tensor level, Tensor variance, Tensor shown, Tensor responses)
    {
        var chance = (responses + 1.0) / (shown + 2.0);
        // By precisions, so that an item not shown, of precision 0, stays as it was.
        var precision = shown / (chance * (1 - chance));
        var posterior = (precision + variance.reciprocal()).reciprocal_();
        var surprise = (responses / shown.clamp_min(1.0)) - level;
        return (level + (posterior * precision * surprise), posterior);
    }

    private (Tensor Level, Tensor Slope, Tensor Variance, Tensor SlopeVariance, Tensor Covariance) Parts() =>
        (_state.select(0, 0), _state.select(0, 1), _state.select(0, 2), _state.select(0, 3), _state.select(0, 4));
}
