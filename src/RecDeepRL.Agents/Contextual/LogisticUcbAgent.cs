using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of logistic UCB.</summary>
public sealed record LogisticUcbOptions : LogisticOptions
{
    /// <summary>α, how many standard deviations of the log-odds the exploration bonus is worth. At least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 1;
}

/// <summary>Upper confidence bound on log-odds linear in the user features, one logistic regression per item.</summary>
/// <remarks>score = σ(θᵢᵀx + α·√(xᵀHᵢ⁻¹x)), ranked by its log-odds. After Filippi, Cappé, Garivier and Szepesvári 2010 (GLM-UCB).
/// Deviates: the bonus is taken on the log-odds, with the Laplace precision Hᵢ = λI + Σ p(1 − p)·xxᵀ in place of Σ xxᵀ; one regression per item;
/// the most probable weights with a Gaussian prior in place of the projected quasi-likelihood estimate; α constant; batches.
/// Exploit mode ranks by θᵢᵀx and puts items never shown last.</remarks>
internal sealed class LogisticUcbAgent : UpperBoundAgent<LogisticPosterior>, IHasPolicyState
{
    public LogisticUcbAgent(AgentContext context, LogisticUcbOptions options)
        : this(context, options, new ContextInputs(context.Spec, options))
    {
    }

    private LogisticUcbAgent(AgentContext context, LogisticUcbOptions options, ContextInputs inputs)
        : base(context, "logistic-ucb", inputs, options.Posterior(context.Spec, inputs.Width), options.Alpha)
    {
    }

    public void SavePolicy(IStateWriter writer) => Posterior.SavePolicy(writer);

    public void LoadPolicy(IStateReader reader) => Posterior.LoadPolicy(reader);
}
