using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting.Dashboard;

namespace RecDeepRL.Reporting.Reports;

/// <summary>A figure by iteration, averaged over seeds.</summary>
/// <param name="Iterations">Ascending.</param>
/// <param name="Values">Means with their 95 % intervals.</param>
internal sealed record CurveData(IReadOnlyList<double> Iterations, IReadOnlyList<Interval> Values)
{
    /// <summary>Of what users can be expected to respond to, per user and round.</summary>
    public static CurveData Expected(IEnumerable<ComparisonCell> cells) => Of(cells.Select(cell => cell.Rounds.Where(round => round.Users > 0).Select(round => ((double)round.Iteration, round.MeanExpected))));

    /// <summary>Of what the best slates of each round alone would have had.</summary>
    public static CurveData Oracle(IEnumerable<ComparisonCell> cells) => Of(cells.Select(cell => cell.Rounds.Where(round => round.Users > 0).Select(round => ((double)round.Iteration, round.MeanOracle))));

    /// <summary>Of the expected responses lost so far against the best slates of each round alone, summed over users.</summary>
    public static CurveData Regret(IEnumerable<ComparisonCell> cells) => Of(cells.Select(cell =>
    {
        var total = 0.0;
        return cell.Rounds.Select(round => ((double)round.Iteration, round.Users > 0 ? total += round.Users * (round.MeanOracle - round.MeanExpected) : total)).ToList();
    }));

    /// <summary>Of something that the agent said of itself.</summary>
    public static CurveData Diagnostic(IEnumerable<ComparisonCell> cells, string name) => Of(cells.Where(cell => cell.Diagnostics.ContainsKey(name))
        .Select(cell => cell.Rounds.Zip(cell.Diagnostics[name], (round, value) => ((double)round.Iteration, value)).Where(point => double.IsFinite(point.value))));

    /// <param name="runs">Iteration and value of each round, by run.</param>
    public static CurveData Of(IEnumerable<IEnumerable<(double Iteration, double Value)>> runs)
    {
        var byIteration = new SortedDictionary<double, List<double>>();
        foreach (var (iteration, value) in runs.SelectMany(run => run))
        {
            if (!byIteration.TryGetValue(iteration, out var values))
                byIteration[iteration] = values = [];
            values.Add(value);
        }
        return new CurveData([.. byIteration.Keys], [.. byIteration.Values.Select(Interval.Of)]);
    }

    /// <summary>As a line of a chart, with at most so many points that no peak is lost.</summary>
    /// <param name="slot">See <see cref="ChartLine"/>.</param>
    /// <param name="points">At least 4.</param>
    public ChartLine ToLine(string name, int slot, bool isShown, int points)
    {
        var rows = Downsampling.ExtremesOf([.. Values.Select(value => value.Mean)], points);
        var hasIntervals = Values.Any(value => double.IsFinite(value.HalfWidth));
        return new ChartLine(
            name, slot, isShown, [.. rows.Select(row => Iterations[row])], [.. rows.Select(row => Values[row].Mean)],
            hasIntervals ? [.. rows.Select(row => Values[row].Low)] : [], hasIntervals ? [.. rows.Select(row => Values[row].High)] : []);
    }
}
