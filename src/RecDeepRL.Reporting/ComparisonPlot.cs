using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace RecDeepRL.Reporting;

/// <summary>A comparison in one picture: a panel for each environment, a row for each agent, a dot with its interval for the score.</summary>
public static class ComparisonPlot
{
    private const int PanelsPerRow = 4;
    private const int PanelWidth = 265;
    private const int RowHeight = 22;
    private const int AroundRows = 60;
    private const int TitleLength = 30;
    private const int TitleLines = 4;
    private const int TitleLineHeight = 18;
    private const int LegendItemWidth = 230;
    private const int LegendRowHeight = 22;
    private const int LongestName = 40;
    private const float FontSize = 13;
    private const float CharacterWidth = 7.2f;

    private static readonly Color s_final = Color.FromHex("#0072b2");
    private static readonly Color s_training = Color.FromHex("#d55e00");
    private static readonly Color s_bound = Color.FromHex("#59616a");

    /// <summary>Draws final scores (expected, exploit mode) and means while training with 95 % intervals over seeds, between the bounds of the last evaluation. Agents stand in
    /// the order of the share of the gap they close, over all environments. With sessions the mean while training is left out: it counts by round and not by session.</summary>
    /// <param name="path">Without ending; PNG and SVG are written.</param>
    /// <param name="summaries">At least one.</param>
    public static void Save(string path, IReadOnlyList<ComparisonSummary> summaries)
    {
        string[] agents = [.. summaries.GroupBy(one => one.Label).OrderByDescending(group => group.Average(GapOrNothing)).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key)];
        var environments = summaries.GroupBy(one => one.Heading).ToList();
        var titleLines = environments.Max(environment => Lines(environment.Key).Count);
        var labels = 20 + (int)(CharacterWidth * agents.Max(agent => Short(agent).Length));
        var legend = Legend(summaries);
        var columns = Math.Min(PanelsPerRow, environments.Count);
        var width = labels + (PanelWidth * columns);
        var legendHeight = 12 + (LegendRowHeight * ((legend.Legend.ManualItems.Count * LegendItemWidth / width) + 1));
        var layout = new PanelGrid(labels, environments.Count, columns, legendHeight);
        var picture = new Multiplot();
        picture.RemovePlot(picture.GetPlot(0)); // It starts with one.
        foreach (var (place, environment) in environments.Index())
            picture.AddPlot(Panel([.. environment], agents, layout.StartsRow(place) ? labels : 0, titleLines));
        picture.AddPlot(legend);
        picture.Layout = layout;
        var height = (layout.Rows * (AroundRows + (TitleLineHeight * titleLines) + (RowHeight * agents.Length))) + legendHeight;
        AtomicFile.Replace(path + ".png", part => File.WriteAllBytes(part, picture.Render(width, height).GetImageBytes(ImageFormat.Png)));
        AtomicFile.Replace(path + ".svg", part =>
        {
            using var file = File.Create(part);
            using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), file);
            picture.Render(canvas, new PixelRect(0, width, height, 0));
        });
    }

    private static Plot Panel(IReadOnlyList<ComparisonSummary> summaries, string[] agents, int labels, int titleLines)
    {
        var plot = new Plot();
        plot.Title(string.Join('\n', Lines(summaries[0].Heading)), FontSize);
        plot.Axes.Title.LockSize(8 + (TitleLineHeight * titleLines));
        plot.XLabel(summaries[0].Myopic is null ? "responses per user" : "responses per session", FontSize);
        plot.Axes.Bottom.Label.Bold = false;
        for (var row = 0; row < agents.Length; row++)
            plot.Add.HorizontalLine(-row, .5f, Color.FromHex("#e6e6e2"));
        List<double> ends = [];
        foreach (var (value, pattern, _) in BoundsOf(summaries))
        {
            plot.Add.VerticalLine(value, 1.5f, s_bound, pattern);
            ends.Add(value);
        }
        foreach (var summary in summaries)
        {
            var row = -Array.IndexOf(agents, summary.Label);
            if (summary.Myopic is null)
                ends.AddRange(Mark(plot, summary.TrainingMean, row - .12, s_training, MarkerShape.OpenDiamond));
            ends.AddRange(Mark(plot, summary.FinalExpected, row + .12, s_final, MarkerShape.FilledCircle));
        }
        var (low, high) = (ends.Min(), ends.Max());
        var margin = high > low ? .06 * (high - low) : .5;
        plot.Axes.SetLimits(low - margin, high + margin, -agents.Length + .4, .6);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. agents.Select((agent, row) => new Tick(-row, labels > 0 ? Short(agent) : ""))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.TickLabelStyle.FontSize = FontSize;
        plot.Axes.Left.LockSize(labels > 0 ? labels : 12);
        plot.Axes.Right.LockSize(12);
        plot.HideGrid();
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        return plot;
    }

    private static IEnumerable<double> Mark(Plot plot, Interval interval, double row, Color color, MarkerShape shape)
    {
        var half = double.IsFinite(interval.HalfWidth) ? interval.HalfWidth : 0;
        if (half > 0)
        {
            var whisker = plot.Add.Line(interval.Mean - half, row, interval.Mean + half, row);
            whisker.Color = color;
            whisker.LineWidth = 1.5f;
        }
        plot.Add.Marker(interval.Mean, row, shape, 7, color);
        return [interval.Mean - half, interval.Mean + half];
    }

    private static Plot Legend(IReadOnlyList<ComparisonSummary> summaries)
    {
        var plot = new Plot();
        plot.HideAxesAndGrid();
        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = "final evaluation, expected", MarkerShape = MarkerShape.FilledCircle, MarkerFillColor = s_final, MarkerSize = 8 });
        if (summaries.Any(one => one.Myopic is null))
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = "mean while training", MarkerShape = MarkerShape.OpenDiamond, MarkerLineColor = s_training, MarkerLineWidth = 1.5f, MarkerSize = 8 });
        foreach (var (_, pattern, name) in summaries.SelectMany(one => BoundsOf([one])).DistinctBy(bound => bound.Name))
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = name, LineColor = s_bound, LineWidth = 1.5f, LinePattern = pattern });
        plot.Legend.FontSize = FontSize;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.ShowLegend(Alignment.MiddleCenter, Orientation.Horizontal);
        return plot;
    }

    private static IEnumerable<(double Value, LinePattern Pattern, string Name)> BoundsOf(IReadOnlyList<ComparisonSummary> summaries)
    {
        yield return (summaries.Average(one => one.Random), LinePattern.Dotted, "random");
        yield return (summaries.Average(one => one.BestFixed), LinePattern.Dashed, "best fixed list");
        if (summaries[0].Myopic is not null)
            yield return (summaries.Average(one => one.Myopic!.Value), LinePattern.DenselyDashed, "myopic oracle");
        yield return (summaries.Average(one => one.Oracle), LinePattern.Solid, "oracle");
    }

    // Without a gap between the bounds there is no share of it to sort by.
    private static double GapOrNothing(ComparisonSummary summary) => double.IsFinite(summary.GapClosed) ? summary.GapClosed : 0;

    private static string Short(string name) => Plots.Short(name, LongestName);

    /// <summary>A heading in lines as wide as a panel: parted behind commas, and what does not fit is left out.</summary>
    private static List<string> Lines(string heading)
    {
        List<string> lines = [];
        foreach (var part in heading.Split(", "))
        {
            if (lines.Count > 0 && lines[^1].Length + part.Length + 2 <= TitleLength)
                lines[^1] += ", " + part;
            else
                lines.Add(Plots.Short(part, TitleLength));
        }
        return lines.Count <= TitleLines ? lines : [.. lines.Take(TitleLines - 1), "…"];
    }

    /// <summary>Panels of the same inner width in rows, the first of each row with the names of the agents before it, and a strip for the legend below all.</summary>
    private sealed class PanelGrid(int labels, int panels, int columns, int legendHeight) : IMultiplotLayout
    {
        public int Rows { get; } = (panels + columns - 1) / columns;

        public bool StartsRow(int panel) => panel % columns == 0;

        public PixelRect[] GetSubplotRectangles(SubplotCollection subplots, PixelRect figureRect)
        {
            var height = (figureRect.Height - legendHeight) / Rows;
            var bottom = figureRect.Top + figureRect.Height;
            return
            [
                .. Enumerable.Range(0, panels).Select(panel =>
                {
                    var (row, column) = (panel / columns, panel % columns);
                    var left = figureRect.Left + (column == 0 ? 0 : labels + (column * PanelWidth));
                    return new PixelRect(left, figureRect.Left + labels + ((column + 1) * PanelWidth), figureRect.Top + ((row + 1) * height), figureRect.Top + (row * height));
                }),
                new PixelRect(figureRect.Left, figureRect.Right, bottom, bottom - legendHeight),
            ];
        }
    }
}
