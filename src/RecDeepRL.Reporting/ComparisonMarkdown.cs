using System.Globalization;
using System.Text;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting;

/// <summary>A comparison as Markdown tables.</summary>
public static class ComparisonMarkdown
{
    /// <param name="summaries">One for each environment and agent.</param>
    /// <param name="statistics">Of the same comparison, for what can be said of each agent against the best; none for the tables alone.</param>
    public static string Of(IReadOnlyList<ComparisonSummary> summaries, ComparisonStatistics? statistics = null)
    {
        var text = new StringBuilder();
        if (statistics is not null)
        {
            text.Append(string.Concat(VerdictText.Of(statistics).Select(line => $"- {line}\n"))).Append("\nAgainst the best: expected final scores, paired by seed; ± is a 95 % interval by itself. 'Worse' and 'tied' hold at 5 % for all agents of a table together (Holm's correction).\n\n");
        }
        text.Append("Mean responses per user (per session where users come in sessions) with 95 % intervals over seeds; 'final' is the exploit-mode evaluation of all users after the last iteration.\n");
        foreach (var environment in summaries.GroupBy(summary => summary.Heading))
        {
            var any = environment.First();
            text.Append(CultureInfo.InvariantCulture, $"\n**{environment.Key}** ({any.DescribeBounds()})\n\n")
                .Append("| agent | seeds | final | final, expected | gap closed | mean while training | s/run |").Append(statistics is null ? "" : " against the best |")
                .Append("\n|---|---:|---:|---:|---:|---:|---:|").Append(statistics is null ? "\n" : "---|\n");
            foreach (var row in environment.OrderByDescending(summary => summary.FinalExpected.Mean))
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Label} | {row.Final.Count} | {EvaluationTable.Spread(row.Final)} | {EvaluationTable.Spread(row.FinalExpected)} | {EvaluationTable.Percent(row.GapClosed)} | {EvaluationTable.Spread(row.TrainingMean)} | {row.Seconds:F2} |{(statistics is null ? "" : $" {VerdictText.Of(statistics.Find(row)!.Standing)} |")}\n");
            }
        }
        return text.ToString();
    }
    /// <summary>One agent in all its environments: a row for each, and for each setting of the agent.</summary>
    /// <param name="summaries">At least one, all of the same agent.</param>
    public static string OfAgent(IReadOnlyList<ComparisonSummary> summaries)
    {
        var hasVariants = summaries.Any(summary => summary.AgentOptions.Length > 0);
        var text = new StringBuilder("Mean responses per user (per session where users come in sessions) with 95 % intervals over seeds; 'final' is the exploit-mode evaluation of all users after the last iteration. All other results: [results.md](../results.md).\n\n")
            .Append(CultureInfo.InvariantCulture, $"| environment |{(hasVariants ? " options |" : "")} seeds | final | final, expected | gap closed | mean while training |\n|---|{(hasVariants ? "---|" : "")}---:|---:|---:|---:|---:|\n");
        foreach (var row in summaries.OrderBy(summary => summary.Heading, StringComparer.Ordinal).ThenBy(summary => summary.AgentOptions, StringComparer.Ordinal))
        {
            var options = row.AgentOptions.Length == 0 ? "defaults" : row.AgentOptions.Replace(";", ", ", StringComparison.Ordinal);
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Heading} |{(hasVariants ? $" {options} |" : "")} {row.Final.Count} | {EvaluationTable.Spread(row.Final)} | {EvaluationTable.Spread(row.FinalExpected)} | {EvaluationTable.Percent(row.GapClosed)} | {EvaluationTable.Spread(row.TrainingMean)} |\n");
        }
        return text.ToString();
    }
}
