using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;

namespace RecDeepRL.Agents.Contextual;

/// <summary>Options of logistic Thompson sampling.</summary>
public sealed record LogisticThompsonOptions : LogisticOptions
{
    /// <summary>Factor of the posterior's standard deviation; 1 draws from the posterior, 0 is greedy. At least 0. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Scale { get; init; } = 0.5;
}

/// <summary>Thompson sampling on log-odds linear in the user features, one logistic regression per item.</summary>
/// <remarks>w̃ᵢ ~ N(θᵢ, scale²·Hᵢ⁻¹), score = σ(w̃ᵢᵀx), drawn for each user anew, ranked by its log-odds. Chapelle and Li 2011, algorithm 3.
/// Deviates: full covariance in place of a diagonal one; recent responses are fitted as they are, not only those of the batch; batches.
/// Exploit mode ranks by θᵢᵀx and puts items never shown last.</remarks>
internal sealed class LogisticThompsonAgent : SamplingAgent<LogisticPosterior>, IHasPolicyState
{
    public LogisticThompsonAgent(AgentContext context, LogisticThompsonOptions options)
        : this(context, options, new ContextInputs(context.Spec, options))
    {
    }

    private LogisticThompsonAgent(AgentContext context, LogisticThompsonOptions options, ContextInputs inputs)
        : base(context, "logistic-thompson", inputs, options.Posterior(context.Spec, inputs.Width), options.Scale)
    {
    }

    public void SavePolicy(IStateWriter writer) => Posterior.SavePolicy(writer);

    public void LoadPolicy(IStateReader reader) => Posterior.LoadPolicy(reader);
}
