using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>All agents in one environment, with the same options, rounds and source of the data.</summary>
public sealed record EnvironmentStatistics
{
    /// <summary>Name, changed options, rounds and source, for people.</summary>
    public required string Heading { get; init; }

    public required string Environment { get; init; }

    /// <summary>Options that are not as by default, as <c>key=value</c> separated by semicolons.</summary>
    public required string EnvironmentOptions { get; init; }

    /// <summary>Rounds of each run.</summary>
    public required long Iterations { get; init; }

    /// <summary>Whether users and items were read from files.</summary>
    public required bool FromData { get; init; }

    /// <summary>Bounds under the truth at the final evaluation, averaged over seeds.</summary>
    public required double Random { get; init; }

    public required double BestFixed { get; init; }

    public required double Oracle { get; init; }

    /// <summary>With sessions only.</summary>
    public double? Myopic { get; init; }

    /// <summary>Label of the agent with the highest mean score that is no bound; none where there are only bounds.</summary>
    public required string? Best { get; init; }

    /// <summary>Agents, the highest mean score first.</summary>
    public required IReadOnlyList<AgentStatistics> Agents { get; init; }

    /// <summary>Every pair of agents, in the order of <see cref="Agents"/>, with seeds in common.</summary>
    public required IReadOnlyList<AgentDifference> Differences { get; init; }

    /// <param name="cells">Of one environment, at least one.</param>
    internal static EnvironmentStatistics Of(IReadOnlyList<ComparisonCell> cells, StratifiedBootstrap bootstrap)
    {
        // The bounds of a seed are the same for every agent; each seed counts once.
        var bounds = cells.Select(cell => cell.Row).DistinctBy(row => row.Seed).ToList();
        var (random, oracle) = (bounds.Average(row => row.Random), bounds.Average(row => row.Oracle));
        var agents = cells.GroupBy(cell => cell.Label).Select(group => group.ToList()).OrderByDescending(Score).ToList();
        var best = agents.Find(agent => !agent[0].IsBound);
        var standings = Standings(agents, best);
        var first = cells[0].Row;
        return new EnvironmentStatistics
        {
            Heading = ComparisonSummary.HeadingOf(first.Environment, first.EnvironmentOptions, first.Iterations, first.Source == "data"),
            Environment = first.Environment,
            EnvironmentOptions = first.EnvironmentOptions,
            Iterations = first.Iterations,
            FromData = first.Source == "data",
            Random = random,
            BestFixed = bounds.Average(row => row.BestFixed),
            Oracle = oracle,
            Myopic = bounds.Average(row => row.Myopic),
            Best = best?[0].Label,
            Agents = [.. agents.Zip(standings, (agent, standing) => AgentStatistics.Of(agent, random, oracle, standing, bootstrap))],
            Differences =
            [
                .. from one in agents.Index()
                   from other in agents.Skip(one.Index + 1)
                   let difference = Difference(one.Item, other)
                   where difference is not null
                   select new AgentDifference(one.Item[0].Label, other[0].Label, difference.Difference, difference.PValue),
            ],
        };
    }

    private static List<Standing> Standings(List<List<ComparisonCell>> agents, List<ComparisonCell>? best)
    {
        var differences = agents.Select(agent => best is null || agent == best ? null : Difference(best, agent)).ToList();
        var corrected = HolmCorrection.Adjust([.. agents.Zip(differences, (agent, difference) => agent[0].IsBound || difference is null ? double.NaN : difference.PValue)]);
        return [.. agents.Zip(differences, (agent, difference) => (agent, difference)).Zip(corrected, (one, pValue) => new Standing(
            one.agent[0].IsBound ? Verdict.Bound : one.agent == best ? Verdict.Best : Standing.VerdictOf(pValue),
            one.difference?.Difference is { } behind ? new Estimate(behind.Mean, behind.Low, behind.High) : null,
            pValue))];
    }

    private static double Score(List<ComparisonCell> agent) => agent.Average(cell => cell.Row.FinalExpected);

    /// <returns>First minus second in final expected score; none without a common seed.</returns>
    private static PairedDifference? Difference(List<ComparisonCell> first, List<ComparisonCell> second)
    {
        var rivals = second.ToDictionary(cell => cell.Row.Seed, cell => cell.Row.FinalExpected);
        var pairs = first.Where(cell => rivals.ContainsKey(cell.Row.Seed)).Select(cell => (cell.Row.FinalExpected, rivals[cell.Row.Seed])).ToList();
        return pairs.Count == 0 ? null : PairedDifference.Of(pairs);
    }
}

/// <summary>Two agents on the seeds that both have met.</summary>
/// <param name="First">Label of the one.</param>
/// <param name="Second">Label of the other.</param>
/// <param name="Difference">Final expected score of the first minus that of the second, seed by seed.</param>
/// <param name="PValue">Of the paired t test, not corrected; not a number for a single seed.</param>
public sealed record AgentDifference(string First, string Second, Interval Difference, double PValue);
