using System.Text.Json;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>One finished cell as JSON, in a file or on its way: its key, its row, and its rounds by column, which takes a third of the room that records would.</summary>
public static class CellFile
{
    private static readonly JsonSerializerOptions s_json = new(ResultJson.Options) { WriteIndented = false };

    internal static void Write(string path, string key, ComparisonCell cell) => AtomicFile.WriteAllText(path, ToText(key, cell) + "\n");

    /// <summary>A finished cell on one line, as its file holds it.</summary>
    /// <param name="plan">Of the run, resolved.</param>
    /// <param name="device">As the user would write it.</param>
    public static string ToText(RunPlan plan, string device, ComparisonCell cell) => ToText(CellKey.Of(plan, device), cell);

    /// <exception cref="JsonException">The text is no cell, or that of another run. Other faults that <see cref="StrictJson.IsDamage"/> knows say the same.</exception>
    public static ComparisonCell FromText(RunPlan plan, string device, string text)
    {
        var content = JsonSerializer.Deserialize<Content>(text, s_json) ?? throw new JsonException("It is empty.");
        return content.Key == CellKey.Of(plan, device) ? content.ToCell() : throw new JsonException("It is another run than was asked for.");
    }

    private static string ToText(string key, ComparisonCell cell) => JsonSerializer.Serialize(
        new Content
        {
            Key = key,
            Build = cell.Build,
            IsBound = cell.IsBound,
            WallSeconds = cell.WallSeconds,
            Row = cell.Row,
            AgentOptions = cell.AgentOptions,
            EnvironmentOptions = cell.EnvironmentOptions,
            Rounds = Columns.Of(cell.Rounds),
            Diagnostics = cell.Diagnostics,
        }, s_json);

    /// <param name="key">What the cell must be; none to take it as it is.</param>
    /// <exception cref="UserMistakeException">It cannot be read, is no cell, or another one.</exception>
    internal static ComparisonCell Read(string path, string? key)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), s_json) ?? throw new JsonException("It is empty.");
            return key is null || content.Key == key
                ? content.ToCell()
                : throw new UserMistakeException($"'{path}' holds another run than its name says. Delete it, and the comparison runs it again.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"'{path}' is no finished run of a comparison: {fault.Message.ReplaceLineEndings(" ")} Delete it, and the comparison runs it again.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }

    private sealed record Content
    {
        public required string Key { get; init; }

        public required string Build { get; init; }

        public required bool IsBound { get; init; }

        public required double WallSeconds { get; init; }

        public required ComparisonRow Row { get; init; }

        public required IReadOnlyDictionary<string, string> AgentOptions { get; init; }

        public required IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; }

        public required Columns Rounds { get; init; }

        public required IReadOnlyDictionary<string, IReadOnlyList<double>> Diagnostics { get; init; }

        public ComparisonCell ToCell() => new(Row, Rounds.ToRounds())
        {
            AgentOptions = AgentOptions,
            EnvironmentOptions = EnvironmentOptions,
            Diagnostics = Diagnostics,
            IsBound = IsBound,
            WallSeconds = WallSeconds,
            Build = Build,
        };
    }

    private sealed record Columns(long[] Iteration, long[] Users, double[] MeanResponses, double[] MeanExpected, double[] MeanOracle, double[] Seconds)
    {
        public static Columns Of(IReadOnlyList<ComparisonRound> rounds) => new(
            [.. rounds.Select(one => one.Iteration)], [.. rounds.Select(one => one.Users)], [.. rounds.Select(one => one.MeanResponses)],
            [.. rounds.Select(one => one.MeanExpected)], [.. rounds.Select(one => one.MeanOracle)], [.. rounds.Select(one => one.Seconds)]);

        public IReadOnlyList<ComparisonRound> ToRounds()
        {
            if (new[] { Users?.Length, MeanResponses?.Length, MeanExpected?.Length, MeanOracle?.Length, Seconds?.Length }.Any(length => length != Iteration?.Length))
                throw new JsonException("Its rounds are incomplete.");
            return [.. Iteration!.Select((iteration, index) => new ComparisonRound(iteration, Users![index], MeanResponses![index], MeanExpected![index], MeanOracle![index], Seconds![index]))];
        }
    }
}
