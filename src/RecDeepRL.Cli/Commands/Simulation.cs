using System.Diagnostics;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using Serilog.Core;

namespace RecDeepRL.Cli.Commands;

/// <summary>One simulation as its user sees it: the log, the progress, and what it came to.</summary>
/// <param name="pair">Fresh. Borrowed.</param>
/// <param name="folder">Of the log.</param>
internal sealed class Simulation(RunPair pair, string folder)
{
    /// <summary>Whether the log exists and goes on.</summary>
    public required bool Append { get; init; }

    /// <summary>Whether oracle and regret are measured.</summary>
    public required bool MeasureOracle { get; init; }

    /// <summary>The device as it was asked for.</summary>
    public required string AskedDevice { get; init; }

    /// <returns>The program's exit code.</returns>
    public int Run()
    {
        using var report = RunLog.Create(null, new LoggingLevelSwitch());
        var (learned, remark) = pair.StartWarm();
        using var log = pair.OpenLog(folder, Append);
        var (environment, spec) = (pair.Environment, pair.Environment.Spec);
        var (firstRound, firstLogged) = (environment.Iteration, log.NextIteration);
        report.Information(
            "{Agent:l} in {Environment:l} ({Source:l}): {Users} users, {Items} items, slates of {Slots}, {Iterations} iterations, seed {Seed}, device {Device:l}{Chosen:l}",
            pair.Plan.Agent, spec.Name, pair.Plan.DataFolder ?? "built-in population", spec.UserCount, spec.ItemCount, spec.SlateSize, pair.Iterations - firstRound, pair.Plan.Seed,
            Devices.Describe(spec.Device), AskedDevice == "auto" ? " (chosen by auto)" : "");
        if (pair.Plan.WarmStart is { } warmStart)
            report.Information("learned from {Rounds} iterations of {Log:l}{Remark:l}", learned, warmStart, remark);
        report.Information("log {Folder:l}, from iteration {First} on", folder, firstLogged);

        using var interruption = new Interruption();
        using var holder = RunHolder.Take(folder);
        holder.Announce(firstLogged + pair.Iterations - firstRound);
        using var request = holder.WhenAskedToStop(interruption.Request);
        using var files = new MetricsFiles(folder, firstLogged);
        var progress = new TrainingProgress(report, firstRound, pair.Iterations, null);
        var explains = pair.Agent as IExplainsSlates;
        var loop = new TrainingLoop(pair, new RecorderGroup(new Renumbered(files, firstLogged - firstRound), progress))
        {
            MeasureOracle = MeasureOracle,
            Responded = feedback => log.Add(feedback, explains),
        };
        var watch = Stopwatch.StartNew();
        var finished = loop.Run(interruption.Token);
        log.Complete();
        var rounds = log.NextIteration - firstLogged;
        var (totals, elapsed) = (loop.Totals, watch.Elapsed);
        Answer.Give(
            new
            {
                log = folder,
                agent = pair.Plan.Agent,
                environment = spec.Name,
                seed = pair.Plan.Seed,
                firstIteration = firstLogged,
                iterations = rounds,
                slates = totals.Users,
                slateSize = spec.SlateSize,
                meanResponses = totals.MeanResponses,
                meanExpected = totals.Expected / totals.Users,
                meanOracle = totals.Oracle / totals.Users,
                regret = totals.Regret,
                seconds = elapsed.TotalSeconds,
                rows = log.RowsWritten,
                bytes = log.BytesWritten,
            },
            console => console.Write(SimulationTable.Of(totals, rounds, log.RowsWritten, log.BytesWritten, elapsed, spec.SlateSize)));
        if (finished)
            return ExitCode.Done;
        report.Information("stopped after {Rounds} iterations; go on with: --log {Folder:l} --append --warm-start {Folder:l}", rounds, folder, folder);
        return ExitCode.Interrupted;
    }

    /// <summary>Passes rounds on under their number in the log.</summary>
    private sealed class Renumbered(IRunRecorder recorder, long offset) : IRunRecorder
    {
        public void Completed(IterationRecord iteration) => recorder.Completed(iteration with { Iteration = iteration.Iteration + offset });

        public void Evaluated(EvaluationResult evaluation) => recorder.Evaluated(evaluation);

        public void CheckpointWritten(string checkpoint) => recorder.CheckpointWritten(checkpoint);
    }
}
