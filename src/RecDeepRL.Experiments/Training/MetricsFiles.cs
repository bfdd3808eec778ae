using System.Globalization;
using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Experiments.Training;

/// <summary>Records a run's figures as CSV (metrics.csv, evaluations.csv, diagnostics.csv) and as TensorBoard events, flushed after every round.</summary>
public sealed class MetricsFiles : IRunRecorder, IDisposable
{
    private readonly StreamWriter _metrics;
    private readonly StreamWriter _evaluations;
    private readonly StreamWriter _diagnostics;
    private readonly EventFile _events;
    private long _evaluatedAt;

    /// <param name="folder">The run folder. Rows beyond <paramref name="iteration"/>, written by a run that was killed after its last checkpoint, are dropped.</param>
    /// <param name="iteration">Rounds completed so far.</param>
    public MetricsFiles(string folder, long iteration)
    {
        _metrics = RoundTable.Open(Path.Combine(folder, "metrics.csv"), "iteration,users,mean_responses,mean_expected,mean_oracle,regret_total,seconds", iteration, out _);
        _evaluations = RoundTable.Open(
            Path.Combine(folder, "evaluations.csv"), "iteration,mean_responses,precision,mean_expected,random,best_fixed,oracle,regret,gap_closed,myopic,rounds", iteration, out _evaluatedAt);
        _diagnostics = RoundTable.Open(Path.Combine(folder, "diagnostics.csv"), "iteration,name,value", iteration, out _);
        _events = new EventFile(Path.Combine(folder, "events"), iteration);
    }

    public void Completed(IterationRecord iteration)
    {
        Write(_metrics, iteration.Iteration, iteration.Users, iteration.MeanResponses, iteration.MeanExpected, iteration.MeanOracle, iteration.Totals.Regret, iteration.Seconds);
        foreach (var (name, value) in iteration.Diagnostics)
        {
            _diagnostics.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{iteration.Iteration},{name},{value:R}"));
            Plot("agent/" + name, value, iteration.Iteration);
        }
        _diagnostics.Flush();
        Plot("training/mean_responses", iteration.MeanResponses, iteration.Iteration);
        Plot("training/mean_expected", iteration.MeanExpected, iteration.Iteration);
        Plot("training/regret_total", iteration.Totals.Regret, iteration.Iteration);
        _events.Flush();
    }

    public void Evaluated(EvaluationResult evaluation)
    {
        // A run that was over, or killed between its last evaluation and its end, is evaluated again when it is resumed, and comes to the same.
        if (evaluation.Iteration == _evaluatedAt)
            return;
        _evaluatedAt = evaluation.Iteration;
        Write(
            _evaluations, evaluation.Iteration, evaluation.MeanResponses, evaluation.Precision, evaluation.MeanExpected,
            evaluation.Bounds.Random, evaluation.Bounds.BestFixed, evaluation.Bounds.Oracle, evaluation.Regret, evaluation.GapClosed, evaluation.Bounds.Myopic ?? double.NaN, evaluation.Rounds);
        Plot("evaluation/mean_responses", evaluation.MeanResponses, evaluation.Iteration);
        Plot("evaluation/mean_expected", evaluation.MeanExpected, evaluation.Iteration);
        Plot("evaluation/gap_closed", evaluation.GapClosed, evaluation.Iteration);
        _events.Flush();
    }

    public void CheckpointWritten(string folder) { }

    public void Dispose()
    {
        _metrics.Dispose();
        _evaluations.Dispose();
        _diagnostics.Dispose();
        _events.Dispose();
    }

    private void Plot(string tag, double value, long step) => _events.Add(tag, value, step);

    private static void Write(StreamWriter file, params ReadOnlySpan<double> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (index > 0)
                file.Write(',');
            file.Write(values[index].ToString("R", CultureInfo.InvariantCulture));
        }
        file.WriteLine();
        file.Flush();
    }
}
