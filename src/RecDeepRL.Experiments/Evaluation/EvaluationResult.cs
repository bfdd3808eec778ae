namespace RecDeepRL.Experiments.Evaluation;

/// <summary>One evaluation round over all users.</summary>
/// <param name="Iteration">Rounds the agent had learned from.</param>
/// <param name="UserCount">Users evaluated, each once.</param>
/// <param name="SlateSize">K.</param>
/// <param name="MeanResponses">Mean over users of the sum of responses, as drawn. The original calls this Precision@K.</param>
/// <param name="MeanExpected">The same under the truth, without the luck of the draw.</param>
/// <param name="Bounds">What the truth allows at this iteration.</param>
public sealed record EvaluationResult(long Iteration, long UserCount, int SlateSize, double MeanResponses, double MeanExpected, Bounds Bounds)
{
    /// <summary>Mean responses per shown item: Precision@K under its right name.</summary>
    public double Precision => MeanResponses / SlateSize;

    /// <summary>Expected responses per user that the oracle would have earned beyond this.</summary>
    public double Regret => Bounds.Oracle - MeanExpected;

    /// <summary>Share of the gap from random to oracle that is closed, under the truth.</summary>
    public double GapClosed => Bounds.GapClosed(MeanExpected);
}
