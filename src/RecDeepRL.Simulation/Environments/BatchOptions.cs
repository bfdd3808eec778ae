using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options that every environment of the batch loop shares.</summary>
public abstract record BatchOptions
{
    /// <summary>Probability that a user takes part in a round, each user apart, in (0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Sampling { get; init; } = .1;

    /// <summary>How many of a user's latest items and responses an agent sees, at least 1; none for the larger of 10 and five slates. Default none.</summary>
    [Range(1, 10_000)]
    public int? HistoryLength { get; init; }

    /// <summary>Seed of the built-in population; none for the seed of the run. Of no effect on data that is read from files. Default none.</summary>
    public long? PopulationSeed { get; init; }
}
