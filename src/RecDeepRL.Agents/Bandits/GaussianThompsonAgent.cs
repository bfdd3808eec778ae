using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of Gaussian Thompson sampling.</summary>
public sealed record GaussianThompsonOptions
{
    /// <summary>Mean of the prior of an item's mean response. Any number. Default 0.5.</summary>
    [Range(double.MinValue, double.MaxValue)]
    public double PriorMean { get; init; } = 0.5;

    /// <summary>Standard deviation of that prior. Above 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorDeviation { get; init; } = 0.5;

    /// <summary>σ, standard deviation of single responses around their mean; of clicks it is at most 0.5. Above 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double ResponseDeviation { get; init; } = 0.5;
}

/// <summary>Thompson sampling on the mean response of each item, with a normal posterior: for responses of any size.</summary>
/// <remarks>With k = σ²/τ² for a prior of standard deviation τ, the posterior is N((k·m + sᵢ)/(k + nᵢ), σ²/(k + nᵢ)). Agrawal and Goyal 2013,
/// algorithm 2, is σ = 1, m = 0, k = 1.</remarks>
internal sealed class GaussianThompsonAgent : PosteriorAgent
{
    private readonly GaussianThompsonOptions _options;
    private readonly RandomStream _draws;

    public GaussianThompsonAgent(AgentContext context, GaussianThompsonOptions options) : base(context, "gaussian-thompson", new ItemStatistics(context.Spec)) =>
        (_options, _draws) = (options, Stream("draws"));

    private double PriorStrength => Math.Pow(_options.ResponseDeviation / _options.PriorDeviation, 2);

    protected override Tensor Draw(long drawKey, Tensor users, Tensor lanes)
    {
        var deviation = (Statistics.Shown + PriorStrength).rsqrt_().mul_(_options.ResponseDeviation);
        return Means() + (_draws.Normal(drawKey, lanes) * deviation);
    }

    protected override Tensor Means() => (Statistics.Responses + (PriorStrength * _options.PriorMean)) / (Statistics.Shown + PriorStrength);
}
