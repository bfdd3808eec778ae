using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using ScottPlot;

namespace RecDeepRL.Reporting.Reports;

/// <summary>The charts of a report for paper: PNG and SVG, legible when a picture is as wide as a column, with colours that people who see them differently can
/// tell apart, and with their intervals.</summary>
internal static class ReportPlots
{
    private const int Width = 1000;
    private const float FontSize = 22;
    private const int LongestName = 34;

    // After Okabe and Ito 2008, as on the page.
    private static readonly Color[] s_colors = [.. new[] { "#0072b2", "#d55e00", "#008f68", "#b85f92", "#a86f00", "#5a4fb0", "#6d6a00", "#3d4349" }.Select(hex => Color.FromHex(hex))];
    private static readonly LinePattern[] s_patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];
    private static readonly Color s_bound = Color.FromHex("#59616a");

    /// <param name="folder">Exists.</param>
    /// <returns>Names of the charts drawn.</returns>
    /// <exception cref="UserMistakeException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Draw(ReportDocument document, string folder)
    {
        var drawn = new List<string>();
        foreach (var chart in document.Charts)
        {
            using var plot = Plots.New(chart.Title, chart.XName, chart.YName);
            var height = chart switch
            {
                LineChart lines => Draw(plot, lines),
                BarChart bars => Draw(plot, bars),
                HeatChart heat => Draw(plot, heat),
                PointChart points => Draw(plot, points),
                _ => throw new InvalidOperationException($"There is no picture of a {chart.GetType().Name}."),
            };
            Style(plot);
            AtomicFile.Replace(Path.Combine(folder, chart.Id + ".png"), path => File.WriteAllBytes(path, plot.GetImageBytes(Width, height, ImageFormat.Png)));
            AtomicFile.WriteAllText(Path.Combine(folder, chart.Id + ".svg"), plot.GetSvgXml(Width, height));
            drawn.Add(chart.Id);
        }
        return drawn;
    }

    private static int Draw(Plot plot, LineChart chart)
    {
        var shown = chart.Lines.Where(line => line.IsShown && line.X.Count > 0).ToList();
        foreach (var line in shown.Where(line => line.Low.Count > 0))
        {
            int[] known = [.. Enumerable.Range(0, line.X.Count).Where(index => double.IsFinite(line.Low[index]) && double.IsFinite(line.High[index]))];
            if (known.Length < 2)
                continue;
            var band = plot.Add.FillY(known.Select(index => line.X[index]).ToArray(), known.Select(index => line.Low[index]).ToArray(), known.Select(index => line.High[index]).ToArray());
            band.FillColor = ColorOf(line.Slot).WithAlpha(.15);
            band.LineWidth = 0;
        }
        foreach (var mark in chart.Marks)
        {
            var level = plot.Add.HorizontalLine(mark.Value, 2, s_bound, mark.Name == "random" ? LinePattern.Dotted : LinePattern.Dashed);
            level.LegendText = mark.Name;
        }
        foreach (var line in shown)
        {
            var curve = plot.Add.Scatter(line.X.ToArray(), line.Y.ToArray(), ColorOf(line.Slot));
            curve.LineWidth = 3;
            curve.MarkerSize = line.X.Count == 1 ? 8 : 0;
            curve.LinePattern = line.IsReference ? LinePattern.Dotted : line.Slot < 0 ? LinePattern.Solid : s_patterns[line.Slot / s_colors.Length % s_patterns.Length];
            curve.LegendText = Short(line.Name);
        }
        if (chart.IsShare)
            plot.Axes.Left.TickGenerator = Percentages();
        var legend = shown.Count + chart.Marks.Count;
        plot.ShowLegend(Edge.Bottom);
        plot.Legend.Orientation = Orientation.Horizontal;
        return 560 + (36 * ((legend + 2) / 3));
    }

    private static int Draw(Plot plot, BarChart chart)
    {
        var bars = chart.Bars.Index().Select(one => new Bar
        {
            Position = -one.Index,
            Value = double.IsFinite(one.Item.Value) ? one.Item.Value : 0,
            FillColor = one.Item.IsBound ? Color.FromHex("#b9bfc4") : s_colors[0],
            LineWidth = 0,
            Size = .7,
        }).ToList();
        plot.Add.Bars(bars).Horizontal = true;
        foreach (var (place, bar) in chart.Bars.Index().Where(one => double.IsFinite(one.Item.Low) && double.IsFinite(one.Item.High)))
        {
            var whisker = plot.Add.Line(bar.Low, -place, bar.High, -place);
            whisker.Color = Colors.Black;
            whisker.LineWidth = 3;
        }
        foreach (var mark in chart.Marks)
        {
            var line = plot.Add.VerticalLine(mark.Value, 2, s_bound, mark.Name == "oracle" ? LinePattern.Solid : LinePattern.Dashed);
            line.LegendText = mark.Name;
        }
        plot.Axes.Left.TickGenerator = Names(chart.Bars.Select((bar, place) => (-(double)place, bar.Name)));
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsY(-chart.Bars.Count + .4, .6);
        if (chart.IsShare)
        {
            plot.Axes.Bottom.TickGenerator = Percentages();
            double[] ends = [.. chart.Bars.SelectMany(bar => new[] { bar.Value, bar.Low, bar.High }).Where(double.IsFinite), .. chart.Marks.Select(mark => mark.Value)];
            plot.Axes.SetLimitsX(Math.Min(0, ends.Min()) - .02, Math.Max(0, ends.Max()) + .04);
        }
        if (chart.Marks.Count > 0)
            plot.ShowLegend(Edge.Bottom);
        return 190 + (34 * chart.Bars.Count);
    }

    private static int Draw(Plot plot, HeatChart chart)
    {
        var (rows, columns) = (chart.Rows.Count, chart.Columns.Count);
        var cells = new double[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                cells[row, column] = chart.Values[row][column];
        }
        var map = plot.Add.Heatmap(cells);
        map.Colormap = chart.IsDiverging ? new ScottPlot.Colormaps.Balance() : new ScottPlot.Colormaps.Viridis();
        map.ManualRange = new ScottPlot.Range(chart.Minimum, chart.Maximum);
        plot.Axes.Margins(0, 0);
        plot.Add.ColorBar(map).Axis.TickLabelStyle.FontSize = FontSize - 6;
        plot.Axes.Left.TickGenerator = Names(chart.Rows.Select((name, row) => ((double)(rows - 1 - row), name)));
        var step = chart.XName.Length == 0 ? 1 : Math.Max(1, columns / 8);
        plot.Axes.Bottom.TickGenerator = Names(chart.Columns.Select((name, column) => ((double)column, name)).Where((_, column) => column % step == 0));
        if (chart.XName.Length == 0)
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = 45;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            plot.Axes.Bottom.MinimumSize = 40 + (9 * chart.Columns.Max(name => Math.Min(LongestName, name.Length)));
        }
        return 300 + (34 * rows) + (chart.XName.Length == 0 ? 9 * chart.Columns.Max(name => Math.Min(LongestName, name.Length)) : 0);
    }

    private static int Draw(Plot plot, PointChart chart)
    {
        MarkerShape[] shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];
        foreach (var (place, group) in chart.Groups.Index())
        {
            var points = plot.Add.ScatterPoints(group.X.ToArray(), group.Y.ToArray(), s_colors[place % s_colors.Length].WithAlpha(.8));
            points.MarkerShape = shapes[place % shapes.Length];
            points.MarkerSize = 9;
            points.LegendText = Short($"{group.Name} ({group.X.Count.ToString(CultureInfo.InvariantCulture)})");
        }
        plot.ShowLegend(Edge.Right);
        return 680;
    }

    private static void Style(Plot plot)
    {
        plot.Axes.Title.Label.FontSize = FontSize + 2;
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.TickLabelStyle.FontSize = FontSize - 3;
            axis.Label.FontSize = FontSize;
            axis.Label.Bold = false;
        }
        plot.Legend.FontSize = FontSize - 3;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Grid.MajorLineColor = Color.FromHex("#e6e6e2");
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
    }

    private static Color ColorOf(int slot) => slot < 0 ? s_bound : s_colors[slot % s_colors.Length];

    private static ScottPlot.TickGenerators.NumericManual Names(IEnumerable<(double Place, string Name)> names) => new([.. names.Select(one => new Tick(one.Place, Short(one.Name)))]);

    private static ScottPlot.TickGenerators.NumericAutomatic Percentages() => new() { LabelFormatter = value => (value * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %" };

    private static string Short(string name) => Plots.Short(name, LongestName);
}
