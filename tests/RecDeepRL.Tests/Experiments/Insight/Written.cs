using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Tests.Experiments.Insight;

/// <summary>Insights written by hand.</summary>
internal static class Written
{
    /// <summary>Two items in windows of two rounds; 10 slates each where anything was shown.</summary>
    /// <param name="first">How often the first item was shown in each.</param>
    /// <param name="second">The same of the second.</param>
    public static RunInsight With(long[] first, long[] second) => new()
    {
        Agent = "greedy",
        Environment = "popular",
        Seed = 1,
        UserCount = 100,
        ItemCount = 3,
        SlateSize = 1,
        Every = 2,
        FromIteration = 0,
        Items =
        [
            new InsightItem(0, 50, .75, "First [film]", new Dictionary<string, string> { ["genre"] = "Drama" }),
            new InsightItem(2, 52, .25, null, new Dictionary<string, string>()),
        ],
        Snapshots = [.. first.Zip(second).Select((shown, index) => new InsightSnapshot
        {
            Iteration = 2 * (index + 1),
            Rounds = 2,
            Users = shown.First + shown.Second > 0 ? 10 : 0,
            Shown = [shown.First, shown.Second],
        })],
        Shown = [first.Sum(), 0, second.Sum()],
        Groupings = [],
    };
}
