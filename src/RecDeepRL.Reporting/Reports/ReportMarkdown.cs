using System.Text;

namespace RecDeepRL.Reporting.Reports;

/// <summary>A report as Markdown: answer, tables and commands. Names are escaped, so that they stay text.</summary>
internal static class ReportMarkdown
{
    private const string Special = "\\`*_[]<>|#~";

    /// <param name="pictures">Folder of the charts' pictures, as the text names it; none for no pictures.</param>
    public static string Of(ReportDocument document, string? pictures)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Escaped(document.Title)).Append("\n\n**").Append(Escaped(document.Headline)).Append("**\n");
        if (document.Answer.Count > 0)
            text.Append('\n').AppendJoin("", document.Answer.Select(line => $"- {Escaped(line)}\n"));
        foreach (var remark in document.Remarks)
            text.Append("\n> ").Append(Escaped(remark)).Append('\n');
        foreach (var section in document.Sections)
        {
            text.Append("\n## ").Append(Escaped(section.Title)).Append('\n');
            Append(text, section.Blocks, pictures);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<ReportBlock> blocks, string? pictures)
    {
        foreach (var block in blocks)
        {
            switch (block)
            {
                case ReportText paragraph:
                    text.Append('\n').Append(Escaped(paragraph.Text)).Append('\n');
                    break;
                case ReportCode code:
                    var fence = new string('`', Math.Max(3, LongestRun(code.Text) + 1));
                    text.Append('\n').Append(Escaped(code.Title)).Append(":\n\n").Append(fence).Append('\n').Append(code.Text).Append('\n').Append(fence).Append('\n');
                    break;
                case ReportTable table:
                    Append(text, table);
                    break;
                case ReportFold { Blocks: var folded } fold when pictures is not null || folded.Any(one => one is not ReportChart):
                    text.Append("\n<details><summary>").Append(Escaped(fold.Title)).Append("</summary>\n");
                    Append(text, folded, pictures);
                    text.Append("\n</details>\n");
                    break;
                case ReportChart chart when pictures is not null:
                    text.Append("\n![").Append(Escaped(chart.Title)).Append("](<").Append(pictures).Append('/').Append(chart.Id).Append(".png>)\n");
                    break;
            }
        }
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        text.Append('\n').Append(Escaped(table.Caption)).Append("\n\n| ").AppendJoin(" | ", table.Columns.Select(column => Escaped(column.Name))).Append(" |\n|")
            .AppendJoin("|", table.Columns.Select(column => column.IsNumber ? "---:" : "---")).Append("|\n");
        foreach (var row in table.Rows)
        {
            var bold = row.Tone == "best" ? "**" : "";
            text.Append("| ").AppendJoin(" | ", row.Cells.Select((cell, place) => place == 0 ? $"{bold}{Escaped(cell.Text)}{bold}" : Escaped(cell.Text))).Append(" |\n");
        }
    }

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text.ReplaceLineEndings(" "))
        {
            // As an entity, a letter is never markup, whether Markdown's or HTML's; a backslash would do for one of the two.
            if (letter == '&')
                escaped.Append("&amp;");
            else if (letter == '<')
                escaped.Append("&lt;");
            else if (Special.Contains(letter, StringComparison.Ordinal))
                escaped.Append('\\').Append(letter);
            else
                escaped.Append(letter);
        }
        return escaped.ToString();
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in text)
            longest = Math.Max(longest, run = letter == '`' ? run + 1 : 0);
        return longest;
    }
}
