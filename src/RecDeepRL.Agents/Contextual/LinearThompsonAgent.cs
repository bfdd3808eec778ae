using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of linear Thompson sampling.</summary>
public sealed record LinearThompsonOptions : ContextInputOptions
{
    /// <summary>v, factor of the posterior's standard deviation; 0 is greedy. At least 0. Default 0.3.</summary>
    [Range(0.0, double.MaxValue)]
    public double Scale { get; init; } = 0.3;

    /// <summary>λ, strength of the ridge penalty: the precision of the prior. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;
}

/// <summary>Thompson sampling on a reward linear in the user features, one Bayesian ridge regression per item.</summary>
/// <remarks>θ̃ᵢ ~ N(θᵢ, v²Aᵢ⁻¹), score = θ̃ᵢᵀx, drawn for each user anew. Agrawal and Goyal 2013, algorithm 1, with one regression per item as in LinUCB.
/// Deviates: batches; a bias term; v is an option instead of the paper's bound, which hardly exploits at horizons like ours.
/// Exploit mode ranks by θᵢᵀx and puts items never shown last.</remarks>
internal sealed class LinearThompsonAgent : SamplingAgent<DisjointLinearPosterior>, ILearnsFromSums
{
    public LinearThompsonAgent(AgentContext context, LinearThompsonOptions options)
        : this(context, options, new ContextInputs(context.Spec, options))
    {
    }

    private LinearThompsonAgent(AgentContext context, LinearThompsonOptions options, ContextInputs inputs)
        : base(context, "linear-thompson", inputs, new DisjointLinearPosterior(context.Spec.ItemCount, inputs.Width, options.Ridge, context.Spec.Device), options.Scale)
    {
    }

    public void SumUp(Feedback feedback, IStateWriter sums)
    {
        using var x = Inputs.Of(feedback.Observation);
        Posterior.SumUp(x, feedback.Slates, feedback.Responses, sums);
    }

    public void LearnSums(IStateReader sums) => Posterior.Add(sums);
}
