using System.Xml.Linq;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting;
using RecDeepRL.Tests.Experiments;
using Spectre.Console;

namespace RecDeepRL.Tests.Reporting;

public sealed class ReportTests
{
    private static readonly Bounds s_bounds = new(Random: .4, BestFixed: .7, Oracle: .9);

    [Fact]
    public void AnEvaluationStandsBetweenItsBounds()
    {
        // Expected .65: regret .9 − .65 = .25, and (.65 − .4) / (.9 − .4) = 50 % of the gap.
        var text = Render(EvaluationTable.Of("ucb", [new EvaluationResult(20, 100, 2, .66, .65, s_bounds)], [new EvaluationResult(20, 100, 2, .5, .525, s_bounds)]));

        Assert.Equal(["ucb", "0.6600", "0.3300", "0.6500", "0.2500", "50.0 %"], Cells(text, "ucb "));
        Assert.Equal(["ucb (exploring)", "0.5000", "0.2500", "0.5250", "0.3750", "25.0 %"], Cells(text, "ucb (exploring)"));
        Assert.Equal(["random", "0.4000", "0.5000", "0.0 %"], Cells(text, "random"));
        Assert.Equal(["best fixed list", "0.7000", "0.2000", "60.0 %"], Cells(text, "best fixed list"));
        Assert.Equal(["oracle", "0.9000", "0.0000", "100.0 %"], Cells(text, "oracle"));
    }

    [Fact]
    public void SeveralEvaluationsGetAnInterval()
    {
        EvaluationResult With(double score) => new(20, 100, 1, score, .65, s_bounds);

        // .6 and .7: mean .65; variance .005; t(.975, 1) = 12.7062; 12.7062 · √(.005 / 2) = .63531.
        var text = Render(EvaluationTable.Of("ucb", [With(.6), With(.7)], [With(.6), With(.7)]));

        Assert.Equal("0.6500 ± 0.6353", Cells(text, "ucb ")[1]);
    }

    [Fact]
    public void WithoutAGapNoShareOfItIsClaimed()
    {
        var flat = new Bounds(.5, .5, .5);

        Assert.Contains("no gap", Render(EvaluationTable.Of("ucb", [new EvaluationResult(1, 10, 1, .5, .5, flat)], [new EvaluationResult(1, 10, 1, .5, .5, flat)])), StringComparison.Ordinal);
    }

    [Fact]
    public void AComparisonIsOrderedByTheExpectedFinalScore()
    {
        var markdown = ComparisonMarkdown.Of([Summary("slow", .5), Summary("fast", .8)]);

        Assert.Contains("**context** (random 0.4000, best fixed list 0.7000, oracle 0.9000)", markdown, StringComparison.Ordinal);
        Assert.Contains("| fast | 3 | 0.8000 ± 0.0100 | 0.8000 ± 0.0100 | 80.0 % | 0.8000 ± 0.0100 | 1.50 |", markdown, StringComparison.Ordinal);
        Assert.True(markdown.IndexOf("| fast", StringComparison.Ordinal) < markdown.IndexOf("| slow", StringComparison.Ordinal));
    }

    [Fact]
    public void PicturesAreWrittenAsPngAndSvg()
    {
        using var folder = new TemporaryFolder();
        ComparisonPlot.Save(folder.PathOf("comparison"), [Summary("slow", .5), Summary("fast", .8)]);
        Plots.LearningCurve(folder.PathOf("curve"), "title", [(1, .4), (2, .5)], [new EvaluationResult(2, 100, 1, .6, .6, s_bounds)]);

        foreach (var name in new[] { "comparison", "curve" })
        {
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder.PathOf(name + ".png"))[..4]);
            Assert.Contains("<svg", File.ReadAllText(folder.PathOf(name + ".svg")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AComparisonIsDrawnWithSessionsOneSeedMissingAgentsAndManyPanels()
    {
        using var folder = new TemporaryFolder();
        var once = new Interval(.5, double.NaN, 1);
        var sessions = new ComparisonSummary("sessions", "once", once, once, once, .5, .5, .5, 0) { Myopic = .5, AgentOptions = new string('x', 90) };
        ComparisonPlot.Save(folder.PathOf("sessions"), [sessions]);
        ComparisonPlot.Save(folder.PathOf("panels"), [sessions, .. Enumerable.Range(1, 6).Select(users => Summary("slow", .5) with { EnvironmentOptions = $"users={users}" })]);

        using var one = SkiaSharp.SKBitmap.Decode(folder.PathOf("sessions.png"));
        using var seven = SkiaSharp.SKBitmap.Decode(folder.PathOf("panels.png"));
        Assert.True(seven.Width > 3 * 200 && seven.Width > one.Width && seven.Height > one.Height, $"{seven.Width} × {seven.Height}");
        foreach (var picture in new[] { one, seven })
            Assert.True(picture.Pixels.Count(pixel => pixel is { Red: 0, Green: 0x72, Blue: 0xb2 }) > 10, "no score is drawn");
        // A narrow picture explains its marks in several lines.
        string[] texts = [.. XDocument.Load(folder.PathOf("sessions.svg")).Descendants().Where(one => one.Name.LocalName == "text").Select(one => one.Value.Trim())];
        Assert.Empty(new[] { "final evaluation, expected", "random", "best fixed list", "myopic oracle", "oracle" }.Except(texts));
    }

    private static ComparisonSummary Summary(string agent, double score)
    {
        var interval = new Interval(score, .01, 3);
        return new ComparisonSummary("context", agent, interval, interval, interval, .4, .7, .9, 1.5);
    }

    private static string Render(Table table)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        console.Write(table);
        return writer.ToString();
    }

    private static string[] Cells(string text, string row) =>
        text.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith(row, StringComparison.Ordinal)).Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
