using System.Text.Json;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>One finished cell as a JSON file: its key, its row, and its rounds by column, which takes a third of the room that records would.</summary>
internal static class CellFile
{
    private static readonly JsonSerializerOptions s_json = new(ResultJson.Options) { WriteIndented = false };

    public static void Write(string path, string key, ComparisonCell cell) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(
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
        }, s_json) + "\n");

    /// <param name="key">What the cell must be; none to take it as it is.</param>
    /// <exception cref="UserMistakeException">It cannot be read, is no cell, or another one.</exception>
    public static ComparisonCell Read(string path, string? key)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), s_json) ?? throw new JsonException("It is empty.");
            return key is null || content.Key == key
                ? new ComparisonCell(content.Row, content.Rounds.ToRounds())
                {
                    AgentOptions = content.AgentOptions,
                    EnvironmentOptions = content.EnvironmentOptions,
                    Diagnostics = content.Diagnostics,
                    IsBound = content.IsBound,
                    WallSeconds = content.WallSeconds,
                    Build = content.Build,
                }
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
