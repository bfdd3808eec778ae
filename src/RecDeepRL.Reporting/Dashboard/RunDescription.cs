using System.Text.Json;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>What a run is: read from the configuration that <c>train</c> writes, or the description that <c>simulate</c> writes beside its log.</summary>
/// <param name="Kind"><c>train</c> or <c>simulate</c>.</param>
/// <param name="Iterations">Rounds that were asked for; none where the file does not say.</param>
internal sealed record RunDescription(string Kind, string Agent, string Environment, long? Seed, long? Iterations)
{
    public const string TrainFile = "config.json";
    public const string LogFile = "log.json";
    private const string Unknown = "?";

    /// <summary>Never fails: what a damaged file does not tell stays unknown.</summary>
    public static RunDescription Read(string folder)
    {
        var kind = File.Exists(Path.Combine(folder, TrainFile)) ? "train" : "simulate";
        try
        {
            using var document = JsonDocument.Parse(ServedFile.Text(Path.Combine(folder, kind == "train" ? TrainFile : LogFile)) ?? "{}");
            var root = document.RootElement;
            if (kind == "simulate")
            {
                var last = root.GetProperty("runs").EnumerateArray().Last();
                return new(kind, Text(last, "agent"), Text(last, "environment"), Number(last, "seed"), null);
            }
            var run = root.TryGetProperty("run", out var section) ? section : default;
            return new(kind, Name(root, "agent"), Name(root, "environment"), Number(run, "seed"), Number(run, "iterations"));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new(kind, Unknown, Unknown, null, null);
        }

        static string Name(JsonElement root, string section) => root.TryGetProperty(section, out var part) ? Text(part, "name") : Unknown;

        static string Text(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : Unknown;

        static long? Number(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
    }
}
