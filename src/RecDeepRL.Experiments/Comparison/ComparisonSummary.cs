using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>One environment and agent, each with its options, over all seeds.</summary>
public sealed record ComparisonSummary(
    string Environment, string Agent, Interval Final, Interval FinalExpected, Interval TrainingMean, double Random, double BestFixed, double Oracle, double Seconds)
{
    /// <summary>With sessions, what the best slates of each round alone earn, averaged over seeds; none without.</summary>
    public double? Myopic { get; init; }

    /// <summary>Options of the agent that are not as by default.</summary>
    public string AgentOptions { get; init; } = "";

    /// <summary>Options of the environment that are not as by default.</summary>
    public string EnvironmentOptions { get; init; } = "";

    /// <summary>Rounds of each run; none where that is not known.</summary>
    public long? Iterations { get; init; }

    /// <summary>Whether users and items were read from files.</summary>
    public bool FromData { get; init; }

    /// <summary>The agent, with the options that are not as by default.</summary>
    public string Label => LabelOf(Agent, AgentOptions);

    /// <summary>What the agents of one table have in common: environment, options, rounds and source.</summary>
    public string Heading => HeadingOf(Environment, EnvironmentOptions, Iterations, FromData);

    /// <summary>The bounds in words, for headings.</summary>
    public string DescribeBounds() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"random {Random:F4}, best fixed list {BestFixed:F4}, {(Myopic is { } myopic ? $"myopic oracle {myopic.ToString("F4", System.Globalization.CultureInfo.InvariantCulture)}, planning oracle" : "oracle")} {Oracle:F4}");

    /// <summary>Share of the gap from random to oracle that the expected final score closes, with both bounds averaged over seeds.</summary>
    public double GapClosed => (FinalExpected.Mean - Random) / (Oracle - Random);

    /// <summary>In the order of the rows.</summary>
    public static IReadOnlyList<ComparisonSummary> Of(IEnumerable<ComparisonRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Environment, row.EnvironmentOptions, row.Iterations, row.Source, row.Agent, row.AgentOptions)).Select(cells => new ComparisonSummary(
            cells.Key.Environment, cells.Key.Agent,
            Interval.Of(cells.Select(row => row.Final)),
            Interval.Of(cells.Select(row => row.FinalExpected)),
            Interval.Of(cells.Select(row => row.TrainingMean)),
            cells.Average(row => row.Random), cells.Average(row => row.BestFixed), cells.Average(row => row.Oracle), cells.Average(row => row.Seconds))
        {
            Myopic = cells.Average(row => row.Myopic),
            AgentOptions = cells.Key.AgentOptions,
            EnvironmentOptions = cells.Key.EnvironmentOptions,
            Iterations = cells.Key.Iterations,
            FromData = cells.Key.Source == "data",
        }),
    ];

    internal static string LabelOf(string agent, string options) => options.Length == 0 ? agent : $"{agent} ({Readable(options)})";

    internal static string HeadingOf(string environment, string options, long? iterations, bool fromData) => string.Join(
        ", ", new[] { environment, Readable(options), iterations is { } rounds ? $"{rounds} iterations" : "", fromData ? "from data" : "" }.Where(part => part.Length > 0));

    private static string Readable(string options) => options.Replace(";", ", ", StringComparison.Ordinal);
}
