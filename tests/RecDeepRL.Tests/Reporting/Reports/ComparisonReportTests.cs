using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting.Reports;

namespace RecDeepRL.Tests.Reporting.Reports;

public sealed class ComparisonReportTests
{
    private static readonly double[] s_high = [.80, .82, .84];
    private static readonly double[] s_low = [.50, .51, .55];

    [Fact]
    public void TheAnswerNamesTheWinnerAndByHowMuch()
    {
        var report = ComparisonReport.Of("made", Compared.Of(Compared.Cells("slow", s_low), Compared.Cells("fast", s_high)));

        Assert.Equal("fast wins in context.", report.Headline);
        Assert.Equal("Comparison made: 2 agents in context", report.Title);
        // .82 is the mean; t(.975, 2) = 4.3027; the standard deviation is .02: 4.3027 · .02 / √3 = .0497.
        Assert.Contains("fast ends at 0.820 ± 0.050 expected responses per user", report.Answer[0], StringComparison.Ordinal);
        // Differences .30, .31, .29: mean .30, standard deviation .01: 4.3027 · .01 / √3 = .0248.
        Assert.Equal("slow is worse by 0.300 ± 0.025, more than chance explains.", report.Answer[1]);
        Assert.Contains("From 3 seeds", report.Answer[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(report.Remarks, remark => remark.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public void ATieIsSaidToBeATieAndOneSeedSaysNothing()
    {
        var tied = ComparisonReport.Of("made", Compared.Of(Compared.Cells("one", [.8, .7, .75]), Compared.Cells("other", [.7, .8, .74])));
        Assert.Equal("one and other are tied for first in context.", tied.Headline);
        Assert.Contains(tied.Answer, line => line.StartsWith("Tied with it, being behind by no more than chance explains: other (0.00 ± 0.25, p = ", StringComparison.Ordinal));

        var single = ComparisonReport.Of("made", Compared.Of(Compared.Cells("one", [.8]), Compared.Cells("other", [.7])));
        Assert.Equal("one scores highest in context, but there are too few seeds to tell luck from merit.", single.Headline);
        Assert.StartsWith("From one seed:", single.Answer[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void BoundsStandInTheTableButDoNotCompete()
    {
        var report = ComparisonReport.Of("made", Compared.Of(Compared.Cells("oracle", [1, 1, 1], isBound: true), Compared.Cells("fast", s_high), Compared.Cells("slow", s_low)));

        Assert.Equal("fast wins in context.", report.Headline);
        var table = report.Sections[0].Blocks.OfType<ReportTable>().First();
        // The oracle ran, so its bound is not told twice; the best fixed list is at .5, below slow at .52.
        Assert.Equal(["oracle", "fast", "slow", "best fixed list", "random slates"], table.Rows.Select(row => row.Cells[0].Text));
        Assert.Equal(["bound", "best", "", "bound", "bound"], table.Rows.Select(row => row.Tone));
        Assert.Equal("50.0 %", table.Rows[3].Cells[3].Text);
        Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Cells.Count));
    }

    [Fact]
    public void OfManyAgentsTheBestAreShownFirstAndAllCanBe()
    {
        ComparisonRound[] rounds = [Compared.Round(1, .5), Compared.Round(2, .6)];
        var agents = Enumerable.Range(0, 20).Select(number => Compared.Cells($"agent{number}", [.1 + (number * .02), .11 + (number * .02)], rounds: rounds)).ToArray();
        var report = ComparisonReport.Of("made", Compared.Of(agents));

        var learning = Assert.Single(report.Charts.OfType<LineChart>(), chart => chart.Title == "Learning curves");
        Assert.Equal(21, learning.Lines.Count);
        Assert.Equal([.. Enumerable.Range(0, 8).Select(place => $"agent{19 - place}"), "best possible"], learning.Lines.Where(line => line.IsShown).Select(line => line.Name));
        Assert.Equal(20, Assert.Single(report.Charts.OfType<HeatChart>()).Rows.Count);
        Assert.Equal(report.Charts.Select(chart => chart.Id).Distinct(), report.Charts.Select(chart => chart.Id));
    }

    [Fact]
    public void AnAgentKeepsItsColourInEveryEnvironment()
    {
        ComparisonRound[] rounds = [Compared.Round(1, .5), Compared.Round(2, .6)];
        var report = ComparisonReport.Of("made", Compared.Of(
            Compared.Cells("a", s_high, "context", rounds: rounds), Compared.Cells("b", s_low, "context", rounds: rounds),
            Compared.Cells("a", [.1, .1, .1], "drift", rounds: rounds), Compared.Cells("b", [.2, .2, .2], "drift", rounds: rounds)));

        // Over both, a has .82 and .1, b .52 and .2: .46 against .36.
        Assert.Equal("overall", report.Sections[0].Id);
        Assert.All(report.Charts.OfType<LineChart>().SelectMany(chart => chart.Lines).Where(line => line.Name is "a" or "b"), line => Assert.Equal(line.Name == "a" ? 0 : 1, line.Slot));
        Assert.Contains("over 2 environments", report.Headline, StringComparison.Ordinal);
        var winners = report.Sections[0].Blocks.OfType<ReportTable>().First();
        Assert.Equal([("context, 10 iterations", "a"), ("drift, 10 iterations", "b")], winners.Rows.Select(row => (row.Cells[0].Text, row.Cells[1].Text)));
    }

    [Fact]
    public void ProbabilitiesOfAPairAddUpToOne()
    {
        var report = ComparisonReport.Of("made", Compared.Of(Compared.Cells("fast", [.8, .6]), Compared.Cells("slow", [.7, .5])));

        // .8 beats .7 and .5, .6 beats .5 alone: 3 of 4.
        var chart = Assert.Single(report.Charts.OfType<HeatChart>());
        Assert.Equal([.75, .25], [chart.Values[0][1], chart.Values[1][0]]);
        Assert.True(double.IsNaN(chart.Values[0][0]));
    }

    [Fact]
    public void WhatAnEarlierVersionDidNotKeepIsSaidToBeMissing()
    {
        var report = ComparisonReport.Of("made", Compared.Of(Compared.Cells("fast", s_high), Compared.Cells("slow", s_low)));

        Assert.Contains("need a new comparison", Assert.Single(report.Remarks), StringComparison.Ordinal);
        Assert.DoesNotContain(report.Charts, chart => chart.Title is "Learning curves" or "Regret");
        Assert.DoesNotContain(report.Sections[0].Blocks.OfType<ReportTable>().First().Columns, column => column.Name == "regret");
        Assert.Throws<UserMistakeException>(() => ComparisonReport.Of("made", new ComparisonResults { Cells = [] }));
    }

    [Fact]
    public void CurvesAreMeansOverSeedsAndRegretAddsUp()
    {
        ComparisonCell[] cells =
        [
            .. Compared.Cells("a", [.5], rounds: [Compared.Round(1, .2), Compared.Round(2, .4)]),
            .. Compared.Cells("a", [.5], rounds: [Compared.Round(1, .4), Compared.Round(2, .8), new(3, 0, double.NaN, double.NaN, double.NaN, 0)]),
        ];

        var expected = CurveData.Expected(cells);
        Assert.Equal([1, 2], expected.Iterations);
        // Means .3 and .6; of .2 and .4 the variance is .02, t(.975, 1) = 12.7062: 12.7062 · √(.02 / 2) = 1.27062.
        Assert.Equal([.3, .6], expected.Values.Select(value => Math.Round(value.Mean, 9)));
        Assert.Equal(1.27062, expected.Values[0].HalfWidth, 1e-5);
        // 10 · (.9 − .2) = 7 and 10 · (.9 − .4) = 5; then 7 + 5 = 12 and 5 + 1 = 6, which a round without users leaves as it is.
        Assert.Equal([6, 9, 6], CurveData.Regret(cells).Values.Select(value => Math.Round(value.Mean, 9)));
    }

    [Fact]
    public void ALongCurveIsThinnedAndKeepsItsPeak()
    {
        var curve = new CurveData([.. Enumerable.Range(1, 5000).Select(round => (double)round)], [.. Enumerable.Range(1, 5000).Select(round => new Interval(round == 3333 ? 9 : .5, double.NaN, 1))]);

        var line = curve.ToLine("a", 0, true, 1000);
        Assert.InRange(line.X.Count, 100, 1000);
        Assert.Equal(9, line.Y[line.X.Index().First(one => one.Item == 3333).Index]);
        Assert.Empty(line.Low);
    }
}
