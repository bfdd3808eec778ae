using RecDeepRL.Core;
using ScottPlot;

namespace RecDeepRL.Reporting;

/// <summary>One bar of a <see cref="BarPlot"/>.</summary>
/// <param name="Label">Names the bar on the axis.</param>
/// <param name="Group">Bars of a group stand together in one colour, and the legend names it.</param>
/// <param name="Value">From 0 to 1.</param>
/// <param name="HalfWidth">Half of an interval's width, drawn as a whisker; 0 or not a number for none.</param>
public sealed record PlotBar(string Label, string Group, double Value, double HalfWidth = 0);

/// <summary>Figures between 0 and 1 as bars, in a PNG file.</summary>
public static class BarPlot
{
    private const int PixelsPerBar = 34;
    private const int PixelsAround = 140;

    /// <summary>Draws the bars from top to bottom, groups in the order of their first bar. A reader sees the old file or the new.</summary>
    /// <param name="path">Ends with .png.</param>
    /// <param name="marks">Values at which a dashed line is drawn.</param>
    /// <exception cref="UserMistakeException">It cannot be written.</exception>
    public static void Save(string path, string title, IReadOnlyList<PlotBar> bars, params IReadOnlyList<double> marks)
    {
        using var plot = new Plot();
        plot.Title(title);
        var palette = new ScottPlot.Palettes.Category10();
        var groups = bars.Select(bar => bar.Group).Distinct().ToList();
        var (ticks, place) = (new List<Tick>(), 0.0);
        foreach (var group in groups)
        {
            var ofGroup = plot.Add.Bars((List<Bar>)[.. bars.Where(bar => bar.Group == group).Select(bar =>
            {
                ticks.Add(new Tick(place, bar.Label));
                return new Bar { Position = place--, Value = bar.Value, Error = double.IsNaN(bar.HalfWidth) ? 0 : bar.HalfWidth, FillColor = palette.GetColor(groups.IndexOf(group)), Size = .8 };
            })]);
            ofGroup.Horizontal = true;
            ofGroup.LegendText = group;
            place -= .5;
        }
        foreach (var mark in marks)
        {
            var line = plot.Add.VerticalLine(mark, 1, Colors.Gray);
            line.LinePattern = LinePattern.Dashed;
        }
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(0, 1.05, place, 1);
        plot.ShowLegend(Edge.Bottom);
        Write(plot, path, (bars.Count * PixelsPerBar) + PixelsAround);
    }

    private static void Write(Plot plot, string path, int height)
    {
        var temporary = path + ".part";
        try
        {
            File.WriteAllBytes(temporary, plot.GetImageBytes(900, height, ImageFormat.Png));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"'{path}' cannot be written: {fault.Message} Free space or choose another folder.", fault);
        }
    }
}
