using System.Xml.Linq;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Questions;
using RecDeepRL.Reporting.Questions;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What every registered question keeps to, on populations of a few users.</summary>
public sealed class QuestionContractTests : IDisposable
{
    private static readonly QuestionSettings s_small = new()
    {
        Seeds = 2,
        Iterations = 3,
        EnvironmentOptions = new Dictionary<string, string> { ["users"] = "60", ["items"] = "12" },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. QuestionRegistry.All.Select(question => question.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryQuestionIsAnsweredInWordsNumbersAndPictures(string name)
    {
        var question = QuestionRegistry.All.Find(name);
        var evidence = Gather(question);

        var answer = question.Answer(evidence);
        var output = Directory.CreateDirectory(_folder.PathOf("answer")).FullName;
        var files = AnswerFiles.Write(output, question, answer, evidence, $"answer {name}");

        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(output).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(question.Runs.Count * s_small.Seeds, evidence.Runs.Count);
        Assert.NotEmpty(answer.Findings);
        Assert.All(answer.Findings, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", answer.Paragraph, StringComparison.Ordinal);
        var text = File.ReadAllText(Path.Combine(output, "answer.md"));
        Assert.StartsWith($"# {name}: {question.Asks}\n", text, StringComparison.Ordinal);
        Assert.Contains("× 2 seeds, 3 iterations each.", text, StringComparison.Ordinal);
        var table = File.ReadAllLines(Path.Combine(output, "answer.csv"));
        Assert.True(table.Length > 1, "the table is empty");
        foreach (var picture in files.Where(file => file.EndsWith(".png", StringComparison.Ordinal)))
        {
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(output, picture)).Take(4));
            Assert.Equal("svg", XDocument.Load(Path.Combine(output, Path.ChangeExtension(picture, ".svg"))).Root!.Name.LocalName);
        }
    }

    [Fact]
    public void NamesAreOfATaskAndNoneIsTwice()
    {
        Assert.Equal(QuestionRegistry.All.Count, QuestionRegistry.All.Select(question => question.Name).Distinct().Count());
        Assert.All(QuestionRegistry.All, question => Assert.Matches("^task[1-4]-[a-z-]+$", question.Name));
        Assert.All(QuestionRegistry.All, question => Assert.EndsWith("?", question.Asks, StringComparison.Ordinal));
        Assert.All(QuestionRegistry.All, question => Assert.Equal(question.Runs.Count, question.Runs.Select(run => run.Name).Distinct().Count()));
        Assert.Equal(
            ["popular", "context", "drift", "personal"],
            QuestionRegistry.All.GroupBy(question => question.Name[..5]).OrderBy(task => task.Key).Select(task => Assert.Single(task.SelectMany(question => question.Runs).Select(run => run.Environment).Distinct())));
    }

    [Fact]
    public void AnUnknownQuestionIsRefusedWithTheNearestName()
    {
        var fault = Assert.Throws<UserMistakeException>(() => QuestionRegistry.All.Find("task1-click"));

        Assert.Equal("Unknown question 'task1-click'. Did you mean 'task1-clicks'? 'answer --list' shows all.", fault.Message);
    }

    private Evidence Gather(Question question)
    {
        var (plan, device, insights) = (question.Plan(s_small, SmallRuns.Registered), Devices.Describe(CPU), Directory.CreateDirectory(_folder.PathOf("insight")).FullName);
        using var folder = ComparisonFolder.Open(_folder.PathOf("runs"), plan, device, "");
        new ComparisonRunner(SmallRuns.Registered, CPU, 1)
        {
            Finished = folder.Save,
            InsightEvery = question.InsightEvery,
            LookedInto = question.Insight == QuestionInsight.None ? null : (cell, insight) => InsightFile.Write(Evidence.InsightPath(insights, cell, device), insight),
        }.Run(plan, CancellationToken.None);
        return Evidence.Of(question, s_small, SmallRuns.Registered, folder.Results, insights, device);
    }
}
