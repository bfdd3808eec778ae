using System.Text.Json;
using System.Text.Json.Serialization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Experiments.Checkpoints;

/// <summary>What a checkpoint is, readable by people: written as manifest.json beside its tensors.</summary>
public sealed record CheckpointManifest
{
    /// <summary>The version of this format that the program writes and reads.</summary>
    public const int CurrentFormat = 1;

    internal static JsonSerializerOptions Json { get; } = new()
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

    /// <summary>Version of the program that wrote it.</summary>
    public required string Program { get; init; }

    public required string Agent { get; init; }

    public required IReadOnlyDictionary<string, string> AgentOptions { get; init; }

    public required string Environment { get; init; }

    public required IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; }

    public required string? DataFolder { get; init; }

    public required ManifestSpec Specification { get; init; }

    public required long Seed { get; init; }

    /// <summary>Rounds completed.</summary>
    public required long Iteration { get; init; }

    /// <summary>Rounds of the whole run.</summary>
    public required int Iterations { get; init; }

    public required string Device { get; init; }

    public required TrainingTotals Totals { get; init; }

    /// <summary>Counters of the agent, among them the positions of its random streams.</summary>
    public required IReadOnlyDictionary<string, long> AgentCounters { get; init; }

    public required IReadOnlyDictionary<string, long> EnvironmentCounters { get; init; }

    /// <summary>SHA-256 of each file beside the manifest.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>The plan to create environment and agent from.</summary>
    public RunPlan ToPlan() => new()
    {
        Agent = Agent,
        AgentOptions = AgentOptions,
        Environment = Environment,
        EnvironmentOptions = EnvironmentOptions,
        DataFolder = DataFolder,
        Seed = Seed,
        Iterations = Iterations,
    };
}

/// <summary>The part of an environment's specification that tensors depend on.</summary>
public sealed record ManifestSpec(
    int UserCount, int ItemCount, int SlateSize, int HistoryLength, int UserFeatureCount, int ItemFeatureCount, bool HasEpisodes, string PopulationFingerprint)
{
    public static ManifestSpec Of(Core.EnvironmentSpec spec) => new(
        spec.UserCount, spec.ItemCount, spec.SlateSize, spec.HistoryLength, spec.UserFeatureCount, spec.ItemFeatureCount, spec.HasEpisodes, spec.PopulationFingerprint);

    /// <summary>What differs, as <c>itemCount 10 instead of 1000</c>; nothing where all is equal.</summary>
    public IReadOnlyList<string> DifferencesFrom(ManifestSpec expected)
    {
        var differences = new List<string>();
        Compare("userCount", UserCount, expected.UserCount);
        Compare("itemCount", ItemCount, expected.ItemCount);
        Compare("slateSize", SlateSize, expected.SlateSize);
        Compare("historyLength", HistoryLength, expected.HistoryLength);
        Compare("userFeatureCount", UserFeatureCount, expected.UserFeatureCount);
        Compare("itemFeatureCount", ItemFeatureCount, expected.ItemFeatureCount);
        Compare("hasEpisodes", HasEpisodes, expected.HasEpisodes);
        Compare("populationFingerprint", PopulationFingerprint, expected.PopulationFingerprint);
        return differences;

        void Compare(string name, object mine, object other)
        {
            if (!mine.Equals(other))
                differences.Add($"{name} {mine} instead of {other}");
        }
    }
}
