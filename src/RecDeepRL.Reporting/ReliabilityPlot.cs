using ScottPlot;

namespace RecDeepRL.Reporting;

/// <summary>One line of a reliability diagram.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">Mean predicted probability and observed share of each bin, by rising probability.</param>
public sealed record ReliabilityCurve(string Name, IReadOnlyList<(double Predicted, double Observed)> Points);

/// <summary>Pictures of probabilities: whether they come true, and how they are spread.</summary>
public static class ReliabilityPlot
{
    private static readonly Color[] s_colors = [Color.FromHex("#8b949e"), Color.FromHex("#1f6feb")];

    /// <summary>Observed share against predicted probability; on the dashed diagonal predictions come true.</summary>
    /// <param name="path">Without ending; PNG and SVG are written.</param>
    /// <param name="curves">At least one, at most two.</param>
    public static void Draw(string path, string title, IReadOnlyList<ReliabilityCurve> curves)
    {
        using var plot = Plots.New(title, "predicted probability", "observed share");
        var diagonal = plot.Add.Line(0, 0, 1, 1);
        diagonal.LineColor = Colors.Black.WithAlpha(.4);
        diagonal.LinePattern = LinePattern.Dashed;
        diagonal.LegendText = "calibrated";
        for (var index = 0; index < curves.Count; index++)
        {
            var line = plot.Add.Scatter(curves[index].Points.Select(point => point.Predicted).ToArray(), curves[index].Points.Select(point => point.Observed).ToArray(), s_colors[^(curves.Count - index)]);
            line.LegendText = curves[index].Name;
            line.LineWidth = 2;
            line.MarkerSize = 7;
        }
        plot.Axes.SetLimits(-.02, 1.02, -.02, 1.02);
        plot.ShowLegend(Alignment.UpperLeft); // Beside the diagram it would leave the title no room; curves keep to the diagonal.
        Plots.Save(plot, path, 720, 520);
    }

    /// <summary>How many pairs have a probability in each of several bins of equal width over [0, 1].</summary>
    /// <param name="path">Without ending; PNG and SVG are written.</param>
    public static void DrawDistribution(string path, string title, IReadOnlyList<long> counts)
    {
        using var plot = Plots.New(title, "probability", "share of pairs");
        var total = (double)counts.Sum();
        var bars = plot.Add.Bars(Enumerable.Range(0, counts.Count).Select(bin => (bin + .5) / counts.Count), counts.Select(count => count / total));
        foreach (var bar in bars.Bars)
        {
            bar.Size = 1.0 / counts.Count;
            bar.FillColor = s_colors[1];
            bar.LineColor = Colors.White;
        }
        plot.Axes.Margins(bottom: 0);
        plot.Axes.SetLimitsX(0, 1);
        Plots.Save(plot, path, 720, 420);
    }
}
