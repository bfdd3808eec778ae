using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Questions;

namespace RecDeepRL.Reporting.Questions;

/// <summary>An answer as files: <c>answer.md</c>, <c>answer.csv</c>, and <c>answer.png</c> and <c>.svg</c> with further pictures as <c>answer-NAME</c>.</summary>
public static class AnswerFiles
{
    private const string Stem = "answer";

    /// <summary>Writes all of them, the text last; each is whole or not there.</summary>
    /// <param name="folder">Exists.</param>
    /// <param name="command">What the user typed, without the program's own name.</param>
    /// <returns>Names of the files.</returns>
    /// <exception cref="UserMistakeException">One cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, Question question, Answer answer, Evidence evidence, string command)
    {
        var names = new List<string> { Stem + ".csv" };
        AtomicFile.WriteAllText(Path.Combine(folder, names[0]), answer.Table.ToCsv());
        foreach (var picture in answer.Pictures)
        {
            var (plot, width, height) = AnswerPlots.Draw(picture);
            using (plot)
            {
                var (image, vectors) = (plot.GetImageBytes(width, height, ScottPlot.ImageFormat.Png), plot.GetSvgXml(width, height));
                AtomicFile.Replace(Path.Combine(folder, NameOf(picture) + ".png"), temporary => File.WriteAllBytes(temporary, image));
                AtomicFile.WriteAllText(Path.Combine(folder, NameOf(picture) + ".svg"), vectors);
                names.AddRange([NameOf(picture) + ".png", NameOf(picture) + ".svg"]);
            }
        }
        AtomicFile.WriteAllText(Path.Combine(folder, Stem + ".md"), ToMarkdown(question, answer, evidence, command));
        return [Stem + ".md", .. names];
    }

    /// <summary>The text of answer.md.</summary>
    public static string ToMarkdown(Question question, Answer answer, Evidence evidence, string command) => string.Join('\n',
        [
            $"# {question.Name}: {question.Asks}", "", Escape(answer.Paragraph), "",
            .. answer.Pictures.SelectMany(picture => new[] { $"![{Escape(picture.Title)}]({Uri.EscapeDataString(NameOf(picture))}.png)", "" }),
            Setting(evidence), "",
            "Intervals are of 95 % by Student's t over seeds. Agents meet the same users and the same luck under each seed, so differences are paired; a difference counts as more than chance if its p value is at most 5 %"
            + " after Holm's correction for all that are compared at once. The numbers are in [answer.csv](answer.csv), every run is in [runs](runs).", "",
            "To repeat it: `dotnet run -- " + command + "`", "",
        ]);

    /// <summary>What the answer stands on, in a line.</summary>
    public static string Setting(Evidence evidence)
    {
        var rows = evidence.Runs.Select(run => run.Cell.Row).ToList();
        var environments = string.Join(", ", rows.Select(row => row.Environment).Distinct());
        var iterations = string.Join(" or ", rows.Select(row => row.Iterations).Distinct().Order().Select(count => count.ToString(CultureInfo.InvariantCulture)));
        var source = rows[0].Source == "data" ? "the data folder" : "the built-in population";
        return $"From {evidence.Runs.Count} runs in {environments} ({source}): {evidence.Questioned.Count} agents and settings × {evidence.SeedCount} {(evidence.SeedCount == 1 ? "seed" : "seeds")}, {iterations} iterations each.";
    }

    private static string NameOf(AnswerPicture picture) =>
        picture.Name.Length == 0 ? Stem : $"{Stem}-{string.Concat(picture.Name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' ? letter : '-'))}";

    /// <summary>Titles of items come from files: nothing in them is markup.</summary>
    private static string Escape(string text) => string.Concat(text.Select(letter => letter is '*' or '_' or '[' or ']' or '<' or '>' or '`' or '|' or '\\' ? $"\\{letter}" : letter.ToString()));
}
