namespace RecDeepRL.Experiments.Questions;

/// <summary>What the slate size does to the estimates, and when an agent shows one item only.</summary>
internal static class SlateSizeQuestion
{
    public static Question Question { get; } = new()
    {
        Name = "task1-slate-size",
        Asks = "How does K affect the accuracy of reward estimates, and when does an agent lock onto one item?",
        Takes = "two minutes",
        Insight = QuestionInsight.EveryRound,
        Runs =
        [
            .. from slots in new[] { 1, 2, 3, 5 }
               from run in QuestionRun.All("popular", "greedy", "epsilon-greedy", "ucb", "thompson")
               select run.Under($"K={slots}", $"slateSize={slots}", slots),
        ],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var errors = evidence.Of(Measures.ItemError);
        List<string> findings = [.. Wording.Compared(Measures.ItemError, [.. errors.GroupBy(figure => figure.Label).Where(agent => agent.Count() > 1).Select(agent => (agent.MaxBy(one => one.Value)!, agent.MinBy(one => one.Value)!))])];
        foreach (var setting in errors.GroupBy(figure => figure.Setting))
            findings.Add($"With {setting.Key}: {Wording.Ranked(Measures.ItemError, [.. setting], figure => figure.Label)}");
        foreach (var setting in evidence.Runs.GroupBy(run => run.Run.Setting))
        {
            var agents = setting.GroupBy(run => run.Run.Label).Select(agent => Settling(agent.Key, [.. agent])).ToList();
            findings.Add($"Nine in ten slates hold one and the same item to the end, with {setting.Key}: {string.Join("; ", agents)}.");
        }
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, Measures.ItemError, Measures.Settled, Measures.Final),
            Pictures =
            [
                new LinePicture("", "Error of the estimated rewards by slate size", "K, items of a slate", "mean absolute error of an item's estimate",
                    [.. errors.GroupBy(figure => figure.Label).Select(agent => new PictureLine(agent.Key, [.. agent.OrderBy(one => one.Value).Select(one => new PicturePoint(one.Value ?? 0, one.Interval.Mean, one.Interval.HalfWidth))]))]),
            ],
        };
    }

    private static string Settling(string agent, IReadOnlyList<ObservedRun> runs)
    {
        var settled = runs.Select(Measures.Settled.Of).Where(double.IsFinite).Order().ToList();
        if (settled.Count == 0)
            return $"{agent} in none of {runs.Count} runs";
        var median = (settled[(settled.Count - 1) / 2] + settled[settled.Count / 2]) / 2;
        return FormattableString.Invariant($"{agent} in {settled.Count} of {runs.Count} runs, after iteration {median:0.#} in the median");
    }
}
