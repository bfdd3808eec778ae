using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>The report of a comparison.</summary>
internal sealed class ComparisonReport
{
    /// <summary>Points of all curves of one kind together, so that a comparison of many agents stays a file that opens at once.</summary>
    private const int MostPoints = 60_000;

    private readonly string _name;
    private readonly ComparisonResults _results;
    private readonly ComparisonStatistics _statistics;
    private readonly AgentSlots _slots;

    private ComparisonReport(string name, ComparisonResults results)
    {
        (_name, _results, _statistics) = (name, results, ComparisonStatistics.Of(results));
        _slots = new AgentSlots(_statistics.Environments);
    }

    /// <param name="name">What the user calls it.</param>
    /// <exception cref="UserMistakeException">No run of it is finished.</exception>
    public static ReportDocument Of(string name, ComparisonResults results) => results.Cells.Count == 0
        ? throw new UserMistakeException($"No run of the comparison '{name}' is finished yet, so there is nothing to report. Go on with: {(results.Command.Length > 0 ? results.Command : "compare")}.")
        : new ComparisonReport(name, results).Build();

    private ReportDocument Build()
    {
        var groups = _results.Cells.GroupBy(cell => (cell.Row.Environment, cell.Row.EnvironmentOptions, cell.Row.Iterations, cell.Row.Source)).Select(group => group.ToList()).ToList();
        var agents = _statistics.Environments.SelectMany(environment => environment.Agents).Select(agent => agent.Label).Distinct().Count();
        var points = Math.Clamp(MostPoints / Math.Max(1, agents * groups.Count), 100, 1000);
        var isOnly = groups.Count == 1;
        List<ReportSection> sections = [];
        if (!isOnly)
            sections.Add(Overall());
        foreach (var (index, (environment, cells)) in _statistics.Environments.Zip(groups).Index())
        {
            var id = $"environment-{index + 1}";
            sections.Add(new EnvironmentSection(id, environment, cells, _slots, points).Build(isOnly));
            if (InsideSection.Of($"{id}-inside", isOnly ? "Inside the agents" : $"Inside the agents: {environment.Heading}", environment, cells) is { } inside)
                sections.Add(inside);
        }
        sections.Add(Repeat());
        return new ReportDocument
        {
            Title = $"Comparison {_name}: {Figure.Count(agents, "agent", "agents")} in {(isOnly ? _statistics.Environments[0].Environment : Figure.Count(groups.Count, "environment", "environments"))}",
            Headline = ComparisonAnswer.Headline(_statistics),
            Answer = [.. ComparisonAnswer.Details(_statistics), ComparisonAnswer.Certainty(_statistics)],
            Remarks = [.. Remarks()],
            Sections = sections,
        };
    }

    private IEnumerable<string> Remarks()
    {
        if (_statistics.Missing > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{_statistics.Missing} of {_statistics.Missing + _statistics.Finished} runs are missing: still to come, interrupted or failed. Agents may stand on different seeds; differences are on common ones all the same. The command at the end goes on with them.");
        if (_results.Cells.All(cell => cell.Rounds.Count == 0))
            yield return "Only a results.csv is left of this comparison, as earlier versions wrote it. Learning curves, regret, convergence, what agents say of themselves and the options by default need a new comparison.";
    }

    private ReportSection Overall()
    {
        var environments = _statistics.Environments;
        List<ReportBlock> blocks = [Winners()];
        var labels = environments.SelectMany(environment => environment.Agents).Select(agent => agent.Label).Distinct().OrderByDescending(label => Rank(label)).ToList();
        blocks.Add(new HeatChart
        {
            Id = "gap-by-environment",
            Title = "Share of the oracle gap closed, by environment",
            Description = "How far each agent's expected final score is on the way from random slates (0 %) to the oracle (100 %); below 0 it is worse than random. Empty where an agent has not run.",
            Rows = labels,
            Columns = [.. environments.Select(environment => environment.Heading)],
            Values = [.. labels.Select(label => (IReadOnlyList<double>)[.. environments.Select(environment => environment.Agents.FirstOrDefault(agent => agent.Label == label)?.GapClosed.Mean ?? double.NaN)])],
            Minimum = 0,
            Maximum = 1,
            IsShare = true,
        });
        if (_statistics.Aggregate is { } aggregate)
            blocks.AddRange(Aggregate(aggregate));
        else
            blocks.Add(new ReportText("No agent has run in at least two environments that have a gap between random and oracle, so there is no figure over all of them."));
        return new ReportSection("overall", "Over all environments", blocks);

        double Rank(string label) => environments.SelectMany(environment => environment.Agents).Where(agent => agent.Label == label).Select(agent => agent.GapClosed.Mean).Where(double.IsFinite).DefaultIfEmpty(double.NegativeInfinity).Average();
    }

    private ReportTable Winners() => new(
        "Who is best where. Tied agents are behind the best by no more than chance explains.",
        [new("environment", IsNumber: false), new("highest score", IsNumber: false), new("expected score"), new("gap closed"), new("tied with it", IsNumber: false), new("worse")],
        [.. _statistics.Environments.Select(environment =>
        {
            var best = environment.Agents.FirstOrDefault(agent => agent.Label == environment.Best);
            var tied = environment.Agents.Where(agent => agent.Standing.Verdict == Verdict.Tied).Select(agent => agent.Label).ToList();
            var worse = environment.Agents.Count(agent => agent.Standing.Verdict == Verdict.Worse);
            return new ReportRow(
            [
                environment.Heading, best?.Label ?? "only bounds ran", best is null ? new("", double.NaN) : new ReportCell(Figure.Of(best.FinalExpected), best.FinalExpected.Mean),
                best is null ? new("", double.NaN) : new ReportCell(Figure.Share(best.GapClosed), best.GapClosed.Mean), tied.Count == 0 ? "nobody" : ComparisonAnswer.Listed(tied), new(worse.ToString(CultureInfo.InvariantCulture), worse),
            ]);
        })]);

    private IEnumerable<ReportBlock> Aggregate(AggregateStatistics aggregate)
    {
        yield return new ReportTable(
            $"Shares of the gap from random to oracle over {aggregate.Environments.Count} environments, which count alike; 95 % intervals by the stratified bootstrap.",
            [new("agent", IsNumber: false), new("interquartile mean"), new("mean"), new("against the best", IsNumber: false), new("best one scores higher")],
            [.. aggregate.Agents.Select(agent => new ReportRow(
            [
                agent.Label, new(Figure.Share(agent.InterquartileMean), agent.InterquartileMean.Value), new(Figure.Share(agent.Mean), agent.Mean.Value),
                new(AgainstBest(agent.Standing), agent.Standing.Verdict == Verdict.Best ? 0 : agent.Standing.Behind?.Value ?? double.NaN),
                agent.BestImproves is { } improves ? new(Figure.Share(improves), improves.Value) : new("", double.NaN),
            ], EnvironmentSection.ToneOf(agent.Standing.Verdict)))]);
        yield return new BarChart
        {
            Id = "interquartile-means",
            Title = "Interquartile mean of the gap closed",
            Description = "The mean of the middle half of all runs, which outlying runs do not move. Whiskers are 95 % bootstrap intervals.",
            XName = "share of the gap from random to oracle",
            IsShare = true,
            Bars = [.. aggregate.Agents.Select(agent => new ChartBar(agent.Label, agent.InterquartileMean.Value, agent.InterquartileMean.Low, agent.InterquartileMean.High, agent.IsBound))],
            Marks = [new ChartMark("oracle", 1)],
        };
        var shown = AgentSlots.ShownOf(aggregate.Agents.Where(agent => !agent.IsBound).Select(agent => (agent.Label, false)));
        var slots = SlotsOf(aggregate);
        yield return ProfileChart.Of(aggregate.Agents.Where(agent => !agent.IsBound).Select(agent => (agent.Label, slots[agent.Label], shown.Contains(agent.Label), agent.Profile)));
        if (aggregate.Agents.Count > 1)
            yield return ImprovementChart.Of([.. aggregate.Agents.Where(agent => !agent.IsBound).Select(agent => agent.Label)], aggregate.Improvements);
    }

    /// <summary>An agent that ran with other options in each environment has a place of its own over all of them.</summary>
    private Dictionary<string, int> SlotsOf(AggregateStatistics aggregate)
    {
        var known = _statistics.Environments.SelectMany(environment => environment.Agents).Select(agent => agent.Label).ToHashSet();
        var next = known.Count(label => _slots.Of(label) >= 0);
        return aggregate.Agents.ToDictionary(agent => agent.Label, agent => known.Contains(agent.Label) ? _slots.Of(agent.Label) : next++);
    }

    private static string AgainstBest(Standing standing) => standing.Verdict switch
    {
        Verdict.Tied => $"tied ({ComparisonAnswer.Behind(standing, isShare: true)}, {Figure.Probability(standing.PValue)})",
        Verdict.Worse => $"worse by {ComparisonAnswer.Behind(standing, isShare: true)}",
        _ => EnvironmentSection.VerdictOf(standing),
    };

    private ReportSection Repeat()
    {
        List<ReportBlock> blocks = [];
        if (_results.Command.Length > 0)
            blocks.Add(new ReportCode("The command, which also goes on with a comparison that was stopped", $"dotnet run -- {_results.Command}"));
        var rows = _results.Cells.Select(cell => cell.Row).ToList();
        var builds = _results.Cells.Select(cell => cell.Build).Where(build => build.Length > 0).Distinct().ToList();
        List<ReportRow> facts =
        [
            new(["seeds", string.Join(", ", rows.Select(row => row.Seed).Distinct().Order())]),
            new(["iterations", string.Join(", ", rows.Select(row => row.Iterations).Distinct().Order())]),
            new(["device", string.Join(", ", rows.Select(row => row.Device).Distinct())]),
            new(["runs finished", _statistics.Finished.ToString(CultureInfo.InvariantCulture)]),
            new(["time in recommending, simulating and learning", $"{rows.Sum(row => row.Seconds).ToString("F1", CultureInfo.InvariantCulture)} s"]),
        ];
        if (builds.Count > 0)
            facts.Add(new([builds.Count == 1 ? "build of the program" : "builds of the program", string.Join(", ", builds)]));
        blocks.Add(new ReportTable("What was run", [new("what", IsNumber: false), new("value", IsNumber: false)], facts));
        var agents = _results.Cells.Where(cell => cell.AgentOptions.Count > 0).DistinctBy(cell => (cell.Label, OptionsOf(cell.AgentOptions))).ToList();
        var environments = _results.Cells.Where(cell => cell.EnvironmentOptions.Count > 0).DistinctBy(cell => (cell.Row.Environment, OptionsOf(cell.EnvironmentOptions))).ToList();
        if (environments.Count > 0)
        {
            blocks.Add(new ReportFold("Options of the environments", [OptionTable("Every option of each environment, those by default included.", "environment", environments.Select(cell => (cell.Row.Environment, cell.EnvironmentOptions)))]));
            blocks.Add(new ReportFold("Options of the agents", [OptionTable("Every option of each agent, those by default included.", "agent", agents.Select(cell => (cell.Label, cell.AgentOptions)))]));
        }
        return new ReportSection("repeat", "How to repeat it", blocks);
    }

    private static ReportTable OptionTable(string caption, string what, IEnumerable<(string Name, IReadOnlyDictionary<string, string> Options)> all) => new(
        caption, [new(what, IsNumber: false), new("options", IsNumber: false)], [.. all.Select(one => new ReportRow([one.Name, OptionsOf(one.Options)]))]);

    private static string OptionsOf(IReadOnlyDictionary<string, string> options) => string.Join(", ", options.Select(option => $"{option.Key}={option.Value}"));
}
