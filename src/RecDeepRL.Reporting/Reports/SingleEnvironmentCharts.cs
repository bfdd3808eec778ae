using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>What stands for several environments in the section of all of them, where there is only one.</summary>
internal sealed class SingleEnvironmentCharts(EnvironmentStatistics statistics, ILookup<string, ComparisonCell> byLabel, AgentSlots slots)
{
    /// <returns>Nothing where no agent has two seeds, or only one has run.</returns>
    public IEnumerable<ReportBlock> Of()
    {
        var gap = statistics.Oracle - statistics.Random;
        var agents = statistics.Agents.Where(agent => !agent.IsBound && agent.Seeds > 1).ToList();
        if (gap == 0 || agents.Count < 2)
            yield break;
        var scores = agents.Select(agent => (IReadOnlyList<IReadOnlyList<double>>)[[.. byLabel[agent.Label].Select(cell => (cell.Row.FinalExpected - statistics.Random) / gap)]]).ToList();
        var shown = AgentSlots.ShownOf(agents.Select(agent => (agent.Label, false)));
        var bootstrap = new StratifiedBootstrap();
        yield return ProfileChart.Of(agents.Zip(scores, (agent, own) => (agent.Label, slots.Of(agent.Label), shown.Contains(agent.Label), PerformanceProfile.Of(own, PerformanceProfile.Thresholds, bootstrap))));
        yield return ImprovementChart.Of(
            [.. agents.Select(agent => agent.Label)],
            from one in agents.Index() from other in agents.Index() where one.Index < other.Index
            select new Improvement(one.Item.Label, other.Item.Label, ProbabilityOfImprovement.Of(scores[one.Index], scores[other.Index])));
    }
}

/// <summary>Performance profiles.</summary>
internal static class ProfileChart
{
    public static LineChart Of(IEnumerable<(string Label, int Slot, bool IsShown, IReadOnlyList<Estimate> Profile)> agents) => new()
    {
        Id = "profiles",
        Title = "Performance profiles",
        Description = "Which share of an agent's runs closes more than a given share of the gap from random to oracle; bands are pointwise 95 % bootstrap intervals. A curve further up and to the right is better; where curves cross, neither is better throughout.",
        XName = "share of the gap closed",
        YName = "share of runs that close more",
        IsShare = true,
        Lines =
        [
            .. agents.Select(agent => new ChartLine(
                agent.Label, agent.Slot, agent.IsShown, PerformanceProfile.Thresholds, [.. agent.Profile.Select(one => one.Value)],
                agent.Profile.Any(one => double.IsFinite(one.Low)) ? [.. agent.Profile.Select(one => one.Low)] : [],
                agent.Profile.Any(one => double.IsFinite(one.High)) ? [.. agent.Profile.Select(one => one.High)] : [])),
        ],
    };
}

/// <summary>Probabilities of improvement of every pair.</summary>
internal static class ImprovementChart
{
    /// <param name="labels">The best first.</param>
    /// <param name="improvements">Each pair once.</param>
    public static HeatChart Of(IReadOnlyList<string> labels, IEnumerable<Improvement> improvements)
    {
        var places = labels.Index().ToDictionary(one => one.Item, one => one.Index);
        var values = labels.Select(_ => Enumerable.Repeat(double.NaN, labels.Count).ToArray()).ToArray();
        foreach (var pair in improvements)
        {
            if (!places.TryGetValue(pair.First, out var first) || !places.TryGetValue(pair.Second, out var second))
                continue;
            values[first][second] = pair.Probability;
            values[second][first] = 1 - pair.Probability;
        }
        return new HeatChart
        {
            Id = "improvement",
            Title = "Probability of improvement",
            Description = "How likely a run of the agent of the row is to score above a run of the agent of the column, ties counting half; 50 % means neither. It says how often, not by how much.",
            Rows = labels,
            Columns = labels,
            Values = values,
            Minimum = 0,
            Maximum = 1,
            IsDiverging = true,
            IsShare = true,
        };
    }
}
