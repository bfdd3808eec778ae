using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of LinUCB.</summary>
public sealed record LinUcbOptions : ContextInputOptions
{
    /// <summary>α, how many standard deviations the exploration bonus is worth. At least 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>λ, strength of the ridge penalty. At least 0.001. Default 1.</summary>
    [Range(1e-3, double.MaxValue)]
    public double Ridge { get; init; } = 1;
}

/// <summary>Upper confidence bound on a reward linear in the user features, one ridge regression per item (disjoint LinUCB).</summary>
/// <remarks>score = θᵢᵀx + α·√(xᵀAᵢ⁻¹x). Li et al. 2010, algorithm 1.
/// Deviates: updates arrive in batches and each Aᵢ is refactored once per batch; x has a bias term; the ridge penalty is an option (1 in the
/// paper) and holds for the bias too. Exploit mode ranks by θᵢᵀx and puts items never shown last.</remarks>
internal sealed class LinUcbAgent : UpperBoundAgent<DisjointLinearPosterior>, ILearnsFromSums
{
    public LinUcbAgent(AgentContext context, LinUcbOptions options)
        : this(context, options, new ContextInputs(context.Spec, options))
    {
    }

    private LinUcbAgent(AgentContext context, LinUcbOptions options, ContextInputs inputs)
        : base(context, "linucb", inputs, new DisjointLinearPosterior(context.Spec.ItemCount, inputs.Width, options.Ridge, context.Spec.Device), options.Alpha)
    {
    }

    public void SumUp(Feedback feedback, IStateWriter sums)
    {
        using var x = Inputs.Of(feedback.Observation);
        Posterior.SumUp(x, feedback.Slates, feedback.Responses, sums);
    }

    public void LearnSums(IStateReader sums) => Posterior.Add(sums);
}
