namespace RecDeepRL.Experiments.Evaluation;

/// <summary>One evaluation of all users: one slate each, or one session each where the environment has sessions.</summary>
/// <param name="Iteration">Rounds the agent had learned from.</param>
/// <param name="UserCount">Users evaluated, each once.</param>
/// <param name="SlateSize">K.</param>
/// <param name="MeanResponses">Mean over users of the sum of responses, to the slate or over the session, as drawn. The original calls this Precision@K.</param>
/// <param name="MeanExpected">The same under the truth, without the luck of the responses; how long a session lasts is luck all the same.</param>
/// <param name="Bounds">What the truth allows.</param>
public sealed record EvaluationResult(long Iteration, long UserCount, int SlateSize, double MeanResponses, double MeanExpected, Bounds Bounds)
{
    /// <summary>Mean rounds of a session; 1 without sessions.</summary>
    public double Rounds { get; init; } = 1;

    /// <summary>Mean responses per shown item: Precision@K under its right name.</summary>
    public double Precision => MeanResponses / (SlateSize * Rounds);

    /// <summary>Expected responses per user that the oracle would have earned beyond this; below 0 where an agent beats a planner that is no true ceiling.</summary>
    public double Regret => Bounds.Oracle - MeanExpected;

    /// <summary>Share of the gap from random to oracle that is closed, under the truth.</summary>
    public double GapClosed => Bounds.GapClosed(MeanExpected);
}
