using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>What was seen of the agents that a comparison looked into, in one environment.</summary>
internal static class InsideSection
{
    /// <param name="id">Of the section; begins the names of its charts.</param>
    /// <param name="statistics">Of the environment; agents stand in its order.</param>
    /// <param name="cells">Of the environment.</param>
    /// <returns>None where nothing was looked into.</returns>
    /// <exception cref="UserMistakeException">An insight is damaged.</exception>
    public static ReportSection? Of(string id, string title, EnvironmentStatistics statistics, IReadOnlyList<ComparisonCell> cells)
    {
        var order = statistics.Agents.Index().ToDictionary(agent => agent.Item.Label, agent => agent.Index);
        List<(string Label, RunInsight Insight)> seen =
        [
            .. from cell in cells
               where cell.InsightPath is not null
               orderby order[cell.Label], cell.Row.Seed
               let insight = InsightFile.Read(cell.InsightPath!)
               where insight.Snapshots.Count > 0
               select (cell.Label, insight),
        ];
        if (seen.Count == 0)
            return null;
        var seeds = seen.Select(one => one.Insight.Seed).Distinct().Order().ToList();
        if (seeds.Count > 1)
            seen = [.. seen.Select(one => (string.Create(CultureInfo.InvariantCulture, $"{one.Label}, seed {one.Insight.Seed}"), one.Insight))];
        return new ReportSection(id, title,
        [
            new ReportText($"Single runs were looked into ({(seeds.Count == 1 ? "seed" : "seeds")} {string.Join(", ", seeds)}). Another seed may look otherwise; scores and their intervals stand above."),
            Overview(seen),
            .. seen.Select((one, index) => new ReportFold(one.Label, [.. new InsightSections(one.Insight, $"{id}-{index + 1}-").Build().SelectMany(section => section.Blocks)])),
        ]);
    }

    private static ReportTable Overview(IReadOnlyList<(string Label, RunInsight Insight)> seen) => new(
        "What each agent settled on (the first item that keeps half of the slates to the end, and the round after which it does), how its slates of the whole run were spread over the items, and how far its last estimates are from the truth.",
        [
            new("agent", IsNumber: false), new("settled on", IsNumber: false), new("after"), new("coverage"), new("entropy"), new("Gini"), new("items in exploit mode"), new("error of an item's mean"), new("rank correlation"),
        ],
        [.. seen.Select(one => Row(one.Label, one.Insight))]);

    private static ReportRow Row(string label, RunInsight insight)
    {
        var (settled, spread) = (LockIn.Of(insight) is [var first, ..] ? first : null, insight.Overall);
        var error = insight.Snapshots.LastOrDefault(snapshot => snapshot.Error is not null)?.Error;
        return new ReportRow(
        [
            label, settled is null ? "none" : insight.Items[settled.Item].Name, settled is null ? new("", double.NaN) : new(settled.Iteration.ToString(CultureInfo.InvariantCulture), settled.Iteration),
            Share(spread.Coverage), Share(spread.Entropy), Share(spread.Gini), Share(insight.Final?.Concentration.Coverage), Number(error?.Items), Number(error?.RankCorrelation),
        ]);

        static ReportCell Share(double? value) => value is { } known && double.IsFinite(known) ? new(Figure.Percent(known), known) : new("", double.NaN);

        static ReportCell Number(double? value) => new(Figure.Of(value), value ?? double.NaN);
    }
}
