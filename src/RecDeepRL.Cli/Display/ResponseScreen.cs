using System.Globalization;
using RecDeepRL.Reporting;
using RecDeepRL.Simulation.Learning;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>Learned probabilities in the terminal.</summary>
internal static class ResponseScreen
{
    private const int BarWidth = 40;

    public static void Show(IAnsiConsole console, LearnedReport report)
    {
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Model} learned from '{report.Dataset}', seed {report.Seed}: {report.Users} users, {report.Items} items, {report.Pairs} pairs, {report.Positives} of them at least {report.Threshold}"));
        System.Console.WriteLine($"fitted on {report.TrainingPairs} pairs, calibrated on {report.CalibrationPairs}, reported on {report.TestPairs}; negatives: {report.Negatives}");
        var table = new Table().Border(TableBorder.Simple).AddColumn("on held-out pairs");
        foreach (var name in new[] { "AUC", "log loss", "Brier", $"calibration error ({ProbabilityQuality.BinCount} bins of equal mass)" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var (name, quality) in Qualities(report))
            table.AddRow(name, Number(quality.Auc), Number(quality.LogLoss), Number(quality.Brier), Number(quality.CalibrationError));
        console.Write(table);
        ShowReliability(Qualities(report).Last().Quality);
    }

    /// <summary>A picture's curves: before and, where there is one, after calibration.</summary>
    public static IReadOnlyList<ReliabilityCurve> CurvesOf(LearnedReport report) =>
        [.. Qualities(report).Select(one => new ReliabilityCurve(one.Name, [.. one.Quality.Bins.Select(bin => (bin.MeanPredicted, bin.Observed))]))];

    public static string TitleOf(LearnedReport report) => $"{report.Model} learned from {report.Dataset}: {report.TestPairs} held-out pairs";

    /// <summary>Bars of a histogram over [0, 1].</summary>
    public static void ShowHistogram(IReadOnlyList<long> counts)
    {
        var (most, total) = (counts.Max(), counts.Sum());
        for (var bin = 0; bin < counts.Count; bin++)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {(double)bin / counts.Count:F2}–{(bin + 1.0) / counts.Count:F2} {new string('█', (int)(counts[bin] * BarWidth / most)),-BarWidth} {100.0 * counts[bin] / total,6:F2} %"));
        }
    }

    public static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, ProbabilityQuality Quality)> Qualities(LearnedReport report)
    {
        var kind = report.Options.GetValueOrDefault("calibration", "none");
        yield return (report.Calibrated is null ? "as learned" : "before calibration", report.Uncalibrated);
        if (report.Calibrated is { } calibrated)
            yield return ($"after calibration ({kind})", calibrated);
    }

    /// <summary>The observed share as a bar, the predicted probability as a mark on it.</summary>
    private static void ShowReliability(ProbabilityQuality quality)
    {
        System.Console.WriteLine($"  {"predicted",9} {"observed",9} {"pairs",9}  bar: observed, ┃: predicted");
        foreach (var bin in quality.Bins)
        {
            var bar = new string('█', Cells(bin.Observed)).PadRight(BarWidth + 1).ToCharArray();
            bar[Cells(bin.MeanPredicted)] = '┃';
            System.Console.WriteLine($"  {Number(bin.MeanPredicted),9} {Number(bin.Observed),9} {bin.Count,9}  {new string(bar).TrimEnd()}");
        }

        static int Cells(double share) => (int)Math.Round(share * BarWidth);
    }
}
