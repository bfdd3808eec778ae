namespace RecDeepRL.EndToEndTests;

public sealed class AnswerTests : WorkingFolder
{
    private static readonly string[] s_question = ["answer", "task1-slate-size", "--seeds", "2", "--iterations", "3", "--users", "100", "--out", "slates"];

    [Fact]
    public void AnAnswerIsPrintedAndWrittenAndGoesOnWhereItStopped()
    {
        var output = Run(s_question).Succeeded().Output;

        var text = File.ReadAllText(PathOf("slates/answer.md"));
        var paragraph = text.Split('\n')[2];
        Assert.Contains("K=1", paragraph, StringComparison.Ordinal);
        Assert.Contains(paragraph.Replace("\\", "", StringComparison.Ordinal), output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("To repeat it: `dotnet run -- " + string.Join(' ', s_question) + "`", text, StringComparison.Ordinal);
        Assert.True(new FileInfo(PathOf("slates/answer.png")).Length > 0);

        // As if it had been killed: one run is missing, and what was made of all.
        var numbers = File.ReadAllText(PathOf("slates/answer.csv"));
        File.Delete(Directory.GetFiles(PathOf("slates/runs/cells")).Order(StringComparer.Ordinal).First());
        File.Delete(PathOf("slates/answer.md"));
        Assert.Contains("31 of them are finished already, 1 are left", Run(s_question).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(PathOf("slates/answer.md")));
        Assert.Equal(numbers, File.ReadAllText(PathOf("slates/answer.csv")));
    }

    [Fact]
    public void QuestionsAreListedAndMistakesAreToldInALine()
    {
        var list = Run("answer", "--list").Succeeded().Output;
        foreach (var name in new[] { "task1-convergence", "task2-weights", "task3-reaction", "task4-embeddings" })
            Assert.Contains(name, list, StringComparison.Ordinal);

        Run("answer").IsAMistake("No question was given", "answer --list");
        Run("answer", "task1-convergance").IsAMistake("Unknown question 'task1-convergance'. Did you mean 'task1-convergence'?");
        Run("answer", "task1-clicks", "--list").IsAMistake("--list");
        Run("answer", "task1-clicks", "--seeds", "0").IsAMistake("--seeds was 0, must be in [1, 1000000].");
        Run("answer", "task1-clicks", "--users", "0").IsAMistake("--users was 0, must be at least 1.");
        Run("answer", "task1-clicks", "--data", "nowhere").IsAMistake("There is no data folder 'nowhere'");
        File.WriteAllText(PathOf("taken"), "");
        Run("answer", "task1-clicks", "--out", "taken").IsAMistake("'taken' is a file");
        Assert.False(Directory.Exists(PathOf("answers")));
    }
}
