using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using Serilog;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>Shows a run as it goes, with throughput and remaining time: a bar on a terminal, about twenty plain lines elsewhere.</summary>
internal sealed class TrainingProgress : IRunRecorder
{
    private readonly ILogger _log;
    private readonly long _total;
    private readonly long _first;
    private readonly ProgressTask? _bar;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _users;

    /// <param name="first">Rounds completed before this part of the run.</param>
    /// <param name="total">Rounds of the whole run.</param>
    /// <param name="bar">The terminal's bar, or none.</param>
    public TrainingProgress(ILogger log, long first, long total, ProgressTask? bar)
    {
        _log = log;
        _first = first;
        _total = total;
        _bar = bar;
        if (_bar is not null)
        {
            _bar.MaxValue = total;
            _bar.Value = first;
        }
    }

    public void Completed(IterationRecord iteration)
    {
        _users += iteration.Users;
        var elapsed = _watch.Elapsed.TotalSeconds;
        var remaining = TimeSpan.FromSeconds(elapsed / (iteration.Iteration - _first) * (_total - iteration.Iteration));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"iteration {iteration.Iteration}/{_total}  {iteration.MeanResponses:F4} responses/user (best {iteration.MeanOracle:F4})  {_users / elapsed:F0} users/s  {remaining:h\\:mm\\:ss} left");
        if (_bar is not null)
        {
            _bar.Value = iteration.Iteration;
            _bar.Description = Markup.Escape(text);
        }
        // A pipe gets about twenty lines and the last; the log file gets them all.
        if (iteration.Iteration == _total || (iteration.Iteration - _first) % Math.Max(1, (_total - _first) / 20) == 0)
            _log.Information("{Progress:l}", text);
        else
            _log.Debug("{Progress:l}", text);
    }

    public void Evaluated(EvaluationResult evaluation)
    {
        var bounds = evaluation.Bounds;
        if (bounds.Myopic is { } myopic)
        {
            _log.Information(
                "evaluation after {Iteration}: {Mean:F4} responses/session in {Rounds:F1} rounds, expected {Expected:F4} (random {Random:F4}, best fixed {BestFixed:F4}, myopic {Myopic:F4}, planner {Oracle:F4})",
                evaluation.Iteration, evaluation.MeanResponses, evaluation.Rounds, evaluation.MeanExpected, bounds.Random, bounds.BestFixed, myopic, bounds.Oracle);
            return;
        }
        _log.Information(
            "evaluation after {Iteration}: {Mean:F4} responses/user, expected {Expected:F4} (random {Random:F4}, best fixed {BestFixed:F4}, oracle {Oracle:F4})",
            evaluation.Iteration, evaluation.MeanResponses, evaluation.MeanExpected, bounds.Random, bounds.BestFixed, bounds.Oracle);
    }

    public void CheckpointWritten(string folder) => _log.Debug("checkpoint {Folder:l}", folder);
}
