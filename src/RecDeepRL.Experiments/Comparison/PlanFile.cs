using System.Text.Json;
using RecDeepRL.Core;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>compare.json: the plan of a comparison with every option written out, with which a killed one goes on.</summary>
/// <param name="Plan">Resolved.</param>
/// <param name="Device">Where every cell runs.</param>
/// <param name="Command">What the user typed, without the program's own name.</param>
internal sealed record PlanFile(ComparisonPlan Plan, string Device, string Command)
{
    public const string Name = "compare.json";

    private const int Format = 1;

    /// <exception cref="UserMistakeException">It is missing, cannot be read, or is of another version.</exception>
    public static PlanFile Read(string path)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), ResultJson.Options) ?? throw new JsonException("It is empty.");
            if (content.Format != Format)
                throw new UserMistakeException($"'{path}' is of format {content.Format}, this program reads format {Format}. Use the version of the program that began the comparison.");
            // They become part of the names of files.
            if (content.Pairs.SelectMany(pair => new[] { pair.Agent, pair.Environment }).FirstOrDefault(name => !IsName(name)) is { } odd)
                throw new JsonException($"'{odd}' is no name of an agent or environment.");
            return new PlanFile(
                new ComparisonPlan
                {
                    Seeds = content.Seeds,
                    Pairs = [.. content.Pairs.Select(pair => new RunPlan
                    {
                        Environment = pair.Environment,
                        EnvironmentOptions = pair.EnvironmentOptions,
                        Agent = pair.Agent,
                        AgentOptions = pair.AgentOptions,
                        DataFolder = pair.Data,
                        Iterations = pair.Iterations,
                    })],
                }, content.Device, content.Command);
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault))
        {
            throw new UserMistakeException($"'{path}' is no plan of a comparison: {fault.Message.ReplaceLineEndings(" ")} Put it back as 'compare' wrote it, or give another folder.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    public void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(
        new Content(Format, Command, Device, Plan.Seeds, [.. Plan.Pairs.Select(pair => new Pair(
            pair.Environment, pair.EnvironmentOptions, pair.Agent, pair.AgentOptions, pair.DataFolder, pair.Iterations))]),
        ResultJson.Options) + "\n");

    /// <summary>Why a finished run of this plan is no part of another, in words.</summary>
    /// <param name="cell">A run of this plan that the other has not.</param>
    public string DifferenceTo(PlanFile other, RunPlan cell)
    {
        if (Device != other.Device)
            return $"device was {Device}, is now {other.Device}";
        if (!other.Plan.Pairs.Any(pair => pair.Environment == cell.Environment))
            return $"the environment {cell.Environment} is left out";
        var alike = other.Plan.Pairs.Where(pair => pair.Environment == cell.Environment && pair.Agent == cell.Agent).ToList();
        if (alike.Count == 0)
            return $"the agent {cell.Agent} is left out";
        // Of several variants the one that differs least is the one that was meant.
        var differences = alike.Select(pair => Differences(cell, pair).ToList()).MinBy(list => list.Count)!;
        return differences.Count > 0
            ? $"of {cell.Agent} in {cell.Environment}, {string.Join(", ", differences)}"
            : $"seed {cell.Seed} is left out";
    }

    private static IEnumerable<string> Differences(RunPlan before, RunPlan now)
    {
        if (before.Iterations != now.Iterations)
            yield return $"iterations was {before.Iterations?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "the default"}, is now {now.Iterations?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "the default"}";
        if (before.DataFolder != now.DataFolder)
            yield return $"data was {before.DataFolder ?? "built-in"}, is now {now.DataFolder ?? "built-in"}";
        foreach (var text in Differences("environment", before.EnvironmentOptions, now.EnvironmentOptions).Concat(Differences("agent", before.AgentOptions, now.AgentOptions)))
            yield return text;
    }

    private static IEnumerable<string> Differences(string kind, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        from name in before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
        let old = before.GetValueOrDefault(name)
        let current = now.GetValueOrDefault(name)
        where old != current
        select $"{kind}.{name} was {old ?? "absent"}, is now {current ?? "absent"}";

    private sealed record Content(int Format, string Command, string Device, IReadOnlyList<long> Seeds, IReadOnlyList<Pair> Pairs);

    private sealed record Pair(
        string Environment, IReadOnlyDictionary<string, string> EnvironmentOptions, string Agent, IReadOnlyDictionary<string, string> AgentOptions, string? Data, int? Iterations);
}
