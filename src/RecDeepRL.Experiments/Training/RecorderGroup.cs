using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Experiments.Training;

/// <summary>Passes everything on to several recorders, in order.</summary>
public sealed class RecorderGroup(params IReadOnlyList<IRunRecorder> recorders) : IRunRecorder
{
    public void Completed(IterationRecord iteration)
    {
        foreach (var recorder in recorders)
            recorder.Completed(iteration);
    }

    public void Evaluated(EvaluationResult evaluation)
    {
        foreach (var recorder in recorders)
            recorder.Evaluated(evaluation);
    }

    public void CheckpointWritten(string folder)
    {
        foreach (var recorder in recorders)
            recorder.CheckpointWritten(folder);
    }
}
