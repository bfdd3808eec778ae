using System.Globalization;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>One environment of a comparison.</summary>
/// <param name="id">Of the section; begins the names of its charts.</param>
/// <param name="statistics">Of the environment.</param>
/// <param name="cells">Of the environment.</param>
/// <param name="slots">Of all agents of the report.</param>
/// <param name="points">That a curve has at most.</param>
internal sealed class EnvironmentSection(string id, EnvironmentStatistics statistics, IReadOnlyList<ComparisonCell> cells, AgentSlots slots, int points)
{
    /// <summary>Diagnostics that get a chart; what agents say beyond them stands in the comparison's iterations.csv.</summary>
    private const int MostDiagnostics = 24;

    private readonly ILookup<string, ComparisonCell> _byLabel = cells.ToLookup(cell => cell.Label);
    private readonly HashSet<string> _shown = AgentSlots.ShownOf(statistics.Agents.Select(agent => (agent.Label, agent.IsBound)));

    private string Unit => statistics.Myopic is null ? "user" : "session";

    public ReportSection Build(bool isOnly)
    {
        var blocks = new List<ReportBlock>();
        if (!isOnly)
            blocks.Add(new ReportText(ComparisonAnswer.Of(statistics)));
        blocks.Add(FinalTable());
        if (statistics.Oracle != statistics.Random)
            blocks.Add(Shares());
        if (cells.Any(cell => cell.Rounds.Count > 0))
        {
            blocks.Add(Learning());
            blocks.Add(Regret());
        }
        if (isOnly)
            blocks.AddRange(new SingleEnvironmentCharts(statistics, _byLabel, slots).Of());
        if (Diagnostics() is { Count: > 0 } diagnostics)
            blocks.Add(new ReportFold($"What agents say of themselves ({Figure.Count(diagnostics.Count, "figure", "figures")})", diagnostics));
        return new ReportSection(id, statistics.Heading, blocks);
    }

    private ReportTable FinalTable()
    {
        var withRounds = statistics.Agents.Any(agent => agent.Regret is not null);
        List<ReportColumn> columns =
        [
            new("agent", IsNumber: false), new("seeds"), new("expected score"), new("gap closed"), new("against the best", IsNumber: false), new("score as drawn"), new("interquartile mean"), new("while training"),
            .. withRounds ? [new("regret"), new("iterations to converge")] : (ReportColumn[])[],
        ];
        List<ReportRow> rows = [.. statistics.Agents.Select(agent => Row(agent, withRounds))];
        foreach (var (name, value) in Bounds())
        {
            List<ReportCell> cellsOfBound = [new(name), new("", double.NaN), new(Figure.Of(value), value), Gap(value), new("bound", double.NaN), .. Enumerable.Range(0, columns.Count - 5).Select(_ => new ReportCell("", double.NaN))];
            var place = rows.FindIndex(row => row.Cells[2].Order < value);
            rows.Insert(place < 0 ? rows.Count : place, new ReportRow(cellsOfBound, "bound"));
        }
        return new ReportTable(
            $"Final evaluation of all users in {statistics.Heading}: mean responses per {Unit}, ± half of a 95 % interval over seeds. The expected score is under the truth, without the luck of the draw.", columns, rows);

        // Where a bound ran as an agent, its own row tells the same.
        IEnumerable<(string, double)> Bounds()
        {
            if (!Ran("oracle"))
                yield return (statistics.Myopic is null ? "oracle" : "planning oracle", statistics.Oracle);
            if (statistics.Myopic is { } myopic && !Ran("myopic"))
                yield return ("myopic oracle", myopic);
            if (!Ran("best-fixed"))
                yield return ("best fixed list", statistics.BestFixed);
            if (!Ran("random"))
                yield return ("random slates", statistics.Random);
        }

        bool Ran(string agent) => statistics.Agents.Any(one => one.Agent == agent);

        ReportCell Gap(double value)
        {
            var share = (value - statistics.Random) / (statistics.Oracle - statistics.Random);
            return new(Figure.Percent(share), share);
        }
    }

    private static ReportRow Row(AgentStatistics agent, bool withRounds) => new(
        [
            agent.Label,
            new(agent.Seeds.ToString(CultureInfo.InvariantCulture), agent.Seeds),
            new(Figure.Of(agent.FinalExpected), agent.FinalExpected.Mean),
            new(Figure.Share(agent.GapClosed), agent.GapClosed.Mean),
            new(VerdictOf(agent.Standing), agent.Standing.Verdict == Verdict.Best ? 0 : agent.Standing.Behind?.Value ?? double.NaN),
            new(Figure.Of(agent.Final), agent.Final.Mean),
            new(Figure.Of(agent.InterquartileMean.Value), agent.InterquartileMean.Value),
            new(Figure.Of(agent.TrainingMean), agent.TrainingMean.Mean),
            .. withRounds ? [Cell(agent.Regret), Cell(agent.IterationsToConverge)] : (ReportCell[])[],
        ], ToneOf(agent.Standing.Verdict));

    private static ReportCell Cell(Interval? interval) => interval is null ? new("", double.NaN) : new(Figure.Of(interval), interval.Mean);

    internal static string VerdictOf(Standing standing) => standing.Verdict switch
    {
        Verdict.Best => "best",
        Verdict.Bound => "bound",
        Verdict.Tied => $"tied ({ComparisonAnswer.Behind(standing)}, {Figure.Probability(standing.PValue)})",
        Verdict.Worse => $"worse by {ComparisonAnswer.Behind(standing)}",
        _ => "too few seeds",
    };

    internal static string ToneOf(Verdict verdict) => verdict switch { Verdict.Best => "best", Verdict.Tied => "tied", Verdict.Bound => "bound", _ => "" };

    private BarChart Shares() => new()
    {
        Id = $"{id}-gap",
        Title = "Share of the oracle gap closed",
        Description = "How far each agent's expected final score is on the way from random slates (0 %) to the oracle (100 %). Whiskers are 95 % intervals over seeds.",
        XName = "share of the gap from random to oracle",
        IsShare = true,
        Bars = [.. statistics.Agents.Select(agent => new ChartBar(agent.Label, agent.GapClosed.Mean, agent.GapClosed.Low, agent.GapClosed.High, agent.IsBound))],
        Marks = [new ChartMark("best fixed list", (statistics.BestFixed - statistics.Random) / (statistics.Oracle - statistics.Random)), new ChartMark("oracle", 1)],
    };

    private LineChart Learning()
    {
        var oracle = CurveData.Oracle(cells);
        var heights = oracle.Values.Select(value => value.Mean).ToList();
        // Marks stand for the whole run only where the truth stands still, and per slate only where there are no sessions.
        var isStill = statistics.Myopic is null && heights.Max() - heights.Min() < 0.05 * Math.Abs(heights.Max());
        return new LineChart
        {
            Id = $"{id}-learning",
            Title = "Learning curves",
            Description = $"Expected responses per user in each training round, mean over seeds; bands are 95 % intervals. The oracle shows the best slates of each round alone{(isStill ? "" : "; random slates and the best fixed list change with it, the table has them as of the end")}.",
            XName = "iteration",
            YName = "expected responses per user",
            Lines = [.. Lines(CurveData.Expected), (oracle with { Values = [.. oracle.Values.Select(value => value with { HalfWidth = double.NaN })] }).ToLine("best possible", -1, true, points)],
            Marks = isStill ? [new ChartMark("random", statistics.Random), new ChartMark("best fixed list", statistics.BestFixed)] : [],
        };
    }

    private LineChart Regret() => new()
    {
        Id = $"{id}-regret",
        Title = "Regret",
        Description = "Expected responses lost so far against the best slates of each round alone, summed over users; mean over seeds with 95 % intervals. A curve that levels off has stopped losing.",
        XName = "iteration",
        YName = "responses lost",
        Lines = [.. Lines(CurveData.Regret)],
    };

    private IEnumerable<ChartLine> Lines(Func<IEnumerable<ComparisonCell>, CurveData> of) => statistics.Agents
        .Where(agent => !agent.IsBound && _byLabel[agent.Label].Any(cell => cell.Rounds.Count > 0))
        .Select(agent => of(_byLabel[agent.Label]).ToLine(agent.Label, slots.Of(agent.Label), _shown.Contains(agent.Label), points));

    private List<ReportBlock> Diagnostics()
    {
        var names = cells.SelectMany(cell => cell.Diagnostics.Keys).Distinct().ToList();
        var charts = new List<ReportBlock>();
        foreach (var name in names)
        {
            List<ChartLine> lines =
            [
                .. from agent in statistics.Agents
                   let own = _byLabel[agent.Label].Where(cell => cell.Diagnostics.ContainsKey(name)).ToList()
                   where own.Count > 0
                   let curve = CurveData.Diagnostic(own, name)
                   where curve.Values.Count > 1
                   select curve.ToLine(agent.Label, slots.Of(agent.Label), true, Math.Min(points, 200)),
            ];
            if (lines.Count == 0)
                continue;
            for (var line = AgentSlots.FirstShown; line < lines.Count; line++)
                lines[line] = lines[line] with { IsShown = false };
            charts.Add(new LineChart
            {
                Id = $"{id}-says-{charts.Count + 1}",
                Title = name,
                Description = $"'{name}', as {(lines.Count == 1 ? lines[0].Name + " tells" : "each agent tells")} it of itself after each round; mean over seeds with 95 % intervals. The agents' pages in the documentation say what it means.",
                XName = "iteration",
                YName = name,
                Lines = lines,
            });
            if (charts.Count == MostDiagnostics)
                break;
        }
        return charts;
    }
}
