using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments.Checkpoints;

namespace RecDeepRL.Endurance;

/// <summary>A command that may be killed at any moment and given again.</summary>
internal abstract class KillTrial
{
    public static IReadOnlyList<KillTrial> All { get; } =
    [
        // A state of some size, written after every round: kills often come while a checkpoint is being written.
        new TrainTrial("train ucb", ["ucb", "--env", "popular", "--set", "users=3000", "--iterations", "120", "--checkpoint-every", "1", "--evaluate-every", "10"]),
        new TrainTrial("train ddpg", ["ddpg", "--env", "sessions", "--set", "users=200", "--set", "updatesPerIteration=5", "--iterations", "30", "--checkpoint-every", "1", "--evaluate-every", "5"]),
        new TrainTrial("train neural-linear", ["neural-linear", "--env", "context", "--set", "users=500", "--iterations", "20", "--checkpoint-every", "2"]),
        new CompareTrial(),
        new SimulateTrial(),
    ];

    public abstract string Name { get; }

    /// <summary>The command to give, whatever an earlier one left behind.</summary>
    /// <param name="folder">Working folder.</param>
    public abstract string[] Command(string folder);

    /// <summary>Requires what a kill may leave: whole checkpoints, tables and logs that can be read.</summary>
    /// <exception cref="InvalidDataException">Something is neither whole nor marked as unfinished.</exception>
    public abstract void Inspect(string folder);

    /// <summary>What the finished command is to have come to, by name: times are left out.</summary>
    public abstract IReadOnlyDictionary<string, string> Results(string folder);

    /// <summary>Whether something was being written.</summary>
    public static bool HasLeftovers(string folder) => Directory.EnumerateFileSystemEntries(folder, "*.part", SearchOption.AllDirectories).Any();

    protected static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>A table or document without what tells of time.</summary>
    protected static string Timeless(string path)
    {
        var text = File.ReadAllText(path);
        if (!path.EndsWith(".csv", StringComparison.Ordinal))
            return Regex.Replace(text, """("\w*[sS]econds")\s*:\s*(\[[^\]]*\]|[^,}\]\n]+)""", "$1:0");
        var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
        var dropped = Enumerable.Range(0, rows[0].Length).Where(column => rows[0][column].Contains("seconds", StringComparison.Ordinal)).ToList();
        return string.Join('\n', rows.Select(row => string.Join(',', row.Where((_, column) => !dropped.Contains(column)))));
    }

    /// <summary>Requires rows of as many fields as the header has, the last of which may be cut off.</summary>
    protected static void RequireTable(string path)
    {
        if (!File.Exists(path))
            return;
        var text = File.ReadAllText(path);
        var rows = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fields = rows.Length == 0 ? 0 : rows[0].Split(',').Length;
        if (rows.FirstOrDefault(row => row.Split(',').Length != fields) is { } odd)
            throw new InvalidDataException($"{path} has a row '{odd}' of other than {fields} fields");
    }
}

internal sealed class TrainTrial(string name, string[] command) : KillTrial
{
    public override string Name => name;

    public override string[] Command(string folder)
    {
        var run = Path.Combine(folder, "run");
        if (Directory.Exists(run) && CheckpointStore.All(run).Count > 0)
            return ["train", "--resume", "run", .. command.SkipWhile(word => word != "--checkpoint-every"), "--threads", "1"];
        if (Directory.Exists(run))
            Directory.Delete(run, recursive: true);
        return ["train", .. command, "--out", "run", "--threads", "1"];
    }

    public override void Inspect(string folder)
    {
        var run = Path.Combine(folder, "run");
        if (!Directory.Exists(run))
            return;
        foreach (var checkpoint in Directory.EnumerateDirectories(run, "checkpoint-*"))
        {
            var manifest = CheckpointStore.ReadManifest(checkpoint);
            foreach (var (file, hash) in manifest.Files)
            {
                if (Hash(Path.Combine(checkpoint, file)) != hash)
                    throw new InvalidDataException($"{checkpoint} is not whole: {file}");
            }
        }
        foreach (var table in new[] { "metrics.csv", "evaluations.csv", "diagnostics.csv" })
            RequireTable(Path.Combine(run, table));
    }

    public override IReadOnlyDictionary<string, string> Results(string folder)
    {
        var run = Path.Combine(folder, "run");
        var last = CheckpointStore.All(run)[^1];
        return new[] { "metrics.csv", "evaluations.csv", "diagnostics.csv", "result.json", "insight.json" }.ToDictionary(file => file, file => Timeless(Path.Combine(run, file)))
            .Concat(new[] { "agent.safetensors", "environment.safetensors" }.ToDictionary(file => file, file => Hash(Path.Combine(last, file))))
            .Append(new("newest checkpoint", Path.GetFileName(last)))
            .ToDictionary();
    }
}

internal sealed class CompareTrial : KillTrial
{
    public override string Name => "compare";

    public override string[] Command(string folder) =>
    [
        "compare", "--env", "popular,context", "--agents", "ucb,linucb,neural-linear,random", "--set", "users=300", "--iterations", "8", "--seeds", "4", "--insight", "--out", "results", "--jobs", "2",
    ];

    public override void Inspect(string folder)
    {
        var results = Path.Combine(folder, "results");
        if (Directory.Exists(results) && File.Exists(Path.Combine(results, "compare.json")))
            _ = Experiments.Comparison.ComparisonFolder.Read(results);
    }

    public override IReadOnlyDictionary<string, string> Results(string folder)
    {
        var results = Path.Combine(folder, "results");
        return Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".json" or ".csv" or ".md" && !Path.GetFileName(file).StartsWith('.'))
            .ToDictionary(file => Path.GetRelativePath(results, file), file => file.EndsWith(".md", StringComparison.Ordinal) ? "there" : Timeless(file));
    }
}

internal sealed class SimulateTrial : KillTrial
{
    private const int Rounds = 120;

    public override string Name => "simulate";

    public override string[] Command(string folder)
    {
        var log = Path.Combine(folder, "log");
        string[] command = ["simulate", "ucb", "--env", "popular", "--set", "users=2000", "--log", "log", "--threads", "1"];
        if (File.Exists(Path.Combine(log, "log.json")))
        {
            var left = Rounds - InteractionLog.Read(log).IterationCount;
            return left == 0 ? [] : [.. command, "--append", "--warm-start", "log", "--iterations", left.ToString(CultureInfo.InvariantCulture)];
        }
        if (Directory.Exists(log))
            Directory.Delete(log, recursive: true);
        return [.. command, "--iterations", Rounds.ToString(CultureInfo.InvariantCulture)];
    }

    public override void Inspect(string folder)
    {
        var log = Path.Combine(folder, "log");
        if (!File.Exists(Path.Combine(log, "log.json")))
            return;
        foreach (var rows in InteractionLog.Read(log).Iterations())
        {
            if (rows.Count == 0)
                throw new InvalidDataException($"iteration {rows.Iteration} of {log} has no rows");
        }
        RequireTable(Path.Combine(log, "metrics.csv"));
    }

    public override IReadOnlyDictionary<string, string> Results(string folder)
    {
        var log = Path.Combine(folder, "log");
        return Directory.EnumerateFiles(log, "iteration-*.parquet").ToDictionary(file => Path.GetFileName(file), Hash);
    }
}
