using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Experiments.Training;

/// <summary>Is told what happens in a run, on the run's own thread. What it throws ends the run.</summary>
public interface IRunRecorder
{
    void Completed(IterationRecord iteration);

    /// <param name="evaluation">All users once, exploit mode.</param>
    void Evaluated(EvaluationResult evaluation);

    /// <param name="folder">The new checkpoint.</param>
    void CheckpointWritten(string folder);
}

/// <summary>One completed round.</summary>
/// <param name="Iteration">Rounds completed, this one included.</param>
/// <param name="Users">Users in the round; the means below are not numbers where there were none.</param>
/// <param name="MeanResponses">Responses per user, as drawn.</param>
/// <param name="MeanExpected">Expected responses per user to what was shown.</param>
/// <param name="MeanOracle">Expected responses per user to the best slates of this round alone, from the same users as they were.</param>
/// <param name="Seconds">Time of the round.</param>
/// <param name="Diagnostics">What the agent says of itself, by name.</param>
/// <param name="Totals">The run so far.</param>
public sealed record IterationRecord(
    long Iteration, long Users, double MeanResponses, double MeanExpected, double MeanOracle, double Seconds,
    IReadOnlyDictionary<string, double> Diagnostics, TrainingTotals Totals);

/// <summary>Records nothing.</summary>
public sealed class NoRecorder : IRunRecorder
{
    public void Completed(IterationRecord iteration) { }

    public void Evaluated(EvaluationResult evaluation) { }

    public void CheckpointWritten(string folder) { }
}
