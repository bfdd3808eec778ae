using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of agents with one logistic regression per item.</summary>
public abstract record LogisticOptions : ContextInputOptions
{
    /// <summary>λ, precision of the Gaussian prior on the weights. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Latest responses that are fitted as they are; older ones are summed up in the prior. At least 0. Default 20000.</summary>
    [Range(0, 10_000_000)]
    public int Memory { get; init; } = 20_000;

    /// <summary>Newton steps for each batch at most; a fit that has settled ends earlier. At least 1. Default 10.</summary>
    [Range(1, 1000)]
    public int NewtonSteps { get; init; } = 10;

    /// <summary>The posterior that the options describe. The caller disposes.</summary>
    internal LogisticPosterior Posterior(EnvironmentSpec spec, int width) => new(spec.ItemCount, width, Ridge, Memory, NewtonSteps, spec.Device);
}
