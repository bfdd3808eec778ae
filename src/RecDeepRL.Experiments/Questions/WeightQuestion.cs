using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>What linear agents have learned.</summary>
internal static class WeightQuestion
{
    private const string Bias = "bias";

    public static Question Question { get; } = new()
    {
        Name = "task2-weights",
        Asks = "Which weights do linear models learn for each item and feature?",
        Takes = "half a minute",
        Insight = QuestionInsight.AtTheEnd,
        Runs = [.. QuestionRun.All("context", "linucb", "linear-thompson", "logistic-ucb").Select(run => run.Under("", "populationSeed=1"))],
        Answer = Answer,
    };

    internal static Answer Answer(Evidence evidence)
    {
        var (findings, rows, pictures) = (new List<string>(), new List<IReadOnlyList<object?>>(), new List<AnswerPicture>());
        foreach (var agent in evidence.Runs.GroupBy(run => run.Run.Label))
        {
            var insights = agent.Select(run => run.Insight).OfType<Insight.RunInsight>().Where(one => one.Weights is not null).ToList();
            if (insights.Count == 0)
                continue;
            var cells = (from insight in insights
                         let weights = insight.Weights!
                         from row in weights.Items.Index()
                         from feature in weights.Features.Index()
                         let value = weights.Values[row.Index][feature.Index]
                         where value is not null
                         group value.Value by (Item: insight.Items[row.Item].Name, Feature: feature.Item) into cell
                         select (cell.Key.Item, cell.Key.Feature, Interval: Interval.Of(cell), PValue: PairedDifference.Of(cell.Select(value => (value, 0.0))).PValue)).ToList();
            rows.AddRange(cells.Select(cell => (IReadOnlyList<object?>)[agent.Key, insights[0].Weights!.Scale, cell.Item, cell.Feature, cell.Interval.Mean, cell.Interval.HalfWidth, cell.Interval.Count]));
            string[] features = [.. cells.Select(cell => cell.Feature).Distinct()];
            string[] items = [.. insights[0].Items.Select(item => item.Name).Where(item => cells.Exists(cell => cell.Item == item))];
            pictures.Add(new MapPicture(pictures.Count == 0 ? "" : agent.Key, $"Weights of {agent.Key} ({insights[0].Weights!.Scale}), means over {insights.Count} runs", items, features,
                [.. items.Select(item => (IReadOnlyList<double>)[.. features.Select(feature => cells.Find(cell => cell.Item == item && cell.Feature == feature).Interval?.Mean ?? double.NaN)])]));
            findings.Add(Sentence(agent.Key, insights[0].Weights!.Scale, [.. cells.Where(cell => cell.Feature != Bias)]));
        }
        return new Answer
        {
            Findings = findings.Count > 0 ? findings : ["None of the agents has weights."],
            Table = new AnswerTable(["agent", "scale", "item", "feature", "weight", "weight_half_width", "runs"], rows),
            Pictures = pictures.Count > 0 ? pictures : [new MapPicture("", "No weights", [], [], [])],
        };
    }

    private static string Sentence(string agent, string scale, IReadOnlyList<(string Item, string Feature, Interval Interval, double PValue)> cells)
    {
        if (cells.Count == 0)
            return $"{agent} has no weight but a bias.";
        var corrected = HolmCorrection.Adjust([.. cells.Select(cell => cell.PValue)]);
        var sure = corrected.Count(pValue => pValue <= Standing.Level);
        var largest = cells.MaxBy(cell => Math.Abs(cell.Interval.Mean));
        var features = cells.GroupBy(cell => cell.Feature).Select(feature => (feature.Key, Mean: feature.Average(cell => Math.Abs(cell.Interval.Mean)))).OrderByDescending(feature => feature.Mean).ToList();
        var telling = corrected.All(double.IsNaN)
            ? "one run cannot tell which of them are not 0"
            : $"{sure} of {cells.Count} differ from 0 by more than chance explains";
        return $"The largest weight of {agent}, in units of {(scale == "response" ? "clicks" : scale)} per unit of the feature, is {Wording.Spread(largest.Interval, 3)} for {largest.Feature} of item {largest.Item}; {telling}, and their mean size is {Wording.List([.. features.Select(feature => $"{Wording.Number(feature.Mean, 3)} for {feature.Key}")])}.";
    }
}
