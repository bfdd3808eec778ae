using RecDeepRL.Core;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of Thompson sampling.</summary>
public sealed record ThompsonOptions : BetaPosteriorOptions;

/// <summary>Thompson sampling on the mean response of each item, with a Beta posterior.</summary>
/// <remarks>Thompson 1933; Chapelle and Li 2011, algorithm 2.</remarks>
internal sealed class ThompsonAgent(AgentContext context, ThompsonOptions options)
    : BetaPosteriorAgent(context, "thompson", options, new ItemStatistics(context.Spec));
