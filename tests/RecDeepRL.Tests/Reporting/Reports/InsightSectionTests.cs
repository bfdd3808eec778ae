using RecDeepRL.Reporting.Reports;

namespace RecDeepRL.Tests.Reporting.Reports;

public sealed class InsightSectionTests
{
    [Fact]
    public void EveryQuestionThatHasAnAnswerGetsItsChart()
    {
        List<ReportSection> sections = [.. new InsightSections(InsightReportTests.Full()).Build()];

        Assert.Equal(["shown", "learned", "users"], sections.Select(section => section.Id));
        var charts = new ReportDocument { Title = "", Headline = "", Sections = sections }.Charts.ToList();
        Assert.Equal(["shares", "spread", "estimates", "weights", "vectors-1", "vectors-2", "segments", "users-1", "session-rounds", "session-lengths"], charts.Select(chart => chart.Id));
        // 15 of 20 slates held the first item, 100 of 100 users see it in exploit mode; it is settled on from the start.
        var items = Assert.IsType<ReportTable>(sections[0].Blocks[1]);
        Assert.Equal(["First [film]", "Drama", "75.0 %", "100.0 %", "0.7000", "0.7500", "0"], items.Rows[0].Cells.Select(cell => cell.Text));
        // .6 of .8 and .7 of .8.
        Assert.Equal([.75, .875], Assert.IsType<BarChart>(charts[6]).Bars.Select(bar => Math.Round(bar.Value, 9)));
    }
}
