using RecDeepRL.Core;
using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Insight;

public sealed class InsightFileTests
{
    [Fact]
    public void WhatIsWrittenIsRead()
    {
        using var folder = new TemporaryFolder();
        var insight = Written.With([6, 4], [1, 6]) with { Pending = new PendingInsight(1, 2, [2, 0, 0], 0, 0), Final = new FinalInsight(Concentration.Of([100, 0, 0], 100), [100, 0], .75, .75) };
        InsightFile.Write(folder.PathOf("insight.json"), insight);
        Assert.Equal(InsightFile.ToText(insight), InsightFile.ToText(InsightFile.Read(folder.Path)));
    }

    [Theory]
    [InlineData("{", "is damaged")]
    [InlineData("[]", "it has no format")]
    [InlineData("""{"format":1}""", "is damaged")]
    [InlineData("""{"format":2}""", "has format 2, this program reads up to 1")]
    public void WhatCannotBeReadIsSaidInOneLine(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("insight.json"), text);
        var mistake = Assert.Throws<UserMistakeException>(() => InsightFile.Read(folder.Path));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Contains(folder.PathOf("insight.json"), mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersOfAnotherNumberOfItemsAreRefused()
    {
        var insight = Written.With([6, 4], [1, 6]);
        var text = InsightFile.ToText(insight with { Snapshots = [insight.Snapshots[0] with { Shown = [1, 2, 3] }] });
        Assert.Contains("the 2 followed", Assert.Throws<UserMistakeException>(() => InsightFile.FromText(text, "file")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutOneIsToldFromNoFolder()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("holds no insight.json", Assert.Throws<UserMistakeException>(() => InsightFile.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no run folder", Assert.Throws<UserMistakeException>(() => InsightFile.Read(folder.PathOf("nowhere"))).Message, StringComparison.Ordinal);
    }
}
