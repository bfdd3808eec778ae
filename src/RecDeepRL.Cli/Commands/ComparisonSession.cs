using System.Diagnostics;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Reporting;
using Serilog.Core;
using Serilog.Events;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary>Runs what a comparison still lacks, shows how it goes, and makes tables and pictures of what there is.</summary>
/// <param name="folder">Held.</param>
/// <param name="plan">Resolved.</param>
/// <param name="places">Where every run goes.</param>
internal sealed class ComparisonSession(ComparisonFolder folder, ComparisonPlan plan, RunPlaces places)
{
    private const string LogName = "compare.log";

    private readonly LoggingLevelSwitch _consoleLevel = new(LogEventLevel.Information);
    private readonly List<ComparisonCell> _finished = [];
    private readonly List<string> _failures = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Whether tables and verdicts are given as the command's answer at the end; not where the comparison is only a part of what was asked.</summary>
    public bool PrintsTables { get; init; } = true;

    /// <summary>Whether every agent that is no bound is looked into under the first seed, and what is seen kept in the folder.</summary>
    public bool KeepsInsight { get; init; }

    /// <summary>See <see cref="ComparisonRunner.LookedInto"/>; instead of <see cref="KeepsInsight"/>.</summary>
    public Action<RunPlan, RunInsight>? LookedInto { get; init; }

    /// <summary>See <see cref="ComparisonRunner.InsightEvery"/>.</summary>
    public int? InsightEvery { get; init; }

    /// <returns>The program's exit code.</returns>
    public int Run()
    {
        var log = RunLog.Create(folder.PathOf(LogName), _consoleLevel);
        try
        {
            using var interruption = new Interruption();
            try
            {
                // Before anything is said: where nobody is there to carry out runs, that is all there is to say.
                using var pool = plan.Cells.All(IsFinished) ? null : places.Open(log, interruption.Token);
                Announce(log);
                if (pool is not null)
                    RunCells(pool, log, interruption.Token);
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                // Stopped before the first run: what was finished before is concluded all the same.
            }
            Conclude(log);
            return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : _failures.Count > 0 ? ExitCode.Fault : ExitCode.Done;
        }
        catch (UserMistakeException)
        {
            log.Dispose();
            folder.AbandonIfEmpty(LogName);
            throw;
        }
        finally
        {
            log.Dispose();
        }
    }

    private bool IsLookedInto(RunPlan cell) => KeepsInsight && cell.Seed == plan.Seeds[0] && !CommonOptions.Catalog.Agents.Find("agent", cell.Agent).IsBound;

    private bool IsFinished(RunPlan cell) => folder.Has(cell) && (!IsLookedInto(cell) || folder.HasInsight(cell));

    private void Announce(Logger log)
    {
        var all = plan.Pairs.Count * plan.Seeds.Count;
        var results = folder.Results;
        if (places.Cluster is null)
            log.Information("{Cells} runs ({Pairs} pairs of environment and agent × {Seeds} seeds), {Jobs} side by side, device {Device:l}", all, plan.Pairs.Count, plan.Seeds.Count, places.Jobs, places.Device);
        else
            log.Information("{Cells} runs ({Pairs} pairs of environment and agent × {Seeds} seeds) on the workers of the cluster {Cluster:l}, device {Device:l}", all, plan.Pairs.Count, plan.Seeds.Count, places.Cluster, places.Device);
        if (results.Cells.Count > 0)
            log.Information("{Finished} of them are finished already, {Left} are left", results.Cells.Count, results.Missing.Count);
        if (plan.Cells.Count(cell => folder.Has(cell) && !IsFinished(cell)) is > 0 and var again)
            log.Information("{Again} of the finished ones are run again, to be looked into", again);
        if (results.Cells.Any(cell => cell.Build != ProgramBuild.Of(CommonOptions.Catalog)))
            log.Warning("Finished runs of {Folder:l} were made by another build of the program. If agents or environments have changed since, compare in a new folder.", folder.Path);
    }

    private void RunCells(ICellPool pool, Logger log, CancellationToken cancellation)
    {
        var board = new ComparisonBoard(plan, IsFinished, CommonOptions.Catalog);
        var left = plan.Cells.Count(cell => !IsFinished(cell));
        var runner = new ComparisonRunner(CommonOptions.Catalog, pool)
        {
            IsFinished = IsFinished,
            LookedInto = KeepsInsight ? folder.SaveInsight : LookedInto,
            LooksInto = KeepsInsight ? IsLookedInto : null,
            InsightEvery = InsightEvery,
            Progressed = board.Progressed,
            Finished = (cell, finished) =>
            {
                folder.Save(cell, finished);
                _finished.Add(finished);
                board.Finished(cell, finished.Row);
                var remaining = TimeSpan.FromSeconds(_watch.Elapsed.TotalSeconds / _finished.Count * (left - _finished.Count));
                log.Information(
                    "{Done}/{Cells}  {Environment:l} {Agent:l} seed {Seed}: final {Final:F4}, training {Training:F4}, {Seconds:F1} s  {Left:l} left",
                    _finished.Count, left, cell.Environment, finished.Label, cell.Seed, finished.Row.Final, finished.Row.TrainingMean, finished.Row.Seconds, ComparisonBoard.Elapsed(remaining));
            },
            Failed = (cell, fault) =>
            {
                board.Failed(cell);
                _failures.Add($"{cell.Environment} {cell.Agent} seed {cell.Seed} failed: {fault.Message.ReplaceLineEndings(" ")}");
                log.Error(fault, "{Environment:l} {Agent:l} seed {Seed} failed; the others go on", cell.Environment, cell.Agent, cell.Seed);
            },
        };
        if (!Screen.IsTerminal)
        {
            runner.Run(plan, cancellation);
            return;
        }
        // The board owns the terminal meanwhile; the log file gets every line.
        _consoleLevel.MinimumLevel = LogEventLevel.Fatal;
        try
        {
            board.Show(() => runner.Run(plan, cancellation));
        }
        finally
        {
            _consoleLevel.MinimumLevel = LogEventLevel.Information;
            _failures.ForEach(System.Console.Error.WriteLine);
        }
    }

    private void Conclude(Logger log)
    {
        var running = _watch.Elapsed.TotalSeconds;
        var results = folder.Results;
        if (results.Cells.Count > 0)
        {
            var statistics = folder.Conclude(CommonOptions.Catalog);
            var summaries = ComparisonSummary.Of(results.Cells.Select(cell => cell.Row));
            AtomicFile.WriteAllText(folder.PathOf("summary.md"), ComparisonMarkdown.Of(summaries, statistics));
            ComparisonPlot.Save(folder.PathOf("comparison"), summaries);
            if (PrintsTables)
            {
                Answer.Give(
                    new { folder = folder.Path, rows = results.Cells.Select(cell => cell.Row), missing = results.Missing.Count, failures = _failures, statistics },
                    console =>
                    {
                        foreach (var table in ComparisonTable.Of(summaries, statistics))
                            console.Write(table);
                        foreach (var line in VerdictText.Of(statistics))
                            console.WriteLine(line);
                    });
            }
        }
        log.Information("{Rows} of {Cells} runs in {Folder:l}, {Seconds:F0} s in all", results.Cells.Count, results.Cells.Count + results.Missing.Count, folder.Path, _watch.Elapsed.TotalSeconds);
        if (_finished.Count > 0 && places.Cluster is not null)
            log.Information("the workers spent {Cells:F1} s on runs that took {Seconds:F1} s in all", _finished.Sum(cell => cell.WallSeconds), running);
        else if (_finished.Count > 0)
        {
            var (all, loop, cells) = (running * places.Jobs, _finished.Sum(cell => cell.Row.Seconds), _finished.Sum(cell => cell.WallSeconds));
            log.Information(
                "of the time of {Jobs} side by side, {Loop:F0} % went into recommending, simulating and learning, {Frame:F0} % into populations, bounds and evaluations, {Rest:F0} % elsewhere; then {Tables:F1} s into tables, statistics and pictures",
                places.Jobs, 100 * loop / all, 100 * (cells - loop) / all, 100 * (all - cells) / all, _watch.Elapsed.TotalSeconds - running);
        }
        if (results.Missing.Count > 0)
            log.Information("{Missing} runs are missing; the same command goes on with them", results.Missing.Count);
    }
}
