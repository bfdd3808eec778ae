using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Tuning;
using RecDeepRL.Reporting;
using Serilog.Core;

namespace RecDeepRL.Cli.Commands;

/// <summary>One search as its user sees it: what it goes on with, its rungs, and what it came to.</summary>
/// <param name="places">Where every run goes.</param>
/// <param name="path">File for the best configuration; its folder is made where it is missing.</param>
/// <param name="command">What the user typed.</param>
internal sealed class TuningSession(TuningPlan plan, RunPlaces places, string path, string command)
{
    private readonly List<string> _faults = [];
    private int _ran;

    /// <param name="state">Folder that finished runs are kept in.</param>
    /// <returns>The program's exit code.</returns>
    public int Run(string state)
    {
        using var interruption = new Interruption();
        using var log = RunLog.Create(null, new LoggingLevelSwitch());
        using var folder = TuningFolder.Open(state, places.Device);
        IReadOnlyList<TuningCandidate> results;
        try
        {
            results = Search(folder, log, interruption.Token);
        }
        catch (UserMistakeException)
        {
            folder.AbandonIfEmpty();
            throw;
        }
        catch (OperationCanceledException)
        {
            System.Console.Error.WriteLine($"Stopped after {_ran} runs, which are kept in {state}; the same command goes on with the rest.");
            folder.AbandonIfEmpty();
            return ExitCode.Interrupted;
        }
        _faults.ForEach(System.Console.Error.WriteLine);
        if (results[0].Rows.Count == 0)
        {
            folder.AbandonIfEmpty();
            System.Console.Error.WriteLine("Every run failed; nothing was written.");
            return ExitCode.Fault;
        }
        Conclude(folder, results);
        return ExitCode.Done;
    }

    private IReadOnlyList<TuningCandidate> Search(TuningFolder folder, Logger log, CancellationToken cancellation)
    {
        var catalog = CommonOptions.Catalog;
        using var pool = places.Open(log, cancellation);
        var runner = new ComparisonRunner(catalog, pool)
        {
            IsFinished = folder.Has,
            Finished = (cell, finished) =>
            {
                folder.Save(cell, finished);
                _ran++;
            },
            Failed = (cell, fault) => _faults.Add($"{cell.ChangedAgentOptions(catalog)} seed {cell.Seed} failed: {fault.Message.ReplaceLineEndings(" ")}"),
        };
        return new Tuner(catalog, comparison =>
        {
            runner.Run(comparison, cancellation);
            cancellation.ThrowIfCancellationRequested();
            // From the folder, so that a search that goes on sees what one that was never stopped would.
            return folder.Rows(comparison);
        })
        {
            RungFinished = (rung, candidates) => System.Console.WriteLine(
                $"rung {rung + 1}/{plan.Halvings + 1}: {candidates.Count} candidates, {candidates.Max(candidate => candidate.Rows.Count)} seeds, best {TuningTable.Score(candidates[0], plan.Metric)} with {candidates[0].Options}"),
        }.Search(plan);
    }

    private void Conclude(TuningFolder folder, IReadOnlyList<TuningCandidate> results)
    {
        var catalog = CommonOptions.Catalog;
        var start = results.First(candidate => candidate.Plan.ChangedAgentOptions(catalog) == plan.Start.ChangedAgentOptions(catalog));
        var importance = SearchImportance.Of(plan, results, start);
        folder.WriteCandidates(plan, results, start);
        var pictures = importance is null ? [] : ImportancePlot.Draw(folder.Path, $"{plan.Start.Agent} in {plan.Start.Environment}", importance);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        TunedFile.Write(path, results[0], start, plan, importance, command);
        Answer.Give(
            new
            {
                file = path,
                folder = folder.Path,
                agent = plan.Start.Agent,
                environment = plan.Start.Environment,
                metric = plan.Metric,
                seeds = plan.Seeds,
                runs = results.Sum(candidate => candidate.Rows.Count),
                candidates = results.Select(candidate => new
                {
                    options = plan.Ranges.ToDictionary(range => range.Name, range => candidate.Plan.AgentOptions[range.Name]),
                    isStart = candidate == start,
                    rows = candidate.Rows.Count,
                    score = candidate.Rows.Count == 0 ? double.NaN : candidate.Mean(plan.Metric),
                    ahead = candidate == start ? null : candidate.Ahead(start, plan.Metric),
                }),
                importance,
            },
            console =>
            {
                console.Write(TuningTable.Of(results, start, plan.Metric));
                if (importance is not null)
                    console.Write(TuningTable.Of(importance));
                System.Console.WriteLine(TuningTable.Judge(importance));
            });
        if (folder.MadeByOthers(ProgramBuild.Of(catalog)) is > 0 and var others)
            System.Console.Error.WriteLine($"{others} of the runs in {folder.Path} were made by another build of the program. If {plan.Start.Agent} or {plan.Start.Environment} has changed since, delete the folder and search again.");
        System.Console.WriteLine($"wrote {path}; runs, {TuningFolder.CandidatesName}{string.Concat(pictures.Select(name => $", {name}.png and .svg"))} are in {folder.Path} ({_ran} runs now, {results.Sum(candidate => candidate.Rows.Count) - _ran} before)");
    }
}
