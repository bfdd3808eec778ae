namespace RecDeepRL.Experiments.Questions;

/// <summary>Questions of who scores how much: agents in one environment, ranked.</summary>
internal static class ScoreQuestions
{
    public static Question Clicks { get; } = new()
    {
        Name = "task1-clicks",
        Asks = "How many clicks per user does each algorithm reach by the last iteration?",
        Takes = "one minute",
        Runs = [.. Bandits.In("popular")],
        Answer = evidence => Ranking(evidence, Measures.Final, Measures.Training, baseline: null),
    };

    public static Question LinUcb { get; } = new()
    {
        Name = "task2-linucb",
        Asks = "Does disjoint LinUCB, which looks at the user, beat bandits that do not?",
        Takes = "one minute",
        Runs = [.. QuestionRun.All("context", "linucb", "random", "greedy", "epsilon-greedy", "softmax", "ucb", "kl-ucb", "thompson")],
        Answer = evidence => Ranking(evidence, Measures.Final, Measures.Training, baseline: "linucb"),
    };

    public static Question ContextModels { get; } = new()
    {
        Name = "task2-models",
        Asks = "Which contextual models (hybrid and hidden-feature LinUCB, logistic, neural and others) do best?",
        Takes = "ten minutes",
        Runs =
        [
            .. QuestionRun.All("context", "linucb", "hybrid-linucb", "hlinucb", "linear-thompson", "logistic-ucb", "logistic-thompson", "knn",
                "neural-linucb", "neural-linear", "bootstrapped", "two-tower", "thompson"),
        ],
        Answer = evidence => Ranking(evidence, Measures.Final, Measures.Training, baseline: "linucb"),
    };

    public static Question DriftBandits { get; } = new()
    {
        Name = "task3-bandits",
        Asks = "Which bandit of task 1 copes best when tastes drift, and do those that forget do better?",
        Takes = "three minutes",
        Runs = [.. Bandits.In("drift"), .. QuestionRun.All("drift", Bandits.Forgetful)],
        Answer = evidence =>
        {
            var ofTheFirstTask = evidence.Of(Measures.Training, run => !Bandits.Forgetful.Contains(run.Label));
            var answer = Ranking(evidence, Measures.Training, Measures.Final, baseline: null);
            return answer with { Findings = ["Of the bandits of task 1: " + Wording.Ranked(Measures.Training, ofTheFirstTask), "With those that reckon with change: " + answer.Findings[0], .. answer.Findings.Skip(1)] };
        },
    };

    public static Question EarlierModels { get; } = new()
    {
        Name = "task4-earlier",
        Asks = "Are the models of the earlier tasks of use when every user has tastes of their own?",
        Takes = "ten minutes",
        Runs = [.. QuestionRun.All("personal", "random", "greedy", "epsilon-greedy", "softmax", "ucb", "thompson", "linucb", "neural-linucb")],
        Answer = evidence => Ranking(evidence, Measures.Final, Measures.Training, baseline: "random"),
    };

    public static Question Collaborative { get; } = new()
    {
        Name = "task4-collaborative",
        Asks = "What do collaborative models with exploration reach (ALS, item-based neighbours, two towers, neural CF and others)?",
        Takes = "an hour or more",
        Runs = [.. QuestionRun.All("personal", "thompson", "implicit-als", "item-knn", "two-tower", "neural-cf", "ease", "logistic-mf", "pair-beta", "gaussian-tastes")],
        Answer = evidence => Ranking(evidence, Measures.Final, Measures.Training, baseline: "thompson"),
    };

    /// <param name="first">What the ranking goes by.</param>
    /// <param name="second">What is told beside it.</param>
    /// <param name="baseline">Label of the agent that all others are held against; none where none is special.</param>
    internal static Answer Ranking(Evidence evidence, Measure first, Measure second, string? baseline)
    {
        var (figures, others) = (evidence.Of(first), evidence.Of(second));
        var fixedList = evidence.Bound("the best fixed list", row => row.BestFixed);
        var (random, oracle) = (evidence.Bound("random", row => row.Random), evidence.Bound("oracle", row => row.Oracle));
        List<string> findings = [Wording.Ranked(first, figures), Wording.Ranked(second, others)];
        if (baseline is not null && figures.FirstOrDefault(figure => figure.Label == baseline) is { } compared)
            findings.Add(Wording.Against(first, compared, figures));
        findings.Add($"In the final evaluation random slates can expect {Wording.Number(random.Interval.Mean)}, the best list that is the same for everybody {Wording.Number(fixedList.Interval.Mean)}, and the best slates of each user {Wording.Number(oracle.Interval.Mean)}.");
        var top = evidence.Of(Measures.Final).MaxBy(figure => figure.Interval.Mean)!;
        findings.AddRange(Wording.Compared(Measures.Final, (top, fixedList)));
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, Measures.Final, Measures.FinalDrawn, Measures.Training, Measures.Last),
            Pictures =
            [
                new BarPicture("", $"Who scores how much: {first.What}", first.What,
                    [.. figures.OrderByDescending(figure => figure.Interval.Mean).Select(figure => new PictureBar(figure.Name, "", figure.Interval.Mean, figure.Interval.HalfWidth))])
                {
                    Marks = [("random", random.Interval.Mean), ("best fixed list", fixedList.Interval.Mean), ("oracle", oracle.Interval.Mean)],
                },
                Curves.Picture("curves", evidence, [.. figures.OrderByDescending(figure => figure.Interval.Mean).Take(6).Select(figure => figure.Name)]),
            ],
        };
    }
}
