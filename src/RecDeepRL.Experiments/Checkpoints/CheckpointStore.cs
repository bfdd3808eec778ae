using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Experiments.Checkpoints;

/// <summary>Writes and reads the checkpoints of a run folder: <c>checkpoint-000020/</c> with manifest.json, agent.safetensors and environment.safetensors.</summary>
/// <remarks>A checkpoint is written to a temporary folder, flushed, then renamed, so one that has its name is whole.</remarks>
public static class CheckpointStore
{
    private const string ManifestName = "manifest.json";
    private const string AgentFile = "agent.safetensors";
    private const string EnvironmentFile = "environment.safetensors";
    private const string Prefix = "checkpoint-";

    /// <summary>Version of the program, as manifests state it.</summary>
    public static string ProgramVersion { get; } =
        "RecDeepRL " + (typeof(CheckpointStore).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");

    /// <summary>Writes the pair's state as of its current iteration and keeps the <paramref name="keep"/> newest checkpoints.</summary>
    /// <param name="companions">Texts that belong to the checkpoint, by the name of their file; none for none.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="ArithmeticException">The state holds NaN or an infinity. Nothing is written then.</exception>
    public static string Write(string runFolder, RunPair pair, TrainingTotals totals, int keep = 2, IReadOnlyDictionary<string, string>? companions = null)
    {
        using var agent = new SavedState();
        using var environment = new SavedState();
        pair.Agent.Save(agent);
        pair.Environment.Save(environment);
        // No state holds NaN or an infinity on purpose: a checkpoint that did could only spread it.
        RequireFinite(pair.Plan.Agent, agent);
        RequireFinite(pair.Plan.Environment, environment);
        var target = Path.Combine(runFolder, Prefix + pair.Environment.Iteration.ToString("D6", CultureInfo.InvariantCulture));
        var temporary = Path.Combine(runFolder, $".{Path.GetFileName(target)}.part");
        DeleteLeftovers(runFolder);
        try
        {
            Directory.CreateDirectory(temporary);
            SafetensorsFile.Write(Path.Combine(temporary, AgentFile), agent.Tensors);
            SafetensorsFile.Write(Path.Combine(temporary, EnvironmentFile), environment.Tensors);
            foreach (var (name, text) in companions ?? new Dictionary<string, string>())
                AtomicFile.WriteAllText(Path.Combine(temporary, name), text);
            WriteManifest(Path.Combine(temporary, ManifestName), Describe(pair, totals, agent, environment, temporary, companions?.Keys ?? []));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or UserMistakeException)
        {
            // On a full disk the half of a checkpoint takes the room in which the run could go on.
            DeleteLeftovers(runFolder);
            throw;
        }
        if (Directory.Exists(target))
            Discard(target);
        Directory.Move(temporary, target);
        foreach (var old in All(runFolder).SkipLast(Math.Max(keep, 1)))
            Discard(old);
        return target;
    }

    /// <summary>Deletes a checkpoint. It loses its name first: whenever the process ends, a folder that has the name of a checkpoint is whole.</summary>
    private static void Discard(string checkpoint)
    {
        var nameless = Path.Combine(Path.GetDirectoryName(checkpoint)!, $".{Path.GetFileName(checkpoint)}.old.part");
        Directory.Move(checkpoint, nameless);
        Directory.Delete(nameless, recursive: true);
    }

    private static void DeleteLeftovers(string runFolder)
    {
        foreach (var leftover in Directory.EnumerateDirectories(runFolder, $".{Prefix}*.part").ToList())
            Directory.Delete(leftover, recursive: true);
    }

    private static void RequireFinite(string owner, SavedState state)
    {
        using var check = new FiniteCheck(owner);
        foreach (var (name, tensor) in state.Tensors)
            check.Write(name, tensor);
        check.Require();
    }

    /// <summary>The checkpoint a path means: itself, or the newest of a run folder.</summary>
    /// <exception cref="UserMistakeException">There is no such folder, or no checkpoint in it.</exception>
    public static string Locate(string path)
    {
        if (!Directory.Exists(path))
            throw new UserMistakeException($"There is no folder '{path}'. Give a run folder such as checkpoints/ddpg-context-seed1, or one of its checkpoint-… folders.");
        if (File.Exists(Path.Combine(path, ManifestName)))
            return path;
        var all = All(path);
        return all.Count > 0
            ? all[^1]
            : throw new UserMistakeException($"The folder '{path}' holds no checkpoint (no {Prefix}… folder with a {ManifestName}). Give a folder that 'train' wrote.");
    }

    /// <exception cref="UserMistakeException">The manifest is missing, damaged, or of a newer format.</exception>
    public static CheckpointManifest ReadManifest(string checkpoint)
    {
        var path = Path.Combine(checkpoint, ManifestName);
        try
        {
            var text = File.ReadAllBytes(path);
            using (var document = JsonDocument.Parse(text))
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out var format)
                    && format.TryGetInt32(out var version) && version > CheckpointManifest.CurrentFormat)
                {
                    throw new UserMistakeException($"{path} has format {version}, this program reads up to {CheckpointManifest.CurrentFormat}. Use a newer program.");
                }
            }
            return JsonSerializer.Deserialize<CheckpointManifest>(text, CheckpointManifest.Json) ?? throw new JsonException("it is null");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{path} cannot be read: {fault.Message}", fault);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"{path} is damaged: {fault.Message.ReplaceLineEndings(" ")} Use another checkpoint.", fault);
        }
    }

    /// <summary>Restores a pair that was created from the manifest's plan. Files are read and checked as a whole before anything is changed; a state that does not fit
    /// leaves the pair unusable.</summary>
    /// <exception cref="UserMistakeException">The checkpoint is damaged, or of another population, agent or environment.</exception>
    public static void Restore(string checkpoint, CheckpointManifest manifest, RunPair pair)
    {
        var differences = manifest.Specification.DifferencesFrom(ManifestSpec.Of(pair.Environment.Spec));
        if (differences.Count > 0)
        {
            throw new UserMistakeException(
                $"The checkpoint '{checkpoint}' belongs to another population: {string.Join("; ", differences)}. Give the data folder it was trained on, or train anew.");
        }
        foreach (var file in new[] { AgentFile, EnvironmentFile })
            CheckHash(checkpoint, manifest, file);
        using var agent = ReadState(checkpoint, AgentFile, manifest.AgentCounters);
        using var environment = ReadState(checkpoint, EnvironmentFile, manifest.EnvironmentCounters);
        try
        {
            pair.Environment.Load(environment);
            pair.Agent.Load(agent);
        }
        catch (Exception fault) when (fault is not (UserMistakeException or OutOfMemoryException or RoundsLostException))
        {
            // Checksums fit, so this is no accident: counters and tensors that no run of the program leaves together.
            throw new UserMistakeException(
                $"The checkpoint '{checkpoint}' is damaged: its state does not fit together ({fault.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.')}). Use another checkpoint.", fault);
        }
        if (pair.Environment.Iteration != manifest.Iteration)
            throw new UserMistakeException($"The checkpoint '{checkpoint}' is damaged: its manifest says iteration {manifest.Iteration}, its environment {pair.Environment.Iteration}.");
    }

    /// <summary>A text that was written along with a checkpoint.</summary>
    /// <param name="name">Of its file.</param>
    /// <returns>None where the checkpoint has no such text.</returns>
    /// <exception cref="UserMistakeException">It should be there and is missing or damaged.</exception>
    public static string? ReadCompanion(string checkpoint, CheckpointManifest manifest, string name)
    {
        if (!manifest.Files.ContainsKey(name))
            return null;
        CheckHash(checkpoint, manifest, name);
        return File.ReadAllText(Path.Combine(checkpoint, name));
    }

    /// <summary>The checkpoints of a run folder, oldest first.</summary>
    public static IReadOnlyList<string> All(string runFolder) =>
        [.. Directory.EnumerateDirectories(runFolder, Prefix + "*").Where(folder => File.Exists(Path.Combine(folder, ManifestName))).Order(StringComparer.Ordinal)];

    private static CheckpointManifest Describe(RunPair pair, TrainingTotals totals, SavedState agent, SavedState environment, string folder, IEnumerable<string> companions) => new()
    {
        Format = CheckpointManifest.CurrentFormat,
        Program = ProgramVersion,
        Agent = pair.Plan.Agent,
        AgentOptions = pair.Plan.AgentOptions,
        Environment = pair.Plan.Environment,
        EnvironmentOptions = pair.Plan.EnvironmentOptions,
        DataFolder = pair.Plan.DataFolder,
        Specification = ManifestSpec.Of(pair.Environment.Spec),
        Seed = pair.Plan.Seed,
        Iteration = pair.Environment.Iteration,
        Iterations = pair.Iterations,
        Device = Devices.Describe(pair.Environment.Spec.Device),
        Totals = totals,
        AgentCounters = agent.Counters,
        EnvironmentCounters = environment.Counters,
        Files = new SortedDictionary<string, string>(companions.Concat([AgentFile, EnvironmentFile]).ToDictionary(file => file, file => Hash(Path.Combine(folder, file)))),
    };

    private static void WriteManifest(string path, CheckpointManifest manifest)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        JsonSerializer.Serialize(file, manifest, CheckpointManifest.Json);
        file.Flush(flushToDisk: true);
    }

    private static SavedState ReadState(string checkpoint, string file, IReadOnlyDictionary<string, long> counters)
    {
        var path = Path.Combine(checkpoint, file);
        var state = new SavedState(path);
        foreach (var (name, tensor) in SafetensorsFile.Read(path))
            state.Add(name, tensor);
        foreach (var (name, value) in counters)
            state.Write(name, value);
        try
        {
            RequireFinite(path, state);
        }
        catch (ArithmeticException fault)
        {
            state.Dispose();
            throw new UserMistakeException($"{fault.Message} A run that goes on from it would only spread it. Use another checkpoint.", fault);
        }
        return state;
    }

    private static void CheckHash(string checkpoint, CheckpointManifest manifest, string file)
    {
        var path = Path.Combine(checkpoint, file);
        if (!File.Exists(path))
            throw new UserMistakeException($"The checkpoint '{checkpoint}' is not whole: {file} is missing. Use another checkpoint.");
        if (!manifest.Files.TryGetValue(file, out var expected) || Hash(path) != expected)
            throw new UserMistakeException($"{path} is damaged: its SHA-256 is not the one in the manifest. Use another checkpoint.");
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
