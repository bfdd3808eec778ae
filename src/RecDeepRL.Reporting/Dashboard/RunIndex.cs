namespace RecDeepRL.Reporting.Dashboard;

/// <summary>The runs in a folder and below it, under names that say nothing to the file system: whatever name a browser sends, it only ever
/// chooses among the runs that were found.</summary>
/// <param name="root">The folder that is served.</param>
/// <param name="clock">Says how long ago the folder was searched; none for the system's, which no change of date turns back.</param>
internal sealed class RunIndex(string root, TimeProvider? clock = null)
{
    private const int DeepestLevel = 6;
    private const int MostFolders = 20_000;
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(400);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly string _root = Path.GetFullPath(root);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RunSummaries> _summaries = new(StringComparer.Ordinal);
    private Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private List<RunSummary> _runs = [];
    private long? _read; // when the folder was searched last, by the clock's own count

    /// <summary>All runs, those at work first, then the newest first.</summary>
    public IReadOnlyList<RunSummary> Runs()
    {
        lock (_gate)
        {
            Refresh();
            return _runs;
        }
    }

    /// <summary>One run; none where there is none of the name.</summary>
    public RunSummary? Find(string? name)
    {
        lock (_gate)
        {
            Refresh();
            return _runs.Find(run => run.Name == name);
        }
    }

    /// <summary>The folder of a run; none where there is no run of the name.</summary>
    public string? FolderOf(string? name)
    {
        lock (_gate)
        {
            Refresh();
            return name is null ? null : _folders.GetValueOrDefault(name);
        }
    }

    /// <summary>Makes the next question look anew.</summary>
    public void Forget()
    {
        lock (_gate)
            _read = null;
    }

    private void Refresh()
    {
        if (_read is { } read && _clock.GetElapsedTime(read) < s_fresh)
            return;
        _folders = Search();
        foreach (var gone in _summaries.Keys.Except(_folders.Keys).ToList())
            _summaries.Remove(gone);
        _runs = [.. _folders
            .Select(run => (_summaries.TryGetValue(run.Key, out var known) ? known : _summaries[run.Key] = new RunSummaries(run.Key, run.Value)).Read())
            .OrderByDescending(run => run.State == RunState.Running).ThenByDescending(run => run.Changed).ThenBy(run => run.Name, StringComparer.Ordinal)];
        _read = _clock.GetTimestamp();
    }

    /// <summary>Run folders by their path below the root, with '/' between levels; the root itself, where it is a run, by its own name.</summary>
    private Dictionary<string, string> Search()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (IsRun(_root))
        {
            found[Path.GetFileName(_root)] = _root;
            return found;
        }
        var level = new List<string> { _root };
        var seen = 0;
        for (var depth = 1; depth <= DeepestLevel && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (var folder in level.SelectMany(FoldersIn))
            {
                if (++seen > MostFolders)
                    return found;
                if (IsRun(folder))
                    found[Path.GetRelativePath(_root, folder).Replace(Path.DirectorySeparatorChar, '/')] = folder;
                else
                    next.Add(folder);
            }
            level = next;
        }
        return found;
    }

    /// <summary>Without hidden ones and links, which may lead out of the root or in circles.</summary>
    private static IEnumerable<string> FoldersIn(string folder) => Directory.EnumerateDirectories(
        folder, "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint });

    private static bool IsRun(string folder) =>
        (File.Exists(Path.Combine(folder, RunDescription.TrainFile)) && (File.Exists(Path.Combine(folder, "metrics.csv")) || File.Exists(Path.Combine(folder, ".lock"))))
        || File.Exists(Path.Combine(folder, RunDescription.LogFile));
}
