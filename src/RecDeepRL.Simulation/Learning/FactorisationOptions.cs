using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Simulation.Learning;

/// <summary>How strongly a positive pair speaks for the user's preference: r of Hu, Koren and Volinsky.</summary>
public enum PreferenceStrength
{
    /// <summary>1 for every positive pair.</summary>
    Binary,

    /// <summary>The response itself, such as a count.</summary>
    Response,
}

/// <summary>Options of the response model <c>factorisation</c>.</summary>
public sealed record FactorisationOptions : LearningOptions
{
    /// <summary>Items in the table, those with the most pairs in the log, 1 to 1000000; all where the log has fewer. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 1000;

    /// <summary>Factors of a user and of an item, 1 to 512. Default 32.</summary>
    [Range(1, 512)]
    public int Rank { get; init; } = 32;

    /// <summary>Weight of the squared factors in the objective, above 0. Default 100.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double Regularisation { get; init; } = 100;

    /// <summary>Confidence in a positive pair is 1 + alpha·r, where r is its strength; above 0. Default 10.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double Alpha { get; init; } = 10;

    /// <summary>What the strength r of a positive pair is. Default binary.</summary>
    public PreferenceStrength Strength { get; init; } = PreferenceStrength.Binary;

    /// <summary>Rounds of least squares, each over users, then items, 1 to 10000. Default 15.</summary>
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 15;

    /// <summary>Unobserved pairs drawn for each held-out positive pair of the same user, as negatives of calibration and report, 1 to 1000. They set the level of the probabilities. Default 1.</summary>
    [Range(1, 1000)]
    public int Negatives { get; init; } = 1;

    /// <summary>How scores become probabilities, fitted on pairs set aside for it; none to clip them to [0, 1]. Default platt.</summary>
    public CalibrationKind? Calibration { get; init; } = CalibrationKind.Platt;
}
