using System.CommandLine;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Reporting.Reports;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>report RUN_OR_COMPARISON</c>: one page that answers who won, by how much and how sure that is, with everything it rests on.</summary>
internal static class ReportCommand
{
    private const string Html = "html";
    private const string Markdown = "md";

    public static Command Create()
    {
        var source = new Argument<string>("RUN_OR_COMPARISON") { Description = "Folder that 'compare' or 'train' wrote, or the results.csv of a comparison." };
        var output = new Option<string?>("--out") { Description = "File to write. Default: report.html or report.md in the folder.", HelpName = "FILE" };
        var format = new Option<string?>("--format") { Description = "html, a page that needs no network, or md, Markdown for a pull request. Default: as --out ends, else html.", HelpName = "F" };
        var plots = new Option<string?>("--plots") { Description = "Folder for every chart as PNG and SVG, for papers. Default: none are drawn.", HelpName = "DIR" };
        var force = OutputFile.Force();
        var command = new Command("report", "Write a report of a comparison or a run: the answer first, then curves, tables and how to repeat it.") { source, output, format, plots, force };
        command.SetAction(parsed => Write(parsed.GetValue(source)!, parsed.GetValue(output), parsed.GetValue(format), parsed.GetValue(plots), parsed.GetValue(force)));
        return command;
    }

    private static int Write(string source, string? output, string? format, string? plots, bool force)
    {
        if (format is not (null or Html or Markdown))
            throw new UserMistakeException($"--format was '{format}', must be {Html} or {Markdown}.");
        format ??= output is not null && output.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? Markdown : Html;
        if (plots is not null && File.Exists(plots))
            throw new UserMistakeException($"--plots was '{plots}', which is a file. Give it a folder.");
        // A report in its own folder is renewed with what it reports; any other file is somebody's.
        var path = output is null
            ? Path.Combine(Directory.Exists(source) ? source : Path.GetDirectoryName(Path.GetFullPath(source))!, "report." + format)
            : OutputFile.Checked("--out", output, force, format == Html ? [".html", ".htm"] : [".md", ".markdown"]);
        var report = Report.Of(source);
        string? pictures = null;
        if (plots is not null)
        {
            var drawn = Draw(report, plots);
            pictures = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFullPath(plots)).Replace('\\', '/');
            System.Console.WriteLine($"drew {drawn} charts into {plots} (.png and .svg)");
        }
        AtomicFile.WriteAllText(path, format == Html ? report.ToHtml() : report.ToMarkdown(pictures));
        System.Console.WriteLine($"wrote {path}");
        return ExitCode.Done;
    }

    private static int Draw(Report report, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException($"The folder '{folder}' cannot be created: {fault.Message} Give --plots another folder.", fault);
        }
        return report.DrawPlots(folder).Count;
    }
}
