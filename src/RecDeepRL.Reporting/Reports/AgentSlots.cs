using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>Which place an agent has in all charts of a report, so that it keeps its colour, and who is shown at first.</summary>
internal sealed class AgentSlots
{
    /// <summary>Agents beside the bounds that a chart shows at first.</summary>
    public const int FirstShown = 8;

    private readonly Dictionary<string, int> _slots = [];

    /// <summary>Places by the mean share of the gap closed, the best first; bounds count down from −1.</summary>
    public AgentSlots(IEnumerable<EnvironmentStatistics> environments)
    {
        var agents = environments.SelectMany(environment => environment.Agents).GroupBy(agent => agent.Label)
            .OrderByDescending(group => group.Select(agent => agent.GapClosed.Mean).Where(double.IsFinite).DefaultIfEmpty(0).Average()).ToList();
        foreach (var agent in agents)
            _slots[agent.Key] = agent.First().IsBound ? -1 - _slots.Values.Count(slot => slot < 0) : _slots.Values.Count(slot => slot >= 0);
    }

    public int Of(string label) => _slots[label];

    /// <summary>Labels that a chart of these agents shows at first: the bounds, and the best of the others.</summary>
    /// <param name="agents">The best first.</param>
    public static HashSet<string> ShownOf(IEnumerable<(string Label, bool IsBound)> agents)
    {
        var all = agents.ToList();
        return [.. all.Where(agent => agent.IsBound).Concat(all.Where(agent => !agent.IsBound).Take(FirstShown)).Select(agent => agent.Label)];
    }
}
