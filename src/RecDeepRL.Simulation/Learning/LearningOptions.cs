using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Simulation.Learning;

/// <summary>What several responses of one user to one item count as.</summary>
public enum RepeatedPairs
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum, for counts.</summary>
    Sum,

    /// <summary>The greatest of them.</summary>
    Greatest,
}

/// <summary>How scores become probabilities. Without a calibration they stay as the model gives them; scores that are no probabilities are clipped to [0, 1].</summary>
public enum CalibrationKind
{
    /// <summary>A logistic curve of the score: Platt 1999.</summary>
    Platt,

    /// <summary>A rising step curve of the score with lines between its steps: pool adjacent violators.</summary>
    Isotonic,
}

/// <summary>What every model learned from a log has in common.</summary>
public abstract record LearningOptions
{
    /// <summary>A response of at least this counts as positive. None for 4 where all responses are ratings from 0.5 to 5, and for 0.5 where all lie in [0, 1]. Default none.</summary>
    [Range(-1e9, 1e9)]
    public double? Threshold { get; init; }

    /// <summary>What several responses of one user to one item count as. Default mean.</summary>
    public RepeatedPairs Repeated { get; init; } = RepeatedPairs.Mean;

    /// <summary>Share of each user's pairs that the report is made on, in [0.01, 0.5]; rounded down for each user. Default 0.1.</summary>
    [Range(.01, .5)]
    public double TestShare { get; init; } = .1;

    /// <summary>Share of each user's pairs that the calibration is fitted on, in [0.01, 0.5]; rounded down for each user. Of no effect without calibration. Default 0.1.</summary>
    [Range(.01, .5)]
    public double CalibrationShare { get; init; } = .1;
}
