using System.ComponentModel.DataAnnotations;
using MathNet.Numerics.Distributions;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of Bayes-UCB.</summary>
public sealed record BayesUcbOptions : IndexOptions
{
    /// <summary>α of the Beta prior: responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorSuccesses { get; init; } = 1;

    /// <summary>β of the Beta prior: missing responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorFailures { get; init; } = 1;

    /// <summary>c, the power of ln T in the level 1 − 1/(n·(ln T)ᶜ). At least 0; 5 or more in the paper's theorem, 0 in its experiments. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double LogarithmPower { get; init; }
}

/// <summary>Upper confidence bounds that are quantiles of the posterior.</summary>
/// <remarks>index = the quantile 1 − 1/(n·(ln T)ᶜ) of Beta(α + sᵢ, β + nᵢ − sᵢ). Kaufmann, Cappé and Garivier 2012, algorithm 1.
/// Deviates: T, the horizon, counts as the showings so far; virtual counts shrink the distance between quantile and mean like the deviation
/// of a Beta distribution, by √((α + β + nᵢ + 1)/(α + β + nᵢ + m + 1)), and compute no further quantiles. Each quantile is found on the CPU,
/// item by item, some tens of microseconds each.</remarks>
internal sealed class BayesUcbAgent(AgentContext context, BayesUcbOptions options) : IndexAgent(context, "bayes-ucb", options, new ItemStatistics(context.Spec))
{
    protected internal override Tensor Index(ItemFigures figures)
    {
        var (alpha, beta) = Posterior(figures);
        var (alphas, betas) = (alpha.cpu().data<double>().ToArray(), beta.cpu().data<double>().ToArray());
        var total = figures.Total.cpu().item<double>();
        var level = 1 - (1 / (Math.Max(total, Math.E) * Math.Pow(Math.Log(Math.Max(total, Math.E)), options.LogarithmPower)));
        return tensor(alphas.Zip(betas, (a, b) => Beta.InvCDF(a, b, level)).ToArray(), alpha.shape, device: alpha.device);
    }

    protected override Tensor IndexAfter(ItemFigures figures, Tensor further)
    {
        var (alpha, beta) = Posterior(figures);
        var weight = alpha + beta + 1.0;
        var mean = alpha / (alpha + beta);
        return mean + ((Index(figures) - mean) * (weight / (weight + further)).sqrt_());
    }

    private (Tensor Alpha, Tensor Beta) Posterior(ItemFigures figures)
    {
        var successes = figures.Shown * figures.Mean;
        return (successes + options.PriorSuccesses, (figures.Shown - successes).clamp_min_(0.0) + options.PriorFailures);
    }
}
