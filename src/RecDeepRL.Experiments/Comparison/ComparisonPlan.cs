namespace RecDeepRL.Experiments.Comparison;

/// <summary>Environments × agents × seeds: every agent meets the same users and the same luck under each seed.</summary>
public sealed record ComparisonPlan
{
    /// <summary>Plans of the pairs to run, one for each environment and agent; their seeds are replaced.</summary>
    public required IReadOnlyList<RunPlan> Pairs { get; init; }

    /// <summary>Seeds, distinct.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }
}
