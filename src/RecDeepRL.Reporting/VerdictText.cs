using System.Globalization;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting;

/// <summary>Verdicts of a comparison in words.</summary>
public static class VerdictText
{
    /// <summary>One agent against the best, such as <c>worse by 0.0312 ± 0.0020</c>.</summary>
    public static string Of(Standing standing) => standing.Verdict switch
    {
        Verdict.Best => "best",
        Verdict.Bound => "bound",
        Verdict.Tied => $"tied with the best ({Behind(standing)}, p = {Probability(standing.PValue)})",
        Verdict.Worse => $"worse by {Spread(standing)}",
        _ => "too few seeds to tell",
    };

    /// <summary>One sentence for each environment, and one for all of them together.</summary>
    public static IEnumerable<string> Of(ComparisonStatistics statistics)
    {
        foreach (var environment in statistics.Environments)
        {
            var agents = environment.Agents.Select(agent => (agent.Label, agent.Standing)).ToList();
            if (environment.Best is not null)
                yield return $"{environment.Heading}: {Sentence(environment.Best, agents)}";
        }
        if (statistics.Aggregate is { } aggregate && aggregate.Agents.FirstOrDefault(agent => agent.Standing.Verdict == Verdict.Best) is { } best)
        {
            var estimate = best.InterquartileMean;
            var interval = double.IsNaN(estimate.Low) ? "" : $" (95 % interval {EvaluationTable.Percent(estimate.Low)} to {EvaluationTable.Percent(estimate.High)})";
            yield return $"Over {aggregate.Environments.Count} environments: {Sentence(best.Label, [.. aggregate.Agents.Select(agent => (agent.Label, agent.Standing))])} It closes {EvaluationTable.Percent(estimate.Value)} of the gap from random to oracle in the interquartile mean{interval}.";
        }
        if (statistics.Missing > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{statistics.Missing} of {statistics.Missing + statistics.Finished} runs are missing; agents may stand on different seeds.");
    }

    private static string Sentence(string best, IReadOnlyList<(string Label, Standing Standing)> agents)
    {
        var tied = agents.Where(agent => agent.Standing.Verdict == Verdict.Tied).Select(agent => agent.Label).ToList();
        var worse = agents.Count(agent => agent.Standing.Verdict == Verdict.Worse);
        var unknown = agents.Count(agent => agent.Standing.Verdict == Verdict.Unknown);
        var parts = new List<string>();
        if (tied.Count > 0)
            parts.Add($"tied with it {(tied.Count == 1 ? "is" : "are")} {string.Join(", ", tied)}");
        if (worse > 0)
            parts.Add($"{(worse == 1 ? "1 agent is" : $"{worse} agents are")} worse by more than chance explains");
        if (unknown > 0)
            parts.Add($"of {unknown} there are too few seeds to tell");
        return $"the highest score is that of {best}{(parts.Count == 0 ? "" : "; " + string.Join("; ", parts))}.";
    }

    private static string Behind(Standing standing) => standing.Behind is { Value: 0, Low: 0, High: 0 } ? "the same scores" : $"behind by {Spread(standing)}";

    private static string Spread(Standing standing) => standing.Behind is { } behind
        ? $"{EvaluationTable.Number(behind.Value)} ± {EvaluationTable.Number((behind.High - behind.Low) / 2)}"
        : "";

    private static string Probability(double value) => value < 0.001 ? "< .001" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
