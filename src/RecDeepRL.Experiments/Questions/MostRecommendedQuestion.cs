using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>What agents recommend in the end.</summary>
internal static class MostRecommendedQuestion
{
    /// <summary>A share below it is not worth a bar.</summary>
    private const double Visible = 0.01;

    public static Question Question { get; } = new()
    {
        Name = "task2-most-recommended",
        Asks = "Which item is recommended most, and to how many users?",
        Takes = "half a minute",
        Insight = QuestionInsight.AtTheEnd,
        Runs = [.. QuestionRun.All("context", "ucb", "thompson", "linucb", "linear-thompson", "hybrid-linucb", "logistic-ucb").Select(run => run.Under("", "populationSeed=1"))],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var (findings, rows, bars) = (new List<string>(), new List<IReadOnlyList<object?>>(), new List<PictureBar>());
        foreach (var agent in evidence.Runs.GroupBy(run => run.Run.Label))
        {
            var insights = agent.Select(run => run.Insight).OfType<RunInsight>().Where(one => one.Final is not null).ToList();
            if (insights.Count == 0)
                continue;
            var shares = insights[0].Items.Index().Select(one => (one.Item, Share: Interval.Of(insights.Select(insight => (double)insight.Final!.Shown[one.Index] / insight.UserCount)))).OrderByDescending(one => one.Share.Mean).ToList();
            rows.AddRange(shares.Select(one => (IReadOnlyList<object?>)[agent.Key, one.Item.Name, one.Share.Mean, one.Share.HalfWidth, one.Item.Expected]));
            bars.AddRange(shares.Where(one => one.Share.Mean >= Visible).Select(one => new PictureBar(one.Item.Name, agent.Key, one.Share.Mean, one.Share.HalfWidth)));
            var top = shares[0];
            var agreeing = insights.Count(insight => insight.Items[Enumerable.Range(0, insight.Items.Count).MaxBy(item => insight.Final!.Shown[item])].Name == top.Item.Name);
            var several = shares.Count(one => one.Share.Mean >= Visible);
            findings.Add($"{agent.Key} recommends {top.Item.Name} most, to {Percent(top.Share.Mean)} of the users{(double.IsNaN(top.Share.HalfWidth) ? "" : $" (± {Percent(top.Share.HalfWidth)})")}; it is first in {agreeing} of {insights.Count} runs, and {several} of {insights[0].ItemCount} items go to 1 % of the users or more.");
        }
        if (evidence.Runs.Select(run => run.Insight).OfType<RunInsight>().FirstOrDefault() is { } any && any.Items.MaxBy(item => item.Expected) is { Expected: { } expected } best)
            findings.Add($"By the truth the item liked best on average is {best.Name}, with {Wording.Number(expected, 3)} expected clicks over the users looked at.");
        return new Answer
        {
            Findings = findings,
            Table = new AnswerTable(["agent", "item", "share_of_users", "share_half_width", "expected_click"], rows),
            Pictures = [new BarPicture("", "Share of the users who are recommended each item in the end (1 % or more)", "share of the users", bars)],
        };
    }

    private static string Percent(double share) => Wording.Number(100 * share, 1) + " %";
}
