using System.Globalization;
using System.Text;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Reporting;

/// <summary>A comparison as Markdown tables.</summary>
public static class ComparisonMarkdown
{
    public static string Of(IReadOnlyList<ComparisonSummary> summaries)
    {
        var text = new StringBuilder("Mean responses per user (per session where users come in sessions) with 95 % intervals over seeds; 'final' is the exploit-mode evaluation of all users after the last iteration.\n");
        foreach (var environment in summaries.GroupBy(summary => summary.Heading))
        {
            var any = environment.First();
            text.Append(CultureInfo.InvariantCulture, $"\n**{environment.Key}** ({any.DescribeBounds()})\n\n")
                .Append("| agent | seeds | final | final, expected | gap closed | mean while training | s/run |\n|---|---:|---:|---:|---:|---:|---:|\n");
            foreach (var row in environment.OrderByDescending(summary => summary.FinalExpected.Mean))
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Label} | {row.Final.Count} | {EvaluationTable.Spread(row.Final)} | {EvaluationTable.Spread(row.FinalExpected)} | {EvaluationTable.Percent(row.GapClosed)} | {EvaluationTable.Spread(row.TrainingMean)} | {row.Seconds:F2} |\n");
            }
        }
        return text.ToString();
    }
}
