using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Tuning;

/// <summary>What a search keeps: a file for each finished run, so that one that was stopped, however, goes on where it was; and in the end a table of its candidates.
/// Held by one process at a time.</summary>
/// <remarks>A run's file is named by everything that determines its numbers, as in the folder of a comparison. So a folder may serve several searches: with more
/// candidates, seeds or other ranges, each takes the runs that it needs and finds.</remarks>
public sealed class TuningFolder : IDisposable
{
    /// <summary>The table of candidates.</summary>
    public const string CandidatesName = "candidates.csv";

    private const string CellFolder = "cells";

    private readonly FileStream _lock;
    private readonly string _device;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ComparisonCell> _cells = [];

    private TuningFolder(string path, string device, FileStream held)
    {
        Path = path;
        _device = device;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Runs that were made by another build of the program than this.</summary>
    /// <param name="build">See <see cref="ProgramBuild"/>.</param>
    public int MadeByOthers(string build)
    {
        lock (_gate)
            return _cells.Values.Count(cell => cell.Build != build);
    }

    /// <param name="path">Made where it is missing.</param>
    /// <param name="device">Where every run goes, as the user would write it.</param>
    /// <exception cref="UserMistakeException">Another process holds the folder, or it cannot be written to.</exception>
    public static TuningFolder Open(string path, string device)
    {
        if (File.Exists(path))
            throw new UserMistakeException($"'{path}' is a file. Give --state a folder.");
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, CellFolder));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The folder '{path}' cannot be created: {fault.Message} Give --state another folder.", fault);
        }
        var folder = new TuningFolder(path, device, FolderLock.Take(path, "folder", "searching in it"));
        foreach (var leftover in Directory.EnumerateFiles(System.IO.Path.Combine(path, CellFolder), "*.part"))
            File.Delete(leftover);
        return folder;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether a run is finished.</summary>
    /// <param name="cell">Resolved.</param>
    /// <exception cref="UserMistakeException">Its file is damaged.</exception>
    public bool Has(RunPlan cell) => Find(cell) is not null;

    /// <summary>Keeps a finished run. From any thread.</summary>
    public void Save(RunPlan plan, ComparisonCell cell)
    {
        CellFile.Write(PathOf(plan), CellKey.Of(plan, _device), cell);
        lock (_gate)
            _cells[CellKey.FileName(plan, _device)] = cell;
    }

    /// <summary>The rows of all finished runs of a plan, in the order of its pairs, then by seed, whoever ran them and when.</summary>
    public IReadOnlyList<ComparisonRow> Rows(ComparisonPlan plan) => [.. plan.Cells.Select(Find).OfType<ComparisonCell>().Select(cell => cell.Row)];

    /// <summary>Writes the table of candidates: one row each, best first, with every searched option as a column.</summary>
    /// <param name="best">All candidates, best first.</param>
    public void WriteCandidates(TuningPlan plan, IReadOnlyList<TuningCandidate> best, TuningCandidate start)
    {
        List<ResultColumn<TuningCandidate>> columns =
        [
            .. plan.Ranges.Select(range => new ResultColumn<TuningCandidate>(range.Name, typeof(string), candidate => candidate.Plan.AgentOptions[range.Name])),
            new("seeds", typeof(long), candidate => (long)candidate.Rows.Count),
            new("final", typeof(double), candidate => Mean(candidate, row => row.Final)),
            new("training_mean", typeof(double), candidate => Mean(candidate, row => row.TrainingMean)),
            new("ahead", typeof(double), candidate => candidate.Ahead(start, plan.Metric)?.Mean),
            new("ahead_half_width", typeof(double), candidate => candidate.Ahead(start, plan.Metric)?.HalfWidth),
            new("is_start", typeof(bool), candidate => candidate.Options == start.Options),
        ];
        ResultTable.WriteCsv(PathOf(CandidatesName), columns, best);
    }

    /// <summary>Takes away all that was made, where no run has finished.</summary>
    public void AbandonIfEmpty()
    {
        Dispose();
        if (Directory.EnumerateFileSystemEntries(PathOf(CellFolder)).Any())
            return;
        Directory.Delete(PathOf(CellFolder));
        File.Delete(PathOf(".lock"));
        if (!Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    public void Dispose() => _lock.Dispose();

    private static double? Mean(TuningCandidate candidate, Func<ComparisonRow, double> figure) => candidate.Rows.Count == 0 ? null : candidate.Rows.Average(figure);

    private string PathOf(RunPlan cell) => System.IO.Path.Combine(Path, CellFolder, CellKey.FileName(cell, _device));

    private ComparisonCell? Find(RunPlan cell)
    {
        var name = CellKey.FileName(cell, _device);
        lock (_gate)
        {
            if (!_cells.TryGetValue(name, out var known) && File.Exists(PathOf(cell)))
                _cells[name] = known = CellFile.Read(PathOf(cell), CellKey.Of(cell, _device));
            return known;
        }
    }
}
