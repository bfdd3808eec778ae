using RecDeepRL.Experiments.Insight;
using RecDeepRL.Reporting.Insight;
using RecDeepRL.Tests.Experiments;
using RecDeepRL.Tests.Experiments.Insight;
using Spectre.Console;

namespace RecDeepRL.Tests.Reporting;

public sealed class InsightReportTests
{
    [Fact]
    public void TablesSayWhatTheNumbersSay()
    {
        var insight = Full();
        var text = string.Concat(InsightTables.Of(insight, 10, .5).Select(Render));
        // 15 of 20 slates, 8 of the last 10, 100 of 100 users; settled from the start.
        Assert.Equal(["First [film]", "Drama", "75.0 %", "80.0 %", "100.0 %", "0.7000", "0.7500", "0"], Cells(text, "First [film]"));
        Assert.Equal(["52", "25.0 %", "20.0 %", "0.0 %", "0.2000", "0.2500"], Cells(text, "52  "));
        Assert.Equal(["First [film]", "0.6000", "0.1000"], Cells(text, "First [film]  ", last: true));
        Assert.Equal(["age", "age = 0", "40", "0.5000", "0.6000", "0.8000", "75.0 %"], Cells(text, "age  "));
        Assert.Equal(["genre", "2", "90.0 %", "50.0 %"], Cells(text, "genre"));
        Assert.Equal(["ended by the limit", "3 (30.0 %)"], Cells(text, "ended by the limit"));
        Assert.Equal(["mean rounds of a session", "1.4000"], Cells(text, "mean rounds"));
        Assert.Contains("First [film] after iteration 0 (75.0 % of the slates since)", InsightTables.LockInSentence(insight, .5), StringComparison.Ordinal);
        Assert.Contains("settled on none", InsightTables.LockInSentence(insight, .9), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryQuestionThatHasAnAnswerGetsItsPicture()
    {
        using var folder = new TemporaryFolder();
        var drawn = InsightPlots.Draw(folder.Path, Full());
        Assert.Equal(
            [
                "insight-shares", "insight-spread", "insight-estimates", "insight-weights", "insight-embeddings-genre", "insight-embeddings", "insight-segments",
                "insight-users-satiation", "insight-session-rounds", "insight-agent-mean-q", "insight-session-lengths",
            ], drawn);
        Assert.All(drawn, name =>
        {
            Assert.True(new FileInfo(folder.PathOf(name + ".png")).Length > 1000);
            Assert.StartsWith("<svg", File.ReadAllText(folder.PathOf(name + ".svg"))[(File.ReadAllText(folder.PathOf(name + ".svg")).IndexOf("<svg", StringComparison.Ordinal))..], StringComparison.Ordinal);
        });

        Assert.Equal(["insight-shares", "insight-spread"], InsightPlots.Draw(folder.Path, Written.With([6, 4], [1, 6])));
    }

    internal static RunInsight Full()
    {
        var insight = Written.With([7, 8], [3, 2]);
        return insight with
        {
            EstimateKind = "response",
            Snapshots =
            [
                .. insight.Snapshots.Select((snapshot, index) => snapshot with
                {
                    Concentration = Concentration.Of([snapshot.Shown[0], 0, snapshot.Shown[1]], 10),
                    Estimates = [.7, .2],
                    Truth = index == 0 ? [.75, .25] : null,
                    Error = new EstimateError(.05, .05, 1),
                    Diagnostics = new Dictionary<string, double?> { ["mean_q"] = index },
                    UserFigures = new Dictionary<string, double?> { ["satiation"] = index },
                    SessionsEnded = 5,
                    SessionRounds = 1.4,
                }),
            ],
            Groupings = [new SegmentGrouping("age", [new UserSegment("age = 0", 40, 10, 5, .6, .8), new UserSegment("age = 1", 60, 10, 8, .7, .8)])],
            Sessions = new SessionInsight([0, 6, 4], new Dictionary<string, long> { ["limit"] = 3, ["patience"] = 7 }),
            Final = new FinalInsight(Concentration.Of([100, 0, 0], 100), [100, 0], .75, .75),
            Weights = new WeightInsight("response", ["bias", "age"], [0, 1], [[.6, .1], [.2, -.3]]),
            Embeddings = new ItemPlane([0, 1], [1, -1], [0, .5], [.9, .1], 4, [new Neighbourhood("genre", .9, .5, 2)]),
        };
    }

    private static string Render(Table table)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        console.Write(table);
        return writer.ToString();
    }

    private static string[] Cells(string text, string row, bool last = false)
    {
        var rows = text.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(row, StringComparison.Ordinal)).ToList();
        return (last ? rows[^1] : rows[0]).Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
