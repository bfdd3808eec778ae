namespace RecDeepRL.Experiments.Questions;

/// <summary>What to do about many users at once, and about feedback that is late.</summary>
internal static class LargeBatchQuestion
{
    private static readonly (string Label, string Agent, string Options)[] s_agents =
    [
        ("ucb (highest)", "ucb", "selection=highest"), ("ucb (virtual counts)", "ucb", "selection=virtual"), ("ucb (sampled)", "ucb", "selection=sampled"),
        ("kl-ucb (highest)", "kl-ucb", "selection=highest"), ("kl-ucb (virtual counts)", "kl-ucb", "selection=virtual"), ("kl-ucb (sampled)", "kl-ucb", "selection=sampled"),
        ("greedy", "greedy", ""), ("epsilon-greedy", "epsilon-greedy", ""), ("thompson", "thompson", ""),
    ];

    private static readonly string[] s_indexed = ["ucb", "kl-ucb"];

    private static readonly string[] s_rivals = [" (highest)", " (sampled)"];

    public static Question Question { get; } = new()
    {
        Name = "task1-large-batches",
        Asks = "Which bandits suit large simultaneous batches and delayed feedback: highest index, virtual counts or sampling?",
        Takes = "five minutes",
        Runs =
        [
            .. from setting in new[]
               {
                   ("10 % of the users at once", "sampling=0.1", 0.0), ("all users at once", "sampling=1", 1), ("10 % at once, feedback 3 iterations late", "sampling=0.1;delay=3", 2),
                   ("all at once, feedback 3 iterations late", "sampling=1;delay=3", 3),
               }
               from agent in s_agents
               select QuestionRun.Of("popular", agent.Agent, agent.Options, agent.Label).Under(setting.Item1, setting.Item2, setting.Item3),
        ],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var figures = evidence.Of(Measures.Training);
        var findings = new List<string>();
        foreach (var setting in figures.GroupBy(figure => figure.Setting))
            findings.Add($"With {setting.Key}: {Wording.Ranked(Measures.Training, [.. setting], figure => figure.Label)}");
        findings.AddRange(Wording.Compared(Measures.Training,
        [
            .. from agent in s_indexed
               from setting in figures.Select(figure => figure.Setting).Distinct()
               from other in s_rivals
               let pair = (First: Find(agent + " (virtual counts)", setting), Second: Find(agent + other, setting))
               where pair.First is not null && pair.Second is not null
               select (pair.First, pair.Second with { Setting = "" }),
        ]));
        return new Answer
        {
            Findings = findings,
            Table = AnswerTable.Of(evidence, Measures.Training, Measures.Final),
            Pictures =
            [
                new BarPicture("", "Large batches and late feedback", Measures.Training.What,
                    [.. figures.Select(figure => new PictureBar(figure.Label, figure.Setting, figure.Interval.Mean, figure.Interval.HalfWidth))]),
            ],
        };

        Figure? Find(string label, string setting) => figures.FirstOrDefault(figure => figure.Label == label && figure.Setting == setting);
    }
}
