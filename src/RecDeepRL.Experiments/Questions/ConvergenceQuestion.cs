namespace RecDeepRL.Experiments.Questions;

/// <summary>How much feedback it takes to learn, with few and with many users in a round.</summary>
internal static class ConvergenceQuestion
{
    /// <summary>Below it, what a curve converged to was not the best.</summary>
    private const double GoodLevel = 0.95;

    public static Question Question { get; } = new()
    {
        Name = "task1-convergence",
        Asks = "How much feedback does each algorithm need to converge, by users per iteration and iterations?",
        Takes = "two minutes",
        Runs =
        [
            .. from share in new[] { .01, .03, .1, .3 }
               from run in QuestionRun.All("popular", "epsilon-greedy", "softmax", "ucb", "kl-ucb", "thompson")
               select run.Under(FormattableString.Invariant($"{100 * share:0.#} % of the users per iteration"), FormattableString.Invariant($"sampling={share}"), share, iterations: 40),
        ],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var (responses, iterations) = (evidence.Of(Measures.Responses), evidence.Of(Measures.Iterations));
        var findings = new List<string>();
        foreach (var setting in responses.GroupBy(figure => figure.Setting))
            findings.Add($"With {setting.Key}: {Wording.Ranked(Measures.Responses, [.. setting], figure => figure.Label)}");
        foreach (var (measure, figures) in new[] { (Measures.Responses, responses), (Measures.Iterations, iterations) })
        {
            var ends = figures.GroupBy(figure => figure.Label).Where(agent => agent.Count() > 1).Select(agent => (agent.MaxBy(one => one.Value)!, agent.MinBy(one => one.Value)!)).ToList();
            findings.AddRange(Wording.Compared(measure, ends));
        }
        var poor = evidence.Of(Measures.Level).Where(figure => figure.Interval.Mean < GoodLevel).ToList();
        findings.Add(poor.Count == 0
            ? "All of them end at 95 % of the best possible or above."
            : $"A curve converges to its own final level, and {poor.Count} of {evidence.Of(Measures.Level).Count} do not end at 95 % of the best possible: {Wording.List([.. poor.Select(figure => $"{figure.Name} ({Wording.Number(100 * figure.Interval.Mean, 1)} %)")])}.");
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, s_users, Measures.Responses, Measures.Iterations, Measures.Level),
            Pictures = [Picture("", "Responses until converged", "responses", evidence, responses) with { LogY = true }, Picture("iterations", "Iterations until converged", "iterations", evidence, iterations)],
        };
    }

    private static readonly Measure s_users = new("mean number of users per iteration", "users_per_iteration", run => run.Cell.Rounds.Count == 0 ? double.NaN : run.Cell.Rounds.Average(round => (double)round.Users), 0);

    private static LinePicture Picture(string name, string title, string y, Evidence evidence, IReadOnlyList<Figure> figures)
    {
        var users = evidence.Of(s_users).ToDictionary(figure => figure.Name, figure => figure.Interval.Mean);
        return new LinePicture(name, title, "users per iteration", y,
            [.. figures.GroupBy(figure => figure.Label).Select(agent => new PictureLine(agent.Key, [.. agent.OrderBy(one => one.Value).Select(one => new PicturePoint(users[one.Name], one.Interval.Mean, one.Interval.HalfWidth))]))])
        {
            LogX = true,
        };
    }
}
