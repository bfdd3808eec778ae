namespace RecDeepRL.Simulation.Learning;

/// <summary>Fits and applies calibrations.</summary>
internal static class Calibrations
{
    /// <param name="uncalibrated">What stands where <paramref name="kind"/> is absent.</param>
    /// <param name="scores">[n] of pairs that the model was not fitted on.</param>
    public static ICalibration Fit(CalibrationKind? kind, ICalibration uncalibrated, double[] scores, bool[] positives) => kind switch
    {
        null => uncalibrated,
        CalibrationKind.Platt => PlattCalibration.Fit(scores, positives),
        CalibrationKind.Isotonic => IsotonicCalibration.Fit(scores, positives),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such calibration"),
    };

    public static double[] Apply(this ICalibration calibration, double[] scores) => Array.ConvertAll(scores, calibration.Probability);
}
