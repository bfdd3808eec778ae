namespace RecDeepRL.Experiments.Comparison;

/// <summary>Environments × agents × seeds: every agent meets the same users and the same luck under each seed.</summary>
public sealed record ComparisonPlan
{
    /// <summary>Plans of the pairs to run, one for each environment and agent, and for each of their variants; their seeds are replaced.</summary>
    public required IReadOnlyList<RunPlan> Pairs { get; init; }

    /// <summary>Seeds, distinct.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Every run, in the order of the pairs, then of the seeds.</summary>
    public IEnumerable<RunPlan> Cells => Pairs.SelectMany(pair => Seeds.Select(seed => pair with { Seed = seed }));

    /// <summary>The same with every option written out, and each pair once.</summary>
    /// <exception cref="Core.UserMistakeException">An unknown name, or options out of range.</exception>
    public ComparisonPlan Resolve(Catalog catalog) =>
        this with { Pairs = [.. Pairs.Select(pair => pair.Resolve(catalog) with { Seed = 1 }).DistinctBy(pair => CellKey.Of(pair, ""))] };
}
