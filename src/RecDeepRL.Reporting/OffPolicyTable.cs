using System.Globalization;
using RecDeepRL.Experiments.OffPolicy;
using Spectre.Console;

namespace RecDeepRL.Reporting;

/// <summary>Off-policy estimates, and how good the estimators are, as tables.</summary>
public static class OffPolicyTable
{
    /// <summary>What one log says; with the truth and each estimate's error where the truth is known.</summary>
    public static Table Of(OffPolicyResult result)
    {
        var table = Empty("estimator", "responses/slate", "standard error", "95 % interval");
        if (result.Truth is not null)
            table.AddColumn(new TableColumn("error").RightAligned());
        foreach (var estimate in result.Estimates)
            Add(estimate.Estimator, estimate, result.Truth);
        Add("the log's agent", result.Logged, null);
        if (result.Truth is { } truth)
            table.AddRow("truth", Number(truth), "", "", "");
        return table;

        void Add(string name, OffPolicyEstimate estimate, double? known) => table.AddRow(
        [
            name, Number(estimate.Value), Number(estimate.StandardError), Range(estimate.Low, estimate.High, Number),
            .. result.Truth is null ? (string[])[] : [known is { } value ? Signed(estimate.Value - value) : ""],
        ]);
    }

    /// <summary>How far the log's slates stand for the policy's, in one line.</summary>
    public static string WeightLine(OffPolicyResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"weights: mean {result.Weights.Mean:F3} ± {result.Weights.MeanError:F3} (1 is expected), largest {result.Weights.Largest:G4}, effective sample size {result.Weights.EffectiveSlates:F1} of {result.Slates} slates; switch-dr uses weights up to {result.Switch:G4}");

    /// <summary>How good each estimator is over independent logs.</summary>
    public static Table Of(IReadOnlyList<EstimatorQuality> qualities)
    {
        var table = Empty("estimator", "logs", "bias", "standard deviation", "RMSE", "RMSE, 95 %", "coverage", "coverage, 95 %");
        foreach (var quality in qualities)
        {
            table.AddRow(
                quality.Estimator, quality.Errors.Count.ToString(CultureInfo.InvariantCulture),
                Signed(quality.Bias.Mean) + (quality.Bias.Count > 1 ? $" ± {Number(quality.Bias.HalfWidth)}" : ""),
                Number(quality.StandardDeviation), Number(quality.RootMeanSquare), Range(quality.RootMeanSquareLow, quality.RootMeanSquareHigh, Number),
                EvaluationTable.Percent(quality.Coverage), Range(quality.CoverageLow, quality.CoverageHigh, EvaluationTable.Percent));
        }
        return table;
    }

    private static Table Empty(string first, params string[] others)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(first);
        foreach (var name in others)
            table.AddColumn(new TableColumn(name).RightAligned());
        return table;
    }

    private static string Number(double value) => double.IsFinite(value) ? EvaluationTable.Number(value) : "none";

    private static string Signed(double value) => double.IsFinite(value) ? value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture) : "none";

    private static string Range(double low, double high, Func<double, string> format) => double.IsFinite(low) && double.IsFinite(high) ? $"{format(low)} to {format(high)}" : "none";
}
