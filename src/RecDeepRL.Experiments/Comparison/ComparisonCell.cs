namespace RecDeepRL.Experiments.Comparison;

/// <summary>One finished run of a comparison: an environment, an agent and a seed.</summary>
/// <param name="Row">What came of it.</param>
/// <param name="Rounds">Its training rounds in order; empty where only the results.csv of an earlier version is left.</param>
public sealed record ComparisonCell(ComparisonRow Row, IReadOnlyList<ComparisonRound> Rounds)
{
    /// <summary>Every option of the agent, defaults included, as the user would type it; empty where not known.</summary>
    public IReadOnlyDictionary<string, string> AgentOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Every option of the environment, defaults included; empty where not known.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>What the agent said of itself, by name; for each name one value per round, not a number where it said nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Diagnostics { get; init; } = new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>Whether the agent uses the truth and so is a bound, not a method.</summary>
    public bool IsBound { get; init; }

    /// <summary>Time of the whole cell, with bounds and evaluations; the first cell of a population also pays for making it.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Which build of the program ran it, see <see cref="ProgramBuild"/>; empty where not known.</summary>
    public string Build { get; init; } = "";

    /// <summary>Where what was seen of the run is kept, see <see cref="Insight.InsightFile"/>; none where it was not looked into.</summary>
    public string? InsightPath { get; init; }

    /// <summary>The agent, with the options that are not as by default.</summary>
    public string Label => ComparisonSummary.LabelOf(Row.Agent, Row.AgentOptions);
}
