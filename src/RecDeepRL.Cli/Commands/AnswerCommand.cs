using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Questions;
using RecDeepRL.Reporting.Questions;
using Spectre.Console;
using TorchSharp;
using Answer = RecDeepRL.Cli.Display.Answer;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>answer QUESTION</c>: runs what a research question needs, and answers it with a paragraph, pictures and numbers.</summary>
internal static class AnswerCommand
{
    public static Command Create()
    {
        var question = new Argument<string?>("QUESTION") { Description = "Name of the question, such as task1-convergence.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "List the questions, and about how long each takes." };
        var seeds = new NumberOption<int>("--seeds", least: 1, most: CommonOptions.MostSeeds) { Description = "Seeds, from 1 on. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var iterations = new NumberOption<int?>("--iterations", least: 1) { Description = "Rounds of each run. Default: the question's own.", HelpName = "N" };
        var users = new NumberOption<int?>("--users", least: 1) { Description = "Users of the population, where it is built in or has no file of users. Default: the task's own.", HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "Folder of the answer. One that holds a part of the same answer goes on with it. Default answers/QUESTION.", HelpName = "DIR" };
        var jobs = new NumberOption<int?>("--jobs", least: 1, most: CommonOptions.MostThreads) { Description = "Runs side by side, one thread each. Default: one per core.", HelpName = "N" };
        var (data, libtorch) = (CommonOptions.Data(), CommonOptions.Libtorch());
        var command = new Command("answer", "Answer a research question: its runs, a paragraph of findings, pictures and numbers.") { question, list, data, seeds, iterations, users, output, jobs, libtorch, Answer.Option() };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(question);
            if (parsed.GetValue(list))
                return name is null ? List() : throw new UserMistakeException($"--list shows all questions, and '{name}' is one. Leave one of them out.");
            if (name is null)
                throw new UserMistakeException("No question was given. 'answer --list' shows all, such as 'answer task1-convergence'.");
            var sideBySide = parsed.GetValue(jobs) ?? Environment.ProcessorCount;
            var settings = new QuestionSettings
            {
                Seeds = parsed.GetValue(seeds),
                DataFolder = RunInput.FullFolder(parsed.GetValue(data)),
                Iterations = parsed.GetValue(iterations),
                EnvironmentOptions = parsed.GetValue(users) is { } population
                    ? new Dictionary<string, string> { ["users"] = population.ToString(System.Globalization.CultureInfo.InvariantCulture) } : [],
            };
            var asked = QuestionRegistry.All.Find(name);
            return Run(asked, settings, parsed.GetValue(output) ?? Path.Combine("answers", asked.Name), sideBySide, CommandText.Of(parsed));
        });
        return command;
    }

    private static int List()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("question").AddColumn("what it asks").AddColumn("takes about");
        foreach (var question in QuestionRegistry.All)
            table.AddRow(Markup.Escape(question.Name), Markup.Escape(question.Asks), Markup.Escape(question.Takes));
        Answer.Give(
            new { questions = QuestionRegistry.All.Select(question => new { name = question.Name, asks = question.Asks, takes = question.Takes }) },
            console =>
            {
                console.Write(table);
                console.WriteLine("Times are of two cores, ten seeds and the tasks' own sizes.");
            });
        return ExitCode.Done;
    }

    private static int Run(Question question, QuestionSettings settings, string output, int jobs, string command)
    {
        var plan = question.Plan(settings, CommonOptions.Catalog);
        if (File.Exists(output))
            throw new UserMistakeException($"'{output}' is a file. Give --out a folder.");
        var (device, insights) = (Devices.Describe(torch.CPU), Path.Combine(output, "insight"));
        var looks = question.Insight != QuestionInsight.None;
        ComparisonResults results;
        using (var folder = ComparisonFolder.Open(Path.Combine(output, "runs"), plan, device, command))
        {
            if (looks)
                Directory.CreateDirectory(insights);
            var session = new ComparisonSession(folder, plan, RunPlaces.Here(torch.CPU, jobs))
            {
                PrintsTables = false,
                InsightEvery = question.InsightEvery,
                LookedInto = looks ? (cell, insight) => InsightFile.Write(Evidence.InsightPath(insights, cell, device), insight) : null,
            };
            int code;
            try
            {
                code = session.Run();
            }
            catch (UserMistakeException)
            {
                DeleteIfEmpty(insights);
                DeleteIfEmpty(output);
                throw;
            }
            if (code != ExitCode.Done)
            {
                System.Console.Error.WriteLine("There is no answer yet: the same command goes on with the runs that are missing.");
                return code;
            }
            results = folder.Results;
        }
        var evidence = Evidence.Of(question, settings, CommonOptions.Catalog, results, insights, device);
        var answer = question.Answer(evidence);
        var files = AnswerFiles.Write(output, question, answer, evidence, command);
        Answer.Give(
            new { folder = output, question = question.Name, asks = question.Asks, findings = answer.Findings, seeds = settings.Seeds, runs = evidence.Runs.Count, columns = answer.Table.Columns, rows = answer.Table.Rows, files },
            console =>
            {
                // Not through the console, which would break a paragraph into lines where the output is a file.
                foreach (var line in new[] { "", question.Asks, answer.Paragraph, AnswerFiles.Setting(evidence), $"In {output}: {string.Join(", ", files)}" })
                    console.Profile.Out.Writer.WriteLine(line);
            });
        return ExitCode.Done;
    }

    private static void DeleteIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }
}
