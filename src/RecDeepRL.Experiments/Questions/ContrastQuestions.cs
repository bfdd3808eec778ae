namespace RecDeepRL.Experiments.Questions;

/// <summary>Questions of whether something helps: pairs of runs that differ in it alone.</summary>
internal static class ContrastQuestions
{
    public static Question Context { get; } = new()
    {
        Name = "task2-context",
        Asks = "What does the context bring: none, features with and without a bias, and their products?",
        Takes = "one minute",
        Runs =
        [
            .. from agent in new[] { "linucb", "linear-thompson" }
               from variant in new[] { ("features without a bias", "bias=false"), ("features and a bias", ""), ("features, their products and a bias", "degree=2") }
               select QuestionRun.Of("context", agent, variant.Item2, $"{agent} with {variant.Item1}"),
            QuestionRun.Of("context", "ucb", label: "ucb without context"),
            QuestionRun.Of("context", "thompson", label: "thompson without context"),
        ],
        Answer = evidence => Contrasts(evidence, Measures.Final, Measures.Training,
            ("linucb with features and a bias", "ucb without context"), ("linucb with features without a bias", "ucb without context"),
            ("linucb with features and a bias", "linucb with features without a bias"), ("linucb with features, their products and a bias", "linucb with features and a bias"),
            ("linear-thompson with features and a bias", "thompson without context"), ("linear-thompson with features without a bias", "thompson without context"),
            ("linear-thompson with features, their products and a bias", "linear-thompson with features and a bias")),
    };

    public static Question ItemFeatures { get; } = new()
    {
        Name = "task2-item-features",
        Asks = "Do item features help (hybrid LinUCB against disjoint LinUCB), with much and with little feedback?",
        Takes = "half a minute",
        Runs =
        [
            .. from setting in new[] { ("10 % of the users per iteration", "sampling=0.1", .1), ("1 % of the users per iteration", "sampling=0.01", .01) }
               from agent in new[] { ("hybrid-linucb (with item features", "hybrid-linucb"), ("linucb (without", "linucb") }
               from alpha in new[] { .2, .5 }
               select QuestionRun.Of("context", agent.Item2, FormattableString.Invariant($"alpha={alpha}"), FormattableString.Invariant($"{agent.Item1}, α = {alpha})")).Under(setting.Item1, setting.Item2, setting.Item3),
        ],
        Answer = evidence => Contrasts(evidence, Measures.Final, Measures.Training,
            ("hybrid-linucb (with item features, α = 0.2)", "linucb (without, α = 0.2)"), ("hybrid-linucb (with item features, α = 0.5)", "linucb (without, α = 0.5)")),
    };

    public static Question PersonalFeatures { get; } = new()
    {
        Name = "task4-features",
        Asks = "What do features of users and items bring when every user has tastes of their own?",
        Takes = "half an hour",
        Runs =
        [
            .. from agent in new[] { "linucb", "hybrid-linucb", "two-tower", "neural-linucb" }
               from features in new[] { true, false }
               select QuestionRun.Of("personal", agent, label: $"{agent} {(features ? "with" : "without")} features").Under("", features ? "features=true" : ""),
        ],
        Answer = evidence => Contrasts(evidence, Measures.Final, Measures.Training,
            [.. new[] { "linucb", "hybrid-linucb", "two-tower", "neural-linucb" }.Select(agent => ($"{agent} with features", $"{agent} without features"))]),
    };

    /// <param name="pairs">Labels; each pair is compared under every setting that both have.</param>
    internal static Answer Contrasts(Evidence evidence, Measure first, Measure second, params IReadOnlyList<(string First, string Second)> pairs)
    {
        var findings = new List<string>();
        foreach (var measure in new[] { first, second })
        {
            var figures = evidence.Of(measure);
            findings.AddRange(Wording.Compared(measure,
            [
                .. from pair in pairs
                   from one in figures
                   where one.Label == pair.First
                   from other in figures
                   where other.Label == pair.Second && other.Setting == one.Setting
                   // The setting is the same for both, and said once.
                   select (one, other with { Setting = "" }),
            ]));
        }
        foreach (var setting in evidence.Of(first).GroupBy(figure => figure.Setting))
            findings.Add($"{(setting.Key.Length == 0 ? "Of all" : $"With {setting.Key}")}: {Wording.Ranked(first, [.. setting], figure => figure.Label)}");
        var drawn = evidence.Of(first);
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, first, second, Measures.FinalDrawn),
            Pictures =
            [
                new BarPicture("", $"With and without: {first.What}", first.What, [.. drawn.Select(figure => new PictureBar(figure.Label, figure.Setting, figure.Interval.Mean, figure.Interval.HalfWidth))])
                {
                    Marks = [("best fixed list", evidence.Bound("", row => row.BestFixed).Interval.Mean), ("oracle", evidence.Bound("", row => row.Oracle).Interval.Mean)],
                },
            ],
        };
    }
}
