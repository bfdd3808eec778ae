using System.CommandLine;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>table</c>: results of several comparisons as one set of Markdown tables, printed or put into a page.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        var results = new Argument<string[]>("RESULTS") { Description = "results.csv files, or folders in which they are looked for.", Arity = ArgumentArity.OneOrMore };
        var into = new Option<string?>("--into") { Description = "Markdown page to put the tables into, between the lines '<!-- table NAME -->' and '<!-- end NAME -->'. Default: they are printed.", HelpName = "FILE" };
        var name = new Option<string>("--name") { Description = "Which pair of lines in the page. Default results.", HelpName = "NAME", DefaultValueFactory = _ => "results" };
        var agent = new Option<string?>("--agent") { Description = "Only this agent: one table with a row for each environment and each setting of the agent, without verdicts.", HelpName = "NAME" };
        var json = Answer.Option();
        var command = new Command("table", "Put the results of one comparison, with its verdicts, or of several into Markdown tables.") { results, into, name, agent, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(into) is not null)
                throw new UserMistakeException("--json prints a document, and --into writes Markdown into a page. Leave one of them out.");
            return Write(parsed.GetValue(results)!, parsed.GetValue(into), parsed.GetValue(name)!, parsed.GetValue(agent));
        });
        return command;
    }

    private static int Write(string[] sources, string? page, string name, string? agent)
    {
        var rows = sources.SelectMany(Files).Distinct().SelectMany(ComparisonFile.Read).ToList();
        if (rows.Count == 0)
            throw new UserMistakeException($"There is no finished run in {string.Join(", ", sources.Select(source => $"'{source}'"))}.");
        // The same run may stand in several files; two runs of one plan and seed that differ are a contradiction.
        foreach (var same in rows.GroupBy(row => (row.Environment, row.EnvironmentOptions, row.Iterations, row.Source, row.Agent, row.AgentOptions, row.Seed)))
        {
            if (same.Select(row => (row.Final, row.TrainingMean)).Distinct().Count() > 1)
                throw new UserMistakeException($"The runs of {same.Key.Agent} in {same.Key.Environment} with seed {same.Key.Seed} differ between the files. Leave the older file out.");
        }
        var summaries = ComparisonSummary.Of(rows.DistinctBy(row => (row.Environment, row.EnvironmentOptions, row.Iterations, row.Source, row.Agent, row.AgentOptions, row.Seed)));
        // Runs gathered from several comparisons need not be paired, and were not one family of tests: verdicts are for one comparison.
        var statistics = agent is null && sources is [var only] && Directory.Exists(only) && ComparisonFolder.IsOne(only) ? ComparisonStatistics.Of(ComparisonFolder.Read(only)) : null;
        if (agent is not null)
        {
            var known = string.Join(", ", summaries.Select(summary => summary.Agent).Distinct().Order(StringComparer.Ordinal));
            summaries = [.. summaries.Where(summary => summary.Agent == agent)];
            if (summaries.Count == 0)
                throw new UserMistakeException($"There is no finished run of '{agent}' in {string.Join(", ", sources.Select(source => $"'{source}'"))}. There are runs of {known}.");
        }
        var tables = agent is null ? ComparisonMarkdown.Of(summaries, statistics) : ComparisonMarkdown.OfAgent(summaries);
        if (page is null)
            Answer.Give(new { summaries, statistics }, console => System.Console.Write(tables));
        else
            Replace(page, name, tables);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Files(string source)
    {
        if (File.Exists(source))
            return [source];
        if (!Directory.Exists(source))
            throw new UserMistakeException($"There is no file or folder '{source}'. Give the {ComparisonFile.Name} of a comparison, or a folder that holds some.");
        var files = Directory.GetFiles(source, ComparisonFile.Name, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new UserMistakeException($"There is no {ComparisonFile.Name} in '{source}' or below it. 'compare --out {source}' writes one.");
    }

    private static void Replace(string page, string name, string tables)
    {
        var (begin, end) = ($"<!-- table {name} -->\n", $"<!-- end {name} -->");
        if (!File.Exists(page))
            throw new UserMistakeException($"There is no page '{page}'. Make it, with the lines '{begin.Trim()}' and '{end}' where the tables belong.");
        var text = File.ReadAllText(page);
        var start = text.IndexOf(begin, StringComparison.Ordinal);
        var stop = start < 0 ? -1 : text.IndexOf(end, start, StringComparison.Ordinal);
        if (stop < 0)
            throw new UserMistakeException($"'{page}' lacks the lines '{begin.Trim()}' and '{end}', in this order. Put them where the tables belong.");
        AtomicFile.WriteAllText(page, $"{text[..(start + begin.Length)]}\n{tables}\n{text[stop..]}");
        System.Console.WriteLine($"wrote the tables into {page}");
    }
}
