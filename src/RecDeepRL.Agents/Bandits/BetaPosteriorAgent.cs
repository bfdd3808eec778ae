using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of every agent with Beta posteriors.</summary>
public abstract record BetaPosteriorOptions
{
    /// <summary>α of the Beta prior: responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorSuccesses { get; init; } = 1;

    /// <summary>β of the Beta prior: missing responses counted before any was seen. Above 0. Default 1.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double PriorFailures { get; init; } = 1;
}

/// <summary>Thompson sampling with Beta posteriors, whatever is remembered: θᵤᵢ ~ Beta(α + sᵢ, β + nᵢ − sᵢ), drawn for every pair of user and
/// item apart. Responses have to lie in [0, 1].</summary>
internal abstract class BetaPosteriorAgent : PosteriorAgent
{
    private readonly BetaPosteriorOptions _options;
    private readonly RandomStream _draws;

    protected BetaPosteriorAgent(AgentContext context, string name, BetaPosteriorOptions options, ItemStatistics statistics) : base(context, name, statistics) =>
        (_options, _draws) = (options, Stream("draws"));

    private Tensor Successes => Statistics.Responses + _options.PriorSuccesses;

    protected sealed override Tensor Draw(long drawKey, Tensor users, Tensor lanes)
    {
        var failures = (Statistics.Shown - Statistics.Responses).clamp_min_(0.0) + _options.PriorFailures;
        return _draws.Beta(drawKey, lanes, Successes, failures);
    }

    /// <summary>(α + sᵢ)/(α + β + nᵢ).</summary>
    protected sealed override Tensor Means() => Successes / (Statistics.Shown + (_options.PriorSuccesses + _options.PriorFailures));
}
