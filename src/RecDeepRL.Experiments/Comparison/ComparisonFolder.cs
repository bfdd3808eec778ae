using RecDeepRL.Core;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>The folder of one comparison: its plan, a file for each finished cell, and what is made of them in the end. Held by one process at a time
/// while it runs; readers need not wait.</summary>
/// <remarks>A cell is keyed by everything that determines its numbers, and its file is written whole or not at all. So a comparison that was stopped,
/// however, goes on with the cells that are missing, and may be given more agents, environments, seeds or variants; what a finished cell means
/// cannot change, and none is forgotten.</remarks>
public sealed class ComparisonFolder : IDisposable
{
    private const string CellFolder = "cells";

    private const string InsightFolder = "insight";

    /// <summary>What were bounds when results.csv was all that a comparison left, which does not say so.</summary>
    private static readonly string[] s_earlierBounds = ["oracle", "myopic", "best-fixed"];

    private readonly FileStream _lock;
    private readonly PlanFile _plan;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ComparisonCell> _cells = [];

    private ComparisonFolder(string path, FileStream held, PlanFile plan)
    {
        Path = path;
        _lock = held;
        _plan = plan;
    }

    public string Path { get; }

    /// <summary>What is finished so far.</summary>
    public ComparisonResults Results
    {
        get
        {
            lock (_gate)
                return ResultsOf(_plan, name => _cells.GetValueOrDefault(name));
        }
    }

    /// <summary>What a comparison has brought so far; it may be running meanwhile.</summary>
    /// <param name="path">The folder, or the results.csv of an earlier version, from which only the rows can be told.</param>
    /// <exception cref="UserMistakeException">There is no comparison, or one that cannot be read.</exception>
    public static ComparisonResults Read(string path)
    {
        var plan = System.IO.Path.Combine(path, PlanFile.Name);
        if (File.Exists(plan))
            return ResultsOf(PlanFile.Read(plan), name => ReadCell(path, name, key: null));
        var rows = Directory.Exists(path) ? System.IO.Path.Combine(path, ComparisonFile.Name) : path;
        return File.Exists(rows)
            ? new ComparisonResults { Cells = [.. ComparisonFile.Read(rows).Select(row => new ComparisonCell(row, []) { IsBound = s_earlierBounds.Contains(row.Agent) })] }
            : throw new UserMistakeException($"There is no comparison in '{path}', neither {PlanFile.Name} nor {ComparisonFile.Name}. 'compare --out {path}' makes one.");
    }

    /// <summary>Whether a folder holds a comparison.</summary>
    public static bool IsOne(string path) =>
        File.Exists(System.IO.Path.Combine(path, PlanFile.Name)) || File.Exists(System.IO.Path.Combine(path, ComparisonFile.Name));

    /// <summary>Begins a comparison, or goes on with one.</summary>
    /// <param name="path">A new or empty folder, or one that holds a comparison.</param>
    /// <param name="plan">Resolved.</param>
    /// <param name="device">Where every cell runs, as the user would write it.</param>
    /// <param name="command">What the user typed, without the program's own name.</param>
    /// <exception cref="UserMistakeException">Another process holds the folder, it cannot be written to, or it holds finished cells that are no part of the plan.</exception>
    public static ComparisonFolder Open(string path, ComparisonPlan plan, string device, string command)
    {
        if (File.Exists(path))
            throw new UserMistakeException($"'{path}' is a file. Give --out a folder.");
        if (!File.Exists(System.IO.Path.Combine(path, PlanFile.Name)) && File.Exists(System.IO.Path.Combine(path, ComparisonFile.Name)))
            throw new UserMistakeException($"'{path}' holds a {ComparisonFile.Name} without a {PlanFile.Name}: a comparison that cannot go on, and none overwrites another. Give --out another folder.");
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, CellFolder));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The folder '{path}' cannot be created: {fault.Message}", fault);
        }
        var held = FolderLock.Take(path, "folder", "running a comparison in it");
        try
        {
            var folder = new ComparisonFolder(path, held, new PlanFile(plan, device, command));
            folder.GoOn();
            return folder;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether a run of the plan is finished.</summary>
    public bool Has(RunPlan cell)
    {
        lock (_gate)
            return _cells.ContainsKey(CellKey.FileName(cell, _plan.Device));
    }

    /// <summary>Whether there is an insight into a run of the plan.</summary>
    public bool HasInsight(RunPlan cell) => File.Exists(InsightPath(Path, CellKey.FileName(cell, _plan.Device)));

    /// <summary>Keeps what was seen of a run, before the run itself. From any thread.</summary>
    public void SaveInsight(RunPlan cell, RunInsight insight)
    {
        Directory.CreateDirectory(PathOf(InsightFolder));
        InsightFile.Write(InsightPath(Path, CellKey.FileName(cell, _plan.Device)), insight);
    }

    /// <summary>Keeps a finished run. From any thread.</summary>
    /// <param name="plan">Of the run, as in the comparison's plan.</param>
    public void Save(RunPlan plan, ComparisonCell cell)
    {
        var name = CellKey.FileName(plan, _plan.Device);
        CellFile.Write(System.IO.Path.Combine(Path, CellFolder, name), CellKey.Of(plan, _plan.Device), cell);
        lock (_gate)
            _cells[name] = cell;
    }

    /// <summary>Writes what is made of the cells finished so far: results.csv and .parquet, iterations.csv and .parquet, and statistics.json.</summary>
    /// <param name="catalog">Knows the types of the options.</param>
    public ComparisonStatistics Conclude(Catalog catalog)
    {
        var results = Results;
        var rows = results.Cells.Select(cell => cell.Row).ToList();
        ResultTable.WriteCsv(PathOf(ComparisonFile.Name), ComparisonRow.Columns, rows);
        ResultTable.WriteParquet(PathOf(System.IO.Path.ChangeExtension(ComparisonFile.Name, ".parquet")), ComparisonRow.Columns, rows);
        var iterations = IterationTable.Rows(results.Cells);
        var columns = IterationTable.Columns(results.Cells, catalog);
        ResultTable.WriteCsv(PathOf(IterationTable.Name + ".csv"), columns, iterations);
        ResultTable.WriteParquet(PathOf(IterationTable.Name + ".parquet"), columns, iterations);
        var statistics = ComparisonStatistics.Of(results);
        AtomicFile.WriteAllText(PathOf(ComparisonStatistics.FileName), statistics.ToJson());
        return statistics;
    }

    /// <summary>Takes away all that was made, where no run has finished: the folder can be given again, also for something else.</summary>
    /// <param name="others">Names of other files that the caller made in it.</param>
    public void AbandonIfEmpty(params ReadOnlySpan<string> others)
    {
        lock (_gate)
        {
            if (_cells.Count > 0)
                return;
        }
        Dispose();
        Directory.Delete(PathOf(CellFolder), recursive: true);
        if (Directory.Exists(PathOf(InsightFolder)))
            Directory.Delete(PathOf(InsightFolder), recursive: true);
        foreach (var name in (ReadOnlySpan<string>)[PlanFile.Name, ".lock", .. others])
            File.Delete(PathOf(name));
        if (!Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    public void Dispose() => _lock.Dispose();

    private void GoOn()
    {
        var path = PathOf(PlanFile.Name);
        var cells = System.IO.Path.Combine(Path, CellFolder);
        if (File.Exists(path))
        {
            var before = PlanFile.Read(path);
            var planned = _plan.Plan.Cells.Select(cell => CellKey.FileName(cell, _plan.Device)).ToHashSet(StringComparer.Ordinal);
            foreach (var cell in before.Plan.Cells)
            {
                var name = CellKey.FileName(cell, before.Device);
                if (!planned.Contains(name) && File.Exists(System.IO.Path.Combine(cells, name)))
                {
                    throw new UserMistakeException(
                        $"'{Path}' holds another comparison: {before.DifferenceTo(_plan, cell)}. Give --out another folder, or the plan that was begun; agents, environments, seeds and variants may be added to it.");
                }
            }
        }
        foreach (var cell in _plan.Plan.Cells)
        {
            var name = CellKey.FileName(cell, _plan.Device);
            if (ReadCell(Path, name, CellKey.Of(cell, _plan.Device)) is { } finished)
                _cells[name] = finished;
        }
        foreach (var made in new[] { cells, PathOf(InsightFolder) }.Where(Directory.Exists))
        {
            foreach (var leftover in Directory.EnumerateFiles(made, "*.part"))
                File.Delete(leftover);
        }
        _plan.Write(path);
    }

    private static ComparisonCell? ReadCell(string folder, string name, string? key)
    {
        var path = System.IO.Path.Combine(folder, CellFolder, name);
        if (!File.Exists(path))
            return null;
        var insight = InsightPath(folder, name);
        return CellFile.Read(path, key) with { InsightPath = File.Exists(insight) ? insight : null };
    }

    private static string InsightPath(string folder, string cell) => System.IO.Path.Combine(folder, InsightFolder, cell);

    private static ComparisonResults ResultsOf(PlanFile plan, Func<string, ComparisonCell?> cell)
    {
        var cells = plan.Plan.Cells.Select(one => (Plan: one, Cell: cell(CellKey.FileName(one, plan.Device)))).ToList();
        return new ComparisonResults
        {
            Plan = plan.Plan,
            Command = plan.Command,
            Cells = [.. cells.Where(one => one.Cell is not null).Select(one => one.Cell!)],
            Missing = [.. cells.Where(one => one.Cell is null).Select(one => one.Plan)],
        };
    }
}
