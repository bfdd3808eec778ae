using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Reporting.Reports;

/// <summary>The report of a comparison or of a run: a page, a Markdown text, and pictures.</summary>
public sealed class Report
{
    private readonly ReportDocument _document;

    private Report(ReportDocument document) => _document = document;

    /// <param name="path">Folder of a comparison or of a run, or the results.csv of a comparison.</param>
    /// <exception cref="UserMistakeException">There is neither, nothing of it is finished, or a file is damaged.</exception>
    public static Report Of(string path)
    {
        try
        {
            if (Directory.Exists(path) && RunReport.IsOne(path) && !ComparisonFolder.IsOne(path))
                return new Report(RunReport.Of(path));
            if (!Directory.Exists(path) && !File.Exists(path))
                throw new UserMistakeException($"There is no file or folder '{path}'. Give the folder of a comparison, as 'compare' writes it, or of a run, as 'train' writes it.");
            if (Directory.Exists(path) && !ComparisonFolder.IsOne(path))
                throw new UserMistakeException($"'{path}' is neither a comparison (it has no compare.json and no results.csv) nor a run (it has no config.json). Give a folder that 'compare' or 'train' wrote.");
            return new Report(ComparisonReport.Of(NameOf(path), ComparisonFolder.Read(path)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be read: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <summary>One file that needs nothing else and opens from disk.</summary>
    public string ToHtml() => ReportHtml.Of(_document);

    /// <summary>Answer and tables, for a pull request.</summary>
    /// <param name="pictures">Folder with the pictures that <see cref="DrawPlots"/> drew, as the text is to name it; none to leave them out.</param>
    public string ToMarkdown(string? pictures = null) => ReportMarkdown.Of(_document, pictures);

    /// <summary>Draws every chart as a PNG and an SVG file, named after the chart.</summary>
    /// <param name="folder">Exists.</param>
    /// <returns>Names of the charts.</returns>
    /// <exception cref="UserMistakeException">A file cannot be written.</exception>
    public IReadOnlyList<string> DrawPlots(string folder) => ReportPlots.Draw(_document, folder);

    private static string NameOf(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.GetFileName((Directory.Exists(full) ? full : Path.GetDirectoryName(full)!).TrimEnd(Path.DirectorySeparatorChar));
    }
}
