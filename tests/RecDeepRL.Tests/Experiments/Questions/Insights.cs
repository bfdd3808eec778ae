using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Questions;

/// <summary>Insights written by hand, of 100 users.</summary>
internal static class Insights
{
    /// <summary>Windows of two rounds with 10 slates each, which hold the first item so often, and the second never in half of them.</summary>
    public static RunInsight Written(params long[] first) => Insight.Written.With(first, [.. first.Select(count => Math.Min(4, 10 - count))]);

    /// <summary>Two items that exploit mode shows so many users each.</summary>
    public static RunInsight Final(long first, long second) => Insight.Written.With([5], [5]) with { Final = new FinalInsight(Concentration.Of([first, 0, second], 100), [first, second], .7, .75) };

    /// <summary>Two items, 50 and 51, in rounds of 10 slates of one item.</summary>
    /// <param name="truth">By round, what holds in it.</param>
    /// <param name="second">How often the second item was shown in each; the first has the rest.</param>
    /// <param name="estimates">After each round; none for the truth of the next.</param>
    public static RunInsight ByRound(double?[][] truth, long[] second, double?[][]? estimates = null) => new()
    {
        Agent = "x",
        Environment = "drift",
        Seed = 1,
        UserCount = 100,
        ItemCount = 2,
        SlateSize = 1,
        Every = 1,
        FromIteration = 0,
        EstimateKind = "response",
        Items = [.. truth[0].Index().Select(one => new InsightItem(one.Index, 50 + one.Index, one.Item, null, new Dictionary<string, string>()))],
        Snapshots =
        [
            .. second.Index().Select(one => new InsightSnapshot
            {
                Iteration = one.Index + 1,
                Rounds = 1,
                Users = 10,
                Shown = [10 - one.Item, one.Item],
                Estimates = estimates?[one.Index] ?? truth[Math.Min(one.Index + 1, truth.Length - 1)],
                // A snapshot holds the truth after its round.
                Truth = truth[Math.Min(one.Index + 1, truth.Length - 1)],
            }),
        ],
        Shown = [(10 * second.Length) - second.Sum(), second.Sum()],
        Groupings = [],
    };
}
