namespace RecDeepRL.Experiments.Questions;

/// <summary>Each item's estimated reward by iteration, against the truth. The built-in population is that of one seed, so that items are the same under all.</summary>
internal static class EstimateQuestions
{
    public static Question FirstTask { get; } = new()
    {
        Name = "task1-estimates",
        Asks = "How does each item's estimated reward come to its true one, iteration by iteration?",
        Takes = "one minute",
        Insight = QuestionInsight.EveryRound,
        Runs = [.. QuestionRun.All("popular", "ucb", "thompson", "epsilon-greedy", "greedy").Select(run => run.Under("", "populationSeed=1"))],
        Answer = Answer,
    };

    public static Question SecondTask { get; } = FirstTask with
    {
        Name = "task2-estimates",
        Asks = "How does each item's estimate come to its true mean reward when users differ?",
        Runs = [.. QuestionRun.All("context", "linucb", "linear-thompson", "hybrid-linucb", "logistic-ucb", "thompson").Select(run => run.Under("", "populationSeed=1"))],
    };

    internal static Answer Answer(Evidence evidence)
    {
        var errors = evidence.Of(Measures.ItemError);
        var agents = evidence.Runs.GroupBy(run => run.Run.Label).Where(agent => agent.Any(run => run.Insight?.Snapshots.Any(snapshot => snapshot.Estimates is not null) == true)).ToList();
        var findings = new List<string> { Wording.Ranked(Measures.ItemError, errors) };
        var first = evidence.Of(s_firstError).ToDictionary(figure => figure.Name);
        findings.AddRange(Wording.Compared(s_change, [.. errors.Where(figure => first.ContainsKey(figure.Name)).Select(figure => (figure with { Setting = "after the last iteration" }, first[figure.Name] with { Setting = "after the first" }))]));
        var rows = new List<IReadOnlyList<object?>>();
        foreach (var agent in agents)
        {
            var points = Points(agent).ToList();
            rows.AddRange(points.Select(point => (IReadOnlyList<object?>)[agent.Key, point.Item, point.Iteration, point.Estimate, point.Truth, point.Shown]));
            var last = points.Where(point => point.Iteration == points[^1].Iteration && double.IsFinite(point.Estimate) && double.IsFinite(point.Truth)).ToList();
            if (last.Count == 0)
                continue;
            var worst = last.MaxBy(point => Math.Abs(point.Estimate - point.Truth));
            findings.Add($"Farthest from the truth at the end, on average over the runs, {agent.Key} is for item {worst.Item}: {Wording.Number(worst.Estimate, 3)} against {Wording.Number(worst.Truth, 3)}, from {Wording.Number(worst.Shown, 1)} showings by then.");
        }
        return new Answer
        {
            Findings = findings,
            Table = new AnswerTable(["agent", "item", "iteration", "estimate", "truth", "shown_so_far"], rows),
            Pictures =
            [
                new LinePicture("", "Error of the items' estimated rewards", "iteration", "mean absolute error",
                    [.. agents.Select(agent => new PictureLine(agent.Key, Curves.Over(agent, run => run.Insight!.Snapshots.Select(snapshot => (snapshot.Iteration, snapshot.Error?.Items ?? double.NaN)))))]),
                .. agents.Select(agent => Items(agent.Key, [.. Points(agent)])),
            ],
        };
    }

    private static readonly Measure s_firstError = Measures.ItemError with { Of = run => run.Insight?.Snapshots.FirstOrDefault(snapshot => snapshot.Error is not null)?.Error?.Items ?? double.NaN };

    private static readonly Measure s_change = Measures.ItemError with { What = "mean absolute error of the items' estimated rewards" };

    private static LinePicture Items(string agent, IReadOnlyList<Point> points) => new(
        agent, $"Estimates of {agent} (solid) against the truth (dashed)", "iteration", "expected click",
        [
            .. points.GroupBy(point => point.Item).Select(item => new PictureLine(item.Key, [.. item.Where(point => double.IsFinite(point.Estimate)).Select(point => new PicturePoint(point.Iteration, point.Estimate))])),
            .. points.GroupBy(point => point.Item).Select(item => new PictureLine(item.Key, [.. item.Where(point => double.IsFinite(point.Truth)).Select(point => new PicturePoint(point.Iteration, point.Truth))], IsReference: true)),
        ]);

    /// <summary>Means over the runs of an agent, by iteration and item.</summary>
    private static IEnumerable<Point> Points(IEnumerable<ObservedRun> runs)
    {
        var insights = runs.Select(run => run.Insight).OfType<Insight.RunInsight>().ToList();
        for (var snapshot = 0; snapshot < insights.Min(one => one.Snapshots.Count); snapshot++)
        {
            foreach (var (place, item) in insights[0].Items.Index())
            {
                yield return new Point(
                    item.Name, insights[0].Snapshots[snapshot].Iteration, Mean(insights.Select(one => one.Snapshots[snapshot].Estimates?[place])),
                    Mean(insights.Select(one => one.TruthOf(snapshot)?[place])), insights.Average(one => one.Snapshots.Take(snapshot + 1).Sum(earlier => (double)earlier.Shown[place])));
            }
        }
    }

    private static double Mean(IEnumerable<double?> values) => values.Where(value => value is not null).Average() ?? double.NaN;

    private readonly record struct Point(string Item, long Iteration, double Estimate, double Truth, double Shown);
}
