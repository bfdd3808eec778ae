namespace RecDeepRL.Experiments.Questions;

/// <summary>How much the setting of each bandit matters.</summary>
internal static class HyperparameterQuestion
{
    public static Question Question { get; } = new()
    {
        Name = "task1-hyperparameters",
        Asks = "How much do hyper-parameters matter: ε, the bonus of UCB, the temperature of softmax, priors?",
        Takes = "one minute",
        Runs =
        [
            .. Sweep("epsilon-greedy", "epsilon", 0, .01, .03, .1, .3, 1),
            .. Sweep("ucb", "exploration", 0, .01, .1, .5, 2, 8),
            .. Sweep("softmax", "temperature", .003, .01, .03, .1, .3, 1),
            .. Sweep("thompson", "priorFailures", .1, 1, 3, 10, 100),
            .. Sweep("greedy", "priorMean", 0, .5, 1, 2),
            .. Sweep("gaussian-thompson", "priorMean", 0, .5, 1),
        ],
        Answer = Answer,
    };

    private static IEnumerable<QuestionRun> Sweep(string agent, string option, params IEnumerable<double> values) =>
        values.Select(value => QuestionRun.Of("popular", agent).With(option, value));

    internal static Answer Answer(Evidence evidence)
    {
        var figures = evidence.Of(Measures.Training);
        var agents = figures.GroupBy(figure => figure.Label).ToList();
        var findings = agents.Select(agent => $"Of {agent.Key}: {Wording.Ranked(Measures.Training, [.. agent], figure => figure.Setting)}").ToList();
        var ranges = agents.Select(agent => (agent.Key, Range: agent.Max(one => one.Interval.Mean) - agent.Min(one => one.Interval.Mean))).OrderByDescending(one => one.Range).ToList();
        findings.Add($"From its best to its worst value on the grid, the mean moves by {Wording.List([.. ranges.Select(one => $"{Wording.Number(one.Range)} for {one.Key}")])}.");
        var final = evidence.Of(Measures.Final);
        findings.Add("After learning: " + Wording.Ranked(Measures.Final, final));
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, Measures.Training, Measures.Final, Measures.Iterations),
            Pictures =
            [
                new BarPicture("", "Influence of hyper-parameters", Measures.Training.What,
                    [.. figures.Select(figure => new PictureBar($"{figure.Label} {figure.Setting}", figure.Label, figure.Interval.Mean, figure.Interval.HalfWidth))]),
            ],
        };
    }
}
