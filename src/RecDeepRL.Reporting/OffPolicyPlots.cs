using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.OffPolicy;
using ScottPlot;

namespace RecDeepRL.Reporting;

/// <summary>Pictures of off-policy estimates, as PNG and SVG.</summary>
public static class OffPolicyPlots
{
    private const int PixelsPerEstimator = 56;
    private const int PixelsAround = 180;

    private static readonly Color s_estimate = Color.FromHex("#1f6feb");
    private static readonly Color s_error = Color.FromHex("#8b949e");
    private static readonly Color s_truth = Color.FromHex("#1a7f37");

    /// <summary>Each estimate with its 95 % interval, what the log's agent earned, and the truth where it is known.</summary>
    /// <param name="path">Without ending.</param>
    public static void Estimates(string path, string title, OffPolicyResult result)
    {
        using var plot = Plots.New(title, "responses per slate", "");
        var known = result.Estimates.Where(estimate => double.IsFinite(estimate.Value)).ToList();
        foreach (var (place, estimate) in known.Index())
            AddInterval(plot, estimate.Value, estimate.Low, estimate.High, -place, place == 0 ? "estimate, 95 % interval" : "");
        AddLine(plot, result.Logged.Value, s_error, LinePattern.Dashed, "the log's agent");
        if (result.Truth is { } truth)
            AddLine(plot, truth, s_truth, LinePattern.Solid, "truth");
        Finish(plot, path, [.. known.Select(estimate => estimate.Estimator)]);
    }

    /// <summary>The error of each estimator on each log as a dot, and the bias with its 95 % interval.</summary>
    /// <param name="path">Without ending.</param>
    public static void Errors(string path, string title, IReadOnlyList<EstimatorQuality> qualities)
    {
        using var plot = Plots.New(title, "estimate − truth, responses per slate", "");
        AddLine(plot, 0, s_truth, LinePattern.Solid, "truth");
        var scatter = new RandomStream(1, "scatter of dots");
        foreach (var (place, quality) in qualities.Index())
        {
            // Dots of equal errors would hide each other; where one stands within its band means nothing.
            var dots = plot.Add.ScatterPoints(
                quality.Errors.ToArray(), quality.Errors.Select((_, index) => .5 * (scatter.Uniform(place, index) - .5) - place).ToArray(), s_error.WithAlpha(.7));
            dots.MarkerSize = 5;
            dots.LegendText = place == 0 ? "error on one log" : "";
            AddInterval(plot, quality.Bias.Mean, quality.Bias.Low, quality.Bias.High, -place, place == 0 ? "bias, 95 % interval" : "");
        }
        Finish(plot, path, [.. qualities.Select(quality => quality.Estimator)]);
    }

    private static void AddInterval(Plot plot, double value, double low, double high, double place, string legend)
    {
        if (double.IsFinite(low) && double.IsFinite(high))
        {
            var line = plot.Add.Line(low, place, high, place);
            line.Color = s_estimate;
            line.LineWidth = 3;
        }
        var marker = plot.Add.Marker(value, place, MarkerShape.FilledCircle, 11, s_estimate);
        marker.LegendText = legend;
    }

    private static void AddLine(Plot plot, double place, Color color, LinePattern pattern, string legend)
    {
        var line = plot.Add.VerticalLine(place, 2, color, pattern);
        line.LegendText = legend;
    }

    private static void Finish(Plot plot, string path, IReadOnlyList<string> names)
    {
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. names.Select((name, place) => new Tick(-place, name))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.AutoScaleX();
        plot.Axes.SetLimitsY(.6 - names.Count, .6);
        plot.ShowLegend(Edge.Bottom);
        Plots.Save(plot, path, 900, (names.Count * PixelsPerEstimator) + PixelsAround);
    }
}
