namespace RecDeepRL.Experiments.Comparison;

/// <summary>What a comparison has brought so far.</summary>
public sealed record ComparisonResults
{
    /// <summary>Finished cells, in the order of the plan's pairs, then by seed.</summary>
    public required IReadOnlyList<ComparisonCell> Cells { get; init; }

    /// <summary>What was to be run, every option written out; none where only a results.csv is left.</summary>
    public ComparisonPlan? Plan { get; init; }

    /// <summary>Runs of the plan that are not finished: still to come, interrupted or failed.</summary>
    public IReadOnlyList<RunPlan> Missing { get; init; } = [];

    /// <summary>The command that asked for it, without the program's own name; empty where not known.</summary>
    public string Command { get; init; } = "";
}
