namespace RecDeepRL.Simulation.Learning;

/// <summary>Where a learned response model came from, and how good it is on held-out pairs.</summary>
public sealed record LearnedReport
{
    /// <summary>The file in the output folder that holds it.</summary>
    public const string FileName = "report.json";

    /// <summary>The learner's name, such as <c>boosting</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The environment that reads its tables.</summary>
    public required string Environment { get; init; }

    /// <summary>The dataset's name.</summary>
    public required string Dataset { get; init; }

    public required long Seed { get; init; }

    /// <summary>Every option with its value.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Users, items and pairs of the log, after pairs that occur more than once were put together.</summary>
    public required int Users { get; init; }

    public required int Items { get; init; }

    public required int Pairs { get; init; }

    /// <summary>Pairs that count as positive.</summary>
    public required int Positives { get; init; }

    /// <summary>Least response that counts as positive.</summary>
    public required double Threshold { get; init; }

    /// <summary>What counts as a negative in the figures below.</summary>
    public required string Negatives { get; init; }

    /// <summary>Features that the model saw; empty where it saw none.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Pairs that the model was fitted on, its calibration was fitted on, and the figures below are of; the latter two with their negatives.</summary>
    public required int TrainingPairs { get; init; }

    public required int CalibrationPairs { get; init; }

    public required int TestPairs { get; init; }

    /// <summary>Before calibration.</summary>
    public required ProbabilityQuality Uncalibrated { get; init; }

    /// <summary>After calibration; none where none was asked for.</summary>
    public ProbabilityQuality? Calibrated { get; init; }

    /// <summary>The objective after each iteration, where the model has one.</summary>
    public IReadOnlyList<double> Objective { get; init; } = [];

    /// <summary>Seconds from the log in memory to the tables in memory.</summary>
    public required double Seconds { get; init; }
}
