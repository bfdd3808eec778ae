using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Simulation.Learning;

/// <summary>Options of the response model <c>boosting</c>.</summary>
public sealed record BoostingOptions : LearningOptions
{
    /// <summary>Users in the table, drawn from those of the log, 1 to 10000000; all where the log has fewer. Default 3000.</summary>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 3000;

    /// <summary>Items in the table, those with the most pairs in the log, 1 to 1000000; all where the log has fewer. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 10;

    /// <summary>Principal components of what is known about users that the trees see, 1 to 1000; none for all that is known, as it is. Default 4.</summary>
    [Range(1, 1000)]
    public int? UserFeatures { get; init; } = 4;

    /// <summary>Principal components of what is known about items that the trees see, 1 to 1000; none for all that is known, as it is. Default 4.</summary>
    [Range(1, 1000)]
    public int? ItemFeatures { get; init; } = 4;

    /// <summary>Whether the trees also see how often the user and the item had positive responses in the training pairs. Default true.</summary>
    public bool Shares { get; init; } = true;

    /// <summary>Columns of whole numbers that stand for categories, joined by commas. Default age,occupation.</summary>
    public string Categories { get; init; } = "age,occupation";

    /// <summary>Trees, 1 to 100000. Default 200.</summary>
    [Range(1, 100_000)]
    public int Trees { get; init; } = 200;

    /// <summary>Leaves of a tree, 2 to 4096. Default 31.</summary>
    [Range(2, 4096)]
    public int Leaves { get; init; } = 31;

    /// <summary>Share of each tree's step that is taken, in (0, 1]. Default 0.1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = .1;

    /// <summary>Fewest training pairs in a leaf, 1 to 1000000. Default 50.</summary>
    [Range(1, 1_000_000)]
    public int MinimumPairsPerLeaf { get; init; } = 50;

    /// <summary>How the trees' probabilities are mended, on pairs set aside for it; none to leave them as they are. Default none.</summary>
    public CalibrationKind? Calibration { get; init; }
}
