using System.Text.Json;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Insight;

/// <summary>Reads and writes <c>insight.json</c>.</summary>
public static class InsightFile
{
    /// <summary>What the file is called, in a run folder and in a checkpoint.</summary>
    public const string Name = "insight.json";

    // Many numbers stand in rows: a line for each would make the file several times as long.
    private static readonly JsonSerializerOptions s_options = new(ResultJson.Options) { WriteIndented = false };

    public static string ToText(RunInsight insight) => JsonSerializer.Serialize(insight, s_options) + "\n";

    /// <exception cref="UserMistakeException">It cannot be written; the old file is untouched then.</exception>
    public static void Write(string path, RunInsight insight) => AtomicFile.WriteAllText(path, ToText(insight));

    /// <summary>The insight of a run.</summary>
    /// <param name="path">A run folder, or the file itself.</param>
    /// <exception cref="UserMistakeException">There is none, it is damaged, or of a newer format.</exception>
    public static RunInsight Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, Name) : path;
        if (!File.Exists(file))
        {
            throw new UserMistakeException(Directory.Exists(path)
                ? $"The folder '{path}' holds no {Name}. Give a run folder of 'train', which writes one unless --insight-every is 0."
                : $"There is no run folder or file '{path}'. Give a run folder such as checkpoints/ddpg-context-seed1.");
        }
        try
        {
            return FromText(File.ReadAllText(file), file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{file}' cannot be read: {fault.Message}", fault);
        }
    }

    /// <param name="path">Where the text stood, for messages.</param>
    /// <exception cref="UserMistakeException">The text is no insight of a format that is known.</exception>
    public static RunInsight FromText(string text, string path)
    {
        try
        {
            using (var document = JsonDocument.Parse(text))
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out var format) || !format.TryGetInt32(out var version))
                    throw new JsonException("it has no format");
                if (version > RunInsight.CurrentFormat)
                    throw new UserMistakeException($"{path} has format {version}, this program reads up to {RunInsight.CurrentFormat}. Use a newer program.");
            }
            var insight = JsonSerializer.Deserialize<RunInsight>(text, s_options) ?? throw new JsonException("it is null");
            return FaultOf(insight) is { } fault ? throw new JsonException(fault) : insight;
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"{path} is damaged: {fault.Message.ReplaceLineEndings(" ")} Delete it and run the same again, or take it from a backup.", fault);
        }
    }

    /// <summary>A figure as it is kept: six decimals are more than a picture shows, and keep the file small. None where it is not finite.</summary>
    internal static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;

    /// <summary>Sizes that do not fit together, which readers rely on.</summary>
    private static string? FaultOf(RunInsight insight)
    {
        var tracked = insight.Items.Count;
        if (insight.Shown.Count != insight.ItemCount || insight.Pending is { } pending && pending.Shown.Count != insight.ItemCount)
            return $"itemCount is {insight.ItemCount}, but shown tells about another number of items.";
        var bad = insight.Snapshots.FirstOrDefault(one => one.Shown.Count != tracked || (one.Estimates?.Count ?? tracked) != tracked || (one.Truth?.Count ?? tracked) != tracked);
        return bad is null ? null : $"the snapshot at iteration {bad.Iteration} tells about another number of items than the {tracked} followed.";
    }
}
