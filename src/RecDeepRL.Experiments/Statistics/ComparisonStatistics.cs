using System.Text.Json;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>What a comparison says, and how sure that is. Saved as statistics.json.</summary>
public sealed record ComparisonStatistics
{
    /// <summary>What the file is called in the folder of a comparison.</summary>
    public const string FileName = "statistics.json";

    /// <summary>Finished runs that it is made of.</summary>
    public required int Finished { get; init; }

    /// <summary>Runs of the plan that are not finished. While there are any, agents may stand on different seeds; differences are on common ones all the same.</summary>
    public required int Missing { get; init; }

    /// <summary>By environment, in the order of the plan.</summary>
    public required IReadOnlyList<EnvironmentStatistics> Environments { get; init; }

    /// <summary>Over all environments; none where there are not at least two.</summary>
    public AggregateStatistics? Aggregate { get; init; }

    /// <param name="results">Any number of cells; without any, there is nothing in it.</param>
    public static ComparisonStatistics Of(ComparisonResults results)
    {
        var bootstrap = new StratifiedBootstrap();
        var environments = results.Cells
            .GroupBy(cell => (cell.Row.Environment, cell.Row.EnvironmentOptions, cell.Row.Iterations, cell.Row.Source))
            .Select(group => (IReadOnlyList<ComparisonCell>)[.. group])
            .Select(cells => (Statistics: EnvironmentStatistics.Of(cells, bootstrap), Cells: cells)).ToList();
        return new ComparisonStatistics
        {
            Finished = results.Cells.Count,
            Missing = results.Missing.Count,
            Environments = [.. environments.Select(one => one.Statistics)],
            Aggregate = AggregateStatistics.Of(environments, bootstrap),
        };
    }

    /// <summary>The statistics of one line of a summary; none where the comparison has no such agent there.</summary>
    public AgentStatistics? Find(ComparisonSummary summary) => Environments.FirstOrDefault(environment => environment.Heading == summary.Heading)?.Agents.FirstOrDefault(agent => agent.Label == summary.Label);

    /// <summary>The text of statistics.json.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Options) + "\n";
}
