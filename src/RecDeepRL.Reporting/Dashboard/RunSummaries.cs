using System.Globalization;
using System.Text.Json;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>Sums up one run again and again, and reads only what changed since.</summary>
internal sealed class RunSummaries(string name, string folder)
{
    private const int TailBytes = 4096;

    private RunDescription? _description;
    private DateTime _described;
    private RunSummary? _summary;

    public RunSummary Read()
    {
        var (metrics, evaluations) = (new FileInfo(Path.Combine(folder, "metrics.csv")), new FileInfo(Path.Combine(folder, "evaluations.csv")));
        var holder = RunHolder.Read(folder) is { IsAlive: true } alive ? alive : null;
        var finished = File.Exists(Path.Combine(folder, "result.json"));
        var revision = string.Create(
            CultureInfo.InvariantCulture, $"{Mark(metrics)}-{Mark(evaluations)}-{(finished ? 1 : 0)}-{holder?.Key}-{holder?.Iterations}");
        Describe();
        if (_summary is { } known && known.Revision == revision)
            return known;
        var round = LastRow(metrics);
        var score = LastRow(evaluations);
        var iteration = (long)(Value(round, "iteration") ?? 0);
        var state = holder is not null ? RunState.Running
            : _description!.Kind == "simulate" ? RunState.Logged
            : finished && Value(score, "iteration") >= iteration ? RunState.Finished
            : RunState.Stopped;
        var asked = state == RunState.Finished ? iteration : holder?.Iterations ?? AskedAtTheLastCheckpoint() ?? _description!.Iterations;
        return _summary = new RunSummary(
            name, _description!.Kind, _description.Agent, _description.Environment, _description.Seed, state, iteration, asked, Changed(metrics, evaluations), revision,
            Value(round, "mean_responses"), Value(score, "mean_expected"), Value(score, "regret"), Value(score, "gap_closed"), holder?.Machine, holder?.Process.Id, holder?.IsHere ?? false);
    }

    private void Describe()
    {
        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, File.Exists(Path.Combine(folder, RunDescription.TrainFile)) ? RunDescription.TrainFile : RunDescription.LogFile));
        if (_description is not null && written == _described)
            return;
        (_description, _described, _summary) = (RunDescription.Read(folder), written, null);
    }

    /// <summary>A run that went on for longer than first asked says so in its checkpoints only.</summary>
    private long? AskedAtTheLastCheckpoint()
    {
        try
        {
            if (!Directory.Exists(folder) || CheckpointStore.All(folder) is not [.., var newest])
                return null;
            using var manifest = JsonDocument.Parse(ServedFile.Text(Path.Combine(newest, "manifest.json")) ?? "{}");
            return manifest.RootElement.TryGetProperty("iterations", out var iterations) && iterations.TryGetInt64(out var count) ? count : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Mark(FileInfo file) => file.Exists ? HashCode.Combine(file.Length, file.LastWriteTimeUtc) : 0;

    private static long Changed(params ReadOnlySpan<FileInfo> files)
    {
        var newest = 0L;
        foreach (var file in files)
            newest = Math.Max(newest, file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds() : 0);
        return newest;
    }

    /// <summary>The newest whole row by column.</summary>
    private static Dictionary<string, double> LastRow(FileInfo file)
    {
        var row = new Dictionary<string, double>();
        if (!file.Exists)
            return row;
        using var opened = ServedFile.Open(file.FullName);
        if (opened is null)
            return row;
        using var reader = new StreamReader(opened);
        var names = reader.ReadLine()?.Split(',') ?? [];
        var tail = ServedFile.Tail(file.FullName, TailBytes);
        var end = tail.LastIndexOf('\n');
        var line = end < 0 ? "" : tail[(end == 0 ? 0 : tail.LastIndexOf('\n', end - 1) + 1)..end].TrimEnd('\r');
        foreach (var (column, text) in names.Zip(line.Split(',')))
        {
            // The header itself, where there is no row yet, holds no numbers.
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
                row[column] = value;
        }
        return row;
    }

    private static double? Value(Dictionary<string, double> row, string column) => row.TryGetValue(column, out var value) ? value : null;
}
