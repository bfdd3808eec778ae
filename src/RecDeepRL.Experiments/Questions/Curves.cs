using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>What goes by iteration, as curves over seeds.</summary>
internal static class Curves
{
    /// <summary>Learning curves of some runs, and the best possible ones as reference.</summary>
    /// <param name="names">Of the runs drawn.</param>
    public static LinePicture Picture(string name, Evidence evidence, IReadOnlyList<string> names)
    {
        var drawn = evidence.Runs.Where(run => names.Contains(run.Run.Name)).GroupBy(run => run.Run.Name).OrderBy(group => names.ToList().IndexOf(group.Key)).ToList();
        var lines = drawn.Select(group => new PictureLine(group.Key, Over(group, run => run.Cell.Rounds.Where(round => round.Users > 0).Select(round => (round.Iteration, round.MeanExpected))))).ToList();
        if (drawn.Count > 0)
            lines.Add(new PictureLine("best possible", Over(drawn[0], run => run.Cell.Rounds.Where(round => round.Users > 0).Select(round => (round.Iteration, round.MeanOracle))), IsReference: true));
        return new LinePicture(name, "Expected clicks per user while learning", "iteration", "expected clicks per user", lines);
    }

    /// <summary>Means over runs with intervals, by iteration. What is no number is left out.</summary>
    public static IReadOnlyList<PicturePoint> Over(IEnumerable<ObservedRun> runs, Func<ObservedRun, IEnumerable<(long Iteration, double Value)>> of) =>
    [
        .. runs.SelectMany(of).Where(point => double.IsFinite(point.Value)).GroupBy(point => point.Iteration).OrderBy(group => group.Key).Select(group =>
        {
            var interval = Interval.Of(group.Select(point => point.Value));
            return new PicturePoint(group.Key, interval.Mean, interval.HalfWidth);
        }),
    ];
}
