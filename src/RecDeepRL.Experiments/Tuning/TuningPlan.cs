namespace RecDeepRL.Experiments.Tuning;

/// <summary>Which figure of a run decides a search. Both are as drawn: a search never reads the truth.</summary>
public enum TuningMetric
{
    /// <summary>The final evaluation in exploit mode.</summary>
    Final,

    /// <summary>The mean over all slates shown while training.</summary>
    Training,

    /// <summary>The mean of both.</summary>
    Both,
}

/// <summary>A search for the options of one agent in one environment.</summary>
public sealed record TuningPlan
{
    /// <summary>Agent, environment and the options that the search starts from; its seed is replaced.</summary>
    public required RunPlan Start { get; init; }

    /// <summary>What is searched.</summary>
    public required IReadOnlyList<SearchRange> Ranges { get; init; }

    /// <summary>Candidates in all, at least 1, the start among them.</summary>
    public required int Budget { get; init; }

    /// <summary>Seeds of the last rung, distinct; earlier rungs use the first of them.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>How often the number of candidates is halved and that of their seeds doubled; 0 where every candidate gets every seed.</summary>
    public int Halvings { get; init; } = 2;

    /// <summary>Seed of the draws from ranges.</summary>
    public long SearchSeed { get; init; } = 1;

    public TuningMetric Metric { get; init; }
}
