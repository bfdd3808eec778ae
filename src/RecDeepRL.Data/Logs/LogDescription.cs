using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;

namespace RecDeepRL.Data.Logs;

/// <summary>What wrote an interaction log, readable by people: <c>log.json</c> beside its files.</summary>
public sealed record LogDescription
{
    /// <summary>The version of this format that the program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The most shards that a log may have.</summary>
    public const int MostShards = 32;

    internal const string FileName = "log.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NewLine = "\n",
        TypeInfoResolver = StrictJson.Resolver,
    };

    public required int Format { get; init; }

    /// <summary>The runs that wrote to the log, in order: each goes on where the one before ended.</summary>
    public required IReadOnlyList<LoggedRun> Runs { get; init; }

    /// <summary>Folders below this one that hold a part of each iteration each, <see cref="ShardFolder"/>; none where the iterations lie here as a whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Shards { get; init; }

    /// <summary>The folder of one shard's part of a log, itself a log.</summary>
    public static string ShardFolder(string folder, int shard) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"shard-{shard:D2}"));

    /// <summary>The same with one more run. A run that did not complete a round is left out.</summary>
    internal LogDescription With(LoggedRun run) =>
        this with { Runs = [.. Runs.Where(earlier => earlier.FirstIteration < run.FirstIteration), run] };

    /// <exception cref="UserMistakeException">There is none, or one that is damaged or of a newer format.</exception>
    internal static LogDescription Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new UserMistakeException($"'{folder}' holds no interaction log (no {FileName}). Give a folder that 'simulate --log' wrote.");
        try
        {
            var description = JsonSerializer.Deserialize<LogDescription>(File.ReadAllBytes(path), s_json) ?? throw new JsonException("it is null");
            if (description.Format > CurrentFormat)
                throw new UserMistakeException($"{path} has format {description.Format}, this program reads up to {CurrentFormat}. Use a newer program.");
            return description.Shards is null or (>= 1 and <= MostShards) ? description : throw new JsonException($"shards is {description.Shards}, expected is 1 to {MostShards}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{path} cannot be read: {fault.Message}", fault);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"{path} is damaged: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    internal void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, this, s_json);
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".part", path, overwrite: true);
    }
}

/// <summary>One run of a log.</summary>
/// <param name="FirstIteration">The first round of the log that it wrote.</param>
/// <param name="Agent">Registered name.</param>
/// <param name="AgentOptions">Every option of the agent by name, as the user would type it.</param>
/// <param name="Environment">Registered name.</param>
/// <param name="EnvironmentOptions">Every option of the environment by name, as the user would type it.</param>
/// <param name="DataFolder">Folder in the original's layout, absolute; none for the built-in population.</param>
/// <param name="PopulationFingerprint">Of the environment; equal for equal users, items and truth.</param>
/// <param name="SlateSize">K.</param>
/// <param name="Seed">Seed of the run.</param>
public sealed record LoggedRun(
    long FirstIteration, string Agent, IReadOnlyDictionary<string, string> AgentOptions, string Environment,
    IReadOnlyDictionary<string, string> EnvironmentOptions, string? DataFolder, string PopulationFingerprint, int SlateSize, long Seed);
