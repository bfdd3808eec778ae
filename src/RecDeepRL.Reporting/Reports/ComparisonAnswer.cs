using System.Globalization;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Reporting.Reports;

/// <summary>Who won, by how much, and how sure that is, in words. Ties are said to be ties.</summary>
internal static class ComparisonAnswer
{
    private const int MostNames = 5;

    /// <summary>The answer in one sentence.</summary>
    /// <param name="statistics">Of at least one environment.</param>
    public static string Headline(ComparisonStatistics statistics)
    {
        if (statistics.Aggregate is { } aggregate && Best(aggregate) is { } best)
            return Sentence(best.Label, [.. aggregate.Agents.Select(agent => (agent.Label, agent.Standing))], $"over {aggregate.Environments.Count} environments");
        return statistics.Environments is [var only] ? Of(only) : "Each environment has an answer of its own.";
    }

    /// <summary>The answer of one environment in one sentence.</summary>
    public static string Of(EnvironmentStatistics environment) => environment.Best is { } best
        ? Sentence(best, [.. environment.Agents.Select(agent => (agent.Label, agent.Standing))], $"in {environment.Environment}")
        : $"Only bounds ran in {environment.Environment}: there is nobody to be best.";

    /// <summary>What stands behind the headline.</summary>
    public static IEnumerable<string> Details(ComparisonStatistics statistics)
    {
        if (statistics.Aggregate is { } aggregate && Best(aggregate) is { } best)
        {
            yield return $"{best.Label} closes {Figure.Share(best.InterquartileMean)} of the gap from random to oracle (interquartile mean over environments and seeds, with its 95 % interval).";
            foreach (var line in Others([.. aggregate.Agents.Select(agent => (agent.Label, agent.Standing))], isShare: true))
                yield return line;
            if (aggregate.LeftOut.Count > 0)
                yield return $"Left out, since they have not run in every environment: {Listed(aggregate.LeftOut)}.";
        }
        else if (statistics.Environments is [var only] && only.Agents.FirstOrDefault(agent => agent.Label == only.Best) is { } winner)
        {
            var unit = only.Myopic is null ? "per user" : "per session";
            yield return $"{winner.Label} ends at {Figure.Of(winner.FinalExpected)} expected responses {unit}: {Figure.Share(winner.GapClosed)} of the way from random slates ({Figure.Of(only.Random)}) to the oracle ({Figure.Of(only.Oracle)}).";
            foreach (var line in Others([.. only.Agents.Select(agent => (agent.Label, agent.Standing))], isShare: false))
                yield return line;
        }
    }

    /// <summary>How sure it is, and by which rule.</summary>
    public static string Certainty(ComparisonStatistics statistics)
    {
        var seeds = statistics.Environments.SelectMany(environment => environment.Agents).Select(agent => agent.Seeds).Distinct().Order().ToList();
        var runs = seeds is [var one] ? Figure.Count(one, "seed", "seeds") : $"{seeds[0]} to {seeds[^1]} seeds";
        return seeds[^1] < 2
            ? "From one seed: whether any difference is more than luck cannot be told. Two seeds are the least, five a beginning."
            : $"From {runs}; agents met the same users and the same luck, so differences are paired seed by seed. 'Worse' and 'tied' hold at 5 % for all agents of a table together (Holm's correction).";
    }

    private static AggregateAgent? Best(AggregateStatistics aggregate) => aggregate.Agents.FirstOrDefault(agent => agent.Standing.Verdict == Verdict.Best);

    private static string Sentence(string best, IReadOnlyList<(string Label, Standing Standing)> agents, string where)
    {
        var tied = Of(agents, Verdict.Tied);
        var (worse, unknown) = (Of(agents, Verdict.Worse).Count, Of(agents, Verdict.Unknown).Count);
        if (unknown > 0)
            return $"{best} scores highest {where}, but there are too few seeds to tell luck from merit.";
        return (tied.Count, worse) switch
        {
            (0, 0) => $"{best} is the only agent {where} that is no bound.",
            (0, _) => $"{best} wins {where}.",
            (<= 2, _) => $"{And([best, .. tied])} are tied for first {where}.",
            _ => $"{best} scores highest {where}, tied with {tied.Count} others.",
        };
    }

    private static IEnumerable<string> Others(IReadOnlyList<(string Label, Standing Standing)> agents, bool isShare)
    {
        var tied = agents.Where(agent => agent.Standing.Verdict == Verdict.Tied).ToList();
        if (tied.Count > 0)
            yield return $"Tied with it, being behind by no more than chance explains: {Listed([.. tied.Select(agent => $"{agent.Label} ({Behind(agent.Standing, isShare)}, {Figure.Probability(agent.Standing.PValue)})")])}.";
        var worse = agents.Where(agent => agent.Standing is { Verdict: Verdict.Worse, Behind: not null }).OrderBy(agent => agent.Standing.Behind!.Value).ToList();
        if (worse.Count == 1)
            yield return $"{worse[0].Label} is worse by {Behind(worse[0].Standing, isShare)}, more than chance explains.";
        else if (worse.Count > 1)
            yield return $"{worse.Count.ToString(CultureInfo.InvariantCulture)} agents are worse by more than chance explains; the nearest of them is {worse[0].Label}, by {Behind(worse[0].Standing, isShare)}.";
    }

    /// <summary>How far an agent is behind the best one.</summary>
    public static string Behind(Standing standing, bool isShare = false)
    {
        if (standing.Behind is not { } behind)
            return "";
        if (behind is { Value: 0, Low: 0, High: 0 })
            return "the same scores";
        // Shares come with bootstrap intervals, which need not lie even.
        return isShare ? $"{Figure.Share(behind)} of the gap" : Figure.Of(new Interval(behind.Value, (behind.High - behind.Low) / 2, 2));
    }

    /// <summary>All names but the first few are counted.</summary>
    public static string Listed(IReadOnlyList<string> names) => names.Count <= MostNames + 1
        ? And(names)
        : And([.. names.Take(MostNames), $"{names.Count - MostNames} more"]);

    private static string And(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static List<string> Of(IReadOnlyList<(string Label, Standing Standing)> agents, Verdict verdict) => [.. agents.Where(agent => agent.Standing.Verdict == verdict).Select(agent => agent.Label)];
}
