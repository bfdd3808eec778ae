namespace RecDeepRL.Experiments.Questions;

/// <summary>Who learns fastest.</summary>
internal static class SpeedQuestion
{
    private const int MostCurves = 8;

    public static Question Question { get; } = new()
    {
        Name = "task1-faster",
        Asks = "Which algorithm learns fastest?",
        Takes = "one minute",
        Runs = [.. Bandits.In("popular").Where(run => run.Label != "random")],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var area = evidence.Of(Measures.Area);
        var best = area.OrderByDescending(figure => figure.Interval.Mean).Take(MostCurves).Select(figure => figure.Name).ToList();
        var reaching = evidence.Of(Measures.Level).Where(figure => figure.Interval.Mean >= .95).Select(figure => figure.Name).ToHashSet();
        var steps = evidence.Of(Measures.Iterations).Where(figure => reaching.Contains(figure.Name)).ToList();
        return new Answer
        {
            Findings =
            [
                Wording.Ranked(Measures.Area, area),
                steps.Count == 0 ? "Nobody ends at 95 % of the best possible or above."
                    : $"{steps.Count} of {area.Count} end at 95 % of the best possible or above. Of these: {Wording.Ranked(Measures.Iterations, steps)}",
            ],
            Table = AnswerTable.Of(evidence, Measures.Area, Measures.Iterations, Measures.Responses, Measures.Level),
            Pictures = [Curves.Picture("", evidence, best)],
        };
    }
}
