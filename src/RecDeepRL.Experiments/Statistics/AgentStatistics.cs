using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>One agent in one environment, over its seeds. Intervals are of 95 % by Student's t unless they are said to be otherwise.</summary>
public sealed record AgentStatistics
{
    /// <summary>The agent, with the options that are not as by default.</summary>
    public required string Label { get; init; }

    public required string Agent { get; init; }

    /// <summary>Options that are not as by default, as <c>key=value</c> separated by semicolons.</summary>
    public required string AgentOptions { get; init; }

    /// <summary>Whether it uses the truth.</summary>
    public required bool IsBound { get; init; }

    /// <summary>Finished runs.</summary>
    public required int Seeds { get; init; }

    /// <summary>Final evaluation in exploit mode, as drawn.</summary>
    public required Interval Final { get; init; }

    /// <summary>The same under the truth: the score by which agents are ordered and compared.</summary>
    public required Interval FinalExpected { get; init; }

    /// <summary>Interquartile mean of the scores over seeds, with a bootstrap interval.</summary>
    public required Estimate InterquartileMean { get; init; }

    /// <summary>Score as a share of the gap from random (0) to oracle (1), both averaged over the seeds; not a number where there is no gap.</summary>
    public required Interval GapClosed { get; init; }

    /// <summary>Mean responses to the slates shown while training, as drawn.</summary>
    public required Interval TrainingMean { get; init; }

    /// <summary>Final evaluation in explore mode, as drawn.</summary>
    public required Interval FinalExplore { get; init; }

    /// <summary>See <see cref="CurveStatistics.Regret"/>; none where rounds are not known.</summary>
    public Interval? Regret { get; init; }

    /// <summary>See <see cref="CurveStatistics.Area"/>.</summary>
    public Interval? Area { get; init; }

    /// <summary>See <see cref="CurveStatistics.AreaShare"/>.</summary>
    public Interval? AreaShare { get; init; }

    /// <summary>Rounds until the learning curve stays within 95 % of its final level, see <see cref="CurveStatistics.Converged"/>.</summary>
    public Interval? IterationsToConverge { get; init; }

    /// <summary>Answers to shown items until then.</summary>
    public Interval? ResponsesToConverge { get; init; }

    /// <summary>Against the best agent, in final expected score.</summary>
    public required Standing Standing { get; init; }

    /// <param name="cells">Of one agent and environment, at least one.</param>
    /// <param name="random">Bounds of the environment, averaged over seeds.</param>
    /// <param name="oracle">As <paramref name="random"/>.</param>
    internal static AgentStatistics Of(IReadOnlyList<ComparisonCell> cells, double random, double oracle, Standing standing, StratifiedBootstrap bootstrap)
    {
        var rows = cells.Select(cell => cell.Row).ToList();
        var scores = rows.Select(row => row.FinalExpected).ToList();
        var withRounds = cells.Where(cell => cell.Rounds.Count > 0).ToList();
        var converged = withRounds.Select(cell => CurveStatistics.Converged(cell.Rounds, cell.Row.SlateSize)).OfType<Convergence>().ToList();
        return new AgentStatistics
        {
            Label = cells[0].Label,
            Agent = rows[0].Agent,
            AgentOptions = rows[0].AgentOptions,
            IsBound = cells[0].IsBound,
            Seeds = cells.Count,
            Final = Interval.Of(rows.Select(row => row.Final)),
            FinalExpected = Interval.Of(scores),
            InterquartileMean = bootstrap.Of([scores.Count], chosen => Statistics.InterquartileMean.Of(chosen[0].Select(run => scores[run]))),
            GapClosed = Interval.Of(scores.Select(score => oracle == random ? double.NaN : (score - random) / (oracle - random))),
            TrainingMean = Interval.Of(rows.Select(row => row.TrainingMean)),
            FinalExplore = Interval.Of(rows.Select(row => row.FinalExplore)),
            Regret = Over(withRounds.Select(cell => CurveStatistics.Regret(cell.Rounds))),
            Area = Over(withRounds.Select(cell => CurveStatistics.Area(cell.Rounds))),
            AreaShare = Over(withRounds.Select(cell => CurveStatistics.AreaShare(cell.Rounds))),
            IterationsToConverge = Over(converged.Select(one => (double)one.Iteration)),
            ResponsesToConverge = Over(converged.Select(one => (double)one.Responses)),
            Standing = standing,
        };
    }

    /// <summary>None where a figure is not known, rather than a mean over the rest.</summary>
    private static Interval? Over(IEnumerable<double> values) => values.Where(double.IsFinite).ToList() is { Count: > 0 } known ? Interval.Of(known) : null;
}
