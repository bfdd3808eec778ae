using RecDeepRL.Experiments.Questions;
using ScottPlot;

namespace RecDeepRL.Reporting.Questions;

/// <summary>Draws the pictures of an answer.</summary>
internal static class AnswerPlots
{
    private const int PixelsPerBar = 26;
    private const int MostTextCells = 150;
    private static readonly ScottPlot.Palettes.Category20 s_palette = new();
    private static readonly int[] s_digits = [1, 2, 5];

    /// <returns>The caller disposes.</returns>
    public static (Plot Plot, int Width, int Height) Draw(AnswerPicture picture) => picture switch
    {
        LinePicture lines => (Lines(lines), 1000, 540),
        BarPicture bars => (Bars(bars), 1000, 190 + (PixelsPerBar * (bars.Bars.Count + bars.Bars.Select(bar => bar.Group).Distinct().Count()))),
        MapPicture map => (Map(map), 380 + (70 * Math.Max(1, map.Columns.Count)), 200 + (28 * Math.Max(1, map.Rows.Count))),
        PlanePicture plane => (Plane(plane), 1000, 640),
        _ => throw new InvalidOperationException($"There is no way to draw a {picture.GetType().Name}."),
    };

    private static Plot Lines(LinePicture picture)
    {
        var plot = Plots.New(picture.Title, picture.X, picture.Y);
        var labels = picture.Lines.Select(line => line.Label).Distinct().ToList();
        var curves = picture.Lines.Where(line => !line.IsReference).Select(line => line.Label).ToHashSet();
        foreach (var line in picture.Lines.Where(line => line.Points.Count > 0))
        {
            // A reference of its own is grey; one beside a curve has the curve's colour and no entry in the legend.
            var color = line.IsReference && !curves.Contains(line.Label) ? Colors.Gray : ColorOf(labels.IndexOf(line.Label));
            double[] x = [.. line.Points.Select(point => Place(point.X, picture.LogX))];
            if (!line.IsReference && line.Points.All(point => double.IsFinite(point.HalfWidth)) && line.Points.Count > 1)
            {
                var band = plot.Add.FillY(x, [.. line.Points.Select(point => Place(Math.Max(point.Y - point.HalfWidth, picture.LogY ? point.Y / 10 : double.MinValue), picture.LogY))],
                    [.. line.Points.Select(point => Place(point.Y + point.HalfWidth, picture.LogY))]);
                band.FillColor = color.WithAlpha(.15);
                band.LineWidth = 0;
            }
            var drawn = plot.Add.Scatter(x, line.Points.Select(point => Place(point.Y, picture.LogY)).ToArray(), color);
            drawn.MarkerSize = !line.IsReference && line.Points.Count <= 12 ? 6 : 0;
            drawn.LineWidth = line.IsReference ? 1.5f : 2;
            drawn.LinePattern = line.IsReference ? LinePattern.Dashed : LinePattern.Solid;
            if (!line.IsReference || !curves.Contains(line.Label))
                drawn.LegendText = line.Label;
        }
        if (picture.LogX)
            plot.Axes.Bottom.TickGenerator = Powers(picture.Lines.SelectMany(line => line.Points.Select(point => point.X)));
        if (picture.LogY)
            plot.Axes.Left.TickGenerator = Powers(picture.Lines.SelectMany(line => line.Points.Select(point => point.Y)));
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static Plot Bars(BarPicture picture)
    {
        var plot = Plots.New(picture.Title, picture.X, "");
        var groups = picture.Bars.Select(bar => bar.Group).Distinct().ToList();
        var (ticks, place) = (new List<Tick>(), 0.0);
        foreach (var (index, group) in groups.Index())
        {
            var bars = plot.Add.Bars((List<Bar>)[.. picture.Bars.Where(bar => bar.Group == group).Select(bar =>
            {
                ticks.Add(new Tick(place, bar.Label));
                return new Bar { Position = place--, Value = bar.Value, Error = double.IsFinite(bar.HalfWidth) ? bar.HalfWidth : 0, FillColor = ColorOf(index), LineWidth = 0, Size = .75 };
            })]);
            bars.Horizontal = true;
            if (group.Length > 0)
                bars.LegendText = group;
            place -= .8;
        }
        foreach (var (index, (label, value)) in picture.Marks.Index())
        {
            var line = plot.Add.VerticalLine(value, 1.5f, Colors.Black.WithAlpha(.65));
            line.LinePattern = index switch { 0 => LinePattern.Dotted, 1 => LinePattern.Dashed, _ => LinePattern.Solid };
            line.LegendText = label;
        }
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        double[] ends = [0, .. picture.Bars.SelectMany(bar => new[] { bar.Value, bar.Value + (double.IsFinite(bar.HalfWidth) ? bar.HalfWidth : 0) }), .. picture.Marks.Select(mark => mark.Value)];
        var (least, most) = (ends.Where(double.IsFinite).Min(), ends.Where(double.IsFinite).Max());
        plot.Axes.SetLimits(least < 0 ? least * 1.05 : 0, most > 0 ? most * 1.05 : 1, place + .2, .8);
        if (picture.Marks.Count > 0 || groups.Any(group => group.Length > 0))
            plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static Plot Map(MapPicture picture)
    {
        var plot = Plots.New(picture.Title, "", "");
        if (picture.Rows.Count == 0 || picture.Columns.Count == 0)
            return plot;
        var cells = new double[picture.Rows.Count, picture.Columns.Count];
        for (var row = 0; row < picture.Rows.Count; row++)
        {
            for (var column = 0; column < picture.Columns.Count; column++)
                cells[row, column] = picture.Values[row][column];
        }
        var most = Math.Max(1e-9, cells.Cast<double>().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
        var map = plot.Add.Heatmap(cells);
        map.Colormap = new ScottPlot.Colormaps.Balance();
        map.ManualRange = new ScottPlot.Range(-most, most);
        plot.Add.ColorBar(map);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. picture.Rows.Index().Select(one => new Tick(picture.Rows.Count - 1 - one.Index, one.Item.Length > 30 ? one.Item[..29] + "…" : one.Item))]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. picture.Columns.Index().Select(one => new Tick(one.Index, one.Item))]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = picture.Columns.Any(name => name.Length > 8) ? 30 : 0;
        if (plot.Axes.Bottom.TickLabelStyle.Rotation > 0)
        {
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            plot.Axes.Bottom.MinimumSize = 30 + (5 * picture.Columns.Max(name => name.Length));
        }
        for (var row = 0; cells.Length <= MostTextCells && row < picture.Rows.Count; row++)
        {
            for (var column = 0; column < picture.Columns.Count; column++)
            {
                if (!double.IsFinite(cells[row, column]))
                    continue;
                var text = plot.Add.Text(cells[row, column].ToString("0.00", System.Globalization.CultureInfo.InvariantCulture), column, picture.Rows.Count - 1 - row);
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontSize = 11;
                text.LabelFontColor = Math.Abs(cells[row, column]) > .6 * most ? Colors.White : Colors.Black;
            }
        }
        return plot;
    }

    private static Plot Plane(PlanePicture picture)
    {
        var plot = Plots.New(picture.Title, "first component", "second component");
        foreach (var (index, group) in picture.Points.GroupBy(point => point.Group).OrderBy(group => group.Key, StringComparer.Ordinal).Index())
        {
            var points = plot.Add.ScatterPoints(group.Select(point => point.X).ToArray(), group.Select(point => point.Y).ToArray(), ColorOf(index).WithAlpha(.75));
            points.MarkerSize = picture.Points.Count > 200 ? 5 : 8;
            points.LegendText = $"{group.Key} ({group.Count()})";
        }
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    /// <summary>The strong colours first; the palette has each beside a pale one.</summary>
    private static Color ColorOf(int index) => s_palette.GetColor(index < 10 ? 2 * index : (2 * (index - 10)) + 1);

    private static double Place(double value, bool isLog) => isLog ? Math.Log10(value) : value;

    /// <summary>Ticks at 1, 2 and 5 times the powers of ten that the values span.</summary>
    private static ScottPlot.TickGenerators.NumericManual Powers(IEnumerable<double> values)
    {
        var all = values.Where(value => value > 0).DefaultIfEmpty(1).ToList();
        var ticks = from power in Enumerable.Range((int)Math.Floor(Math.Log10(all.Min())), (int)Math.Ceiling(Math.Log10(all.Max()) - Math.Floor(Math.Log10(all.Min()))) + 1)
                    from digit in s_digits
                    let value = digit * Math.Pow(10, power)
                    select new Tick(Math.Log10(value), value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
        return new ScottPlot.TickGenerators.NumericManual([.. ticks]);
    }
}
