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

    /// <summary>Items drawn at random for each user and round, of which the slate is chosen, from the slate size to the number of items; none for all. Default none.</summary>
    [Range(1, 1_000_000)]
    public int? Candidates { get; init; }

    /// <summary>Whether items that a user was shown are left out until too few others remain for the user. Default false.</summary>
    public bool ExcludeSeen { get; init; }

    /// <summary>Share of the items that is in stock in a round, the same for all users and at least a slate, in (0, 1]. Default 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Availability { get; init; } = 1;

    /// <summary>Parquet or CSV table of the pairs (user_idx, item_idx) that may be shown, each user with at least a slate; none for all. Default none.</summary>
    public string? Eligibility { get; init; }

    /// <summary>Rounds until an agent hears of a response, at least 0; 0 for within the round. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int Delay { get; init; }

    /// <summary>Further rounds until an agent hears of a response, at random from 0 to this number for each user and round. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int DelaySpread { get; init; }
}
