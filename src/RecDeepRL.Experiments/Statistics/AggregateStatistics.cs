using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>Agents over several environments, by scores as share of the gap from random to oracle (Agarwal et al. 2021). Environments are strata and count alike.</summary>
public sealed record AggregateStatistics
{
    /// <summary>Headings of the environments that are in it: all that have a gap to close.</summary>
    public required IReadOnlyList<string> Environments { get; init; }

    /// <summary>Agents that have run in all of them, the highest interquartile mean first.</summary>
    public required IReadOnlyList<AggregateAgent> Agents { get; init; }

    /// <summary>Agents left out, since they have not run in every environment.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Thresholds of the agents' performance profiles.</summary>
    public IReadOnlyList<double> Thresholds { get; } = PerformanceProfile.Thresholds;

    /// <summary>For every pair of agents, how likely the first is to score above the second.</summary>
    public required IReadOnlyList<Improvement> Improvements { get; init; }

    /// <param name="environments">Each with its cells.</param>
    /// <returns>None where fewer than two environments have a gap, or no agent has run in all of them.</returns>
    internal static AggregateStatistics? Of(IReadOnlyList<(EnvironmentStatistics Statistics, IReadOnlyList<ComparisonCell> Cells)> environments, StratifiedBootstrap bootstrap)
    {
        var withGap = environments.Where(one => one.Statistics.Oracle != one.Statistics.Random).ToList();
        if (withGap.Count < 2)
            return null;
        // An agent with one variant in each environment is one agent, though its options may have been tuned for each.
        var varied = withGap.SelectMany(one => one.Cells.GroupBy(cell => cell.Row.Agent).Where(agent => agent.DistinctBy(cell => cell.Label).Count() > 1).Select(agent => agent.Key)).ToHashSet();
        string NameOf(ComparisonCell cell) => varied.Contains(cell.Row.Agent) ? cell.Label : cell.Row.Agent;
        var names = withGap.SelectMany(one => one.Cells.Select(NameOf)).Distinct().ToList();
        var agents = names.Select(name => new Scores(
            name, withGap.Any(one => one.Cells.Any(cell => NameOf(cell) == name && cell.IsBound)),
            [.. withGap.Select(one => one.Cells.Where(cell => NameOf(cell) == name).ToDictionary(cell => cell.Row.Seed, cell => Share(cell, one.Statistics)))])).ToList();
        var complete = agents.Where(agent => agent.BySeed.All(seeds => seeds.Count > 0)).OrderByDescending(agent => InterquartileMean.Of(agent.BySeed.SelectMany(seeds => seeds.Values))).ToList();
        if (complete.Count == 0)
            return null;
        var best = complete.Find(agent => !agent.IsBound);
        var standings = Standings(complete, best, bootstrap);
        return new AggregateStatistics
        {
            Environments = [.. withGap.Select(one => one.Statistics.Heading)],
            LeftOut = [.. agents.Except(complete).Select(agent => agent.Name)],
            Agents = [.. complete.Zip(standings, (agent, standing) => AggregateAgent.Of(agent.Name, agent.IsBound, agent.Strata, standing, best is null || agent == best ? null : best.Strata, bootstrap))],
            Improvements =
            [
                .. from one in complete.Index()
                   from other in complete.Skip(one.Index + 1)
                   select new Improvement(one.Item.Name, other.Name, ProbabilityOfImprovement.Of(one.Item.Strata, other.Strata)),
            ],
        };
    }

    private static double Share(ComparisonCell cell, EnvironmentStatistics environment) => (cell.Row.FinalExpected - environment.Random) / (environment.Oracle - environment.Random);

    private static List<Standing> Standings(List<Scores> agents, Scores? best, StratifiedBootstrap bootstrap)
    {
        var behind = agents.Select(agent => best is null || agent == best ? null : Behind(best, agent, bootstrap)).ToList();
        var corrected = HolmCorrection.Adjust([.. agents.Zip(behind, (agent, one) => agent.IsBound || one is null ? double.NaN : one.Value.PValue)]);
        return [.. agents.Zip(behind, (agent, one) => (agent, one)).Zip(corrected, (both, pValue) => new Standing(
            both.agent.IsBound ? Verdict.Bound : both.agent == best ? Verdict.Best : Standing.VerdictOf(pValue), both.one?.Difference, pValue))];
    }

    /// <summary>How far the interquartile mean is behind the best one's, resampled seed by seed, on the seeds that both have met.</summary>
    private static (Estimate Difference, double PValue)? Behind(Scores best, Scores agent, StratifiedBootstrap bootstrap)
    {
        var pairs = best.BySeed.Zip(agent.BySeed, (ours, theirs) => ours.Where(one => theirs.ContainsKey(one.Key)).Select(one => (Best: one.Value, Agent: theirs[one.Key])).ToList()).ToList();
        if (pairs.Any(stratum => stratum.Count == 0))
            return null;
        var sizes = pairs.Select(stratum => stratum.Count).ToList();
        double Difference(int[][] chosen) =>
            InterquartileMean.Of(chosen.Index().SelectMany(stratum => stratum.Item.Select(run => pairs[stratum.Index][run].Best)))
            - InterquartileMean.Of(chosen.Index().SelectMany(stratum => stratum.Item.Select(run => pairs[stratum.Index][run].Agent)));
        var difference = bootstrap.Of(sizes, Difference);
        if (double.IsNaN(difference.Low))
            return (difference, double.NaN);
        // Two-sided, by the share of resamples beyond 0; one is added so that no probability of 0 is claimed of finitely many.
        var values = bootstrap.Replicates(sizes, Difference);
        var beyond = Math.Min(values.Count(value => value <= 0), values.Count(value => value >= 0));
        return (difference, Math.Min(1, 2.0 * (beyond + 1) / (values.Length + 1)));
    }

    /// <summary>One agent's shares of the gap, by environment and seed.</summary>
    private sealed record Scores(string Name, bool IsBound, IReadOnlyList<Dictionary<long, double>> BySeed)
    {
        public IReadOnlyList<IReadOnlyList<double>> Strata { get; } = [.. BySeed.Select(seeds => (IReadOnlyList<double>)[.. seeds.Values])];
    }
}

/// <summary>One agent over all environments of an aggregate. Intervals are by the stratified bootstrap.</summary>
/// <param name="Label">The agent, with the options that are not as by default where it ran with several.</param>
/// <param name="IsBound">Whether it uses the truth.</param>
/// <param name="InterquartileMean">Of its shares of the gap, over all environments and seeds.</param>
/// <param name="Mean">Of the environments' mean shares.</param>
/// <param name="Profile">Share of runs above each threshold of the aggregate.</param>
/// <param name="BestImproves">How likely the best agent is to score above this one; none for the best itself.</param>
/// <param name="Standing">Against the best agent, in interquartile mean.</param>
public sealed record AggregateAgent(
    string Label, bool IsBound, Estimate InterquartileMean, Estimate Mean, IReadOnlyList<Estimate> Profile, Estimate? BestImproves, Standing Standing)
{
    internal static AggregateAgent Of(
        string label, bool isBound, IReadOnlyList<IReadOnlyList<double>> strata, Standing standing, IReadOnlyList<IReadOnlyList<double>>? best, StratifiedBootstrap bootstrap)
    {
        var sizes = strata.Select(scores => scores.Count).ToList();
        return new AggregateAgent(
            label, isBound,
            bootstrap.Of(sizes, chosen => Statistics.InterquartileMean.Of(chosen.Index().SelectMany(stratum => stratum.Item.Select(run => strata[stratum.Index][run])))),
            bootstrap.Of(sizes, chosen => chosen.Index().Average(stratum => stratum.Item.Average(run => strata[stratum.Index][run]))),
            PerformanceProfile.Of(strata, PerformanceProfile.Thresholds, bootstrap),
            best is null ? null : ProbabilityOfImprovement.Of(best, strata, bootstrap),
            standing);
    }
}

/// <summary>How likely a run of one agent is to score above a run of another, ties counting half.</summary>
public sealed record Improvement(string First, string Second, double Probability);
