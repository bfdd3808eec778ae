using RecDeepRL.Experiments.Tuning;
using ScottPlot;

namespace RecDeepRL.Reporting;

/// <summary>What the options of a search matter, as bars, and what each of them does, as curves.</summary>
public static class ImportancePlot
{
    private const int BarHeight = 46;

    private static readonly Color s_alone = Color.FromHex("#1f6feb");
    private static readonly Color s_withOthers = Color.FromHex("#a5c8ff");

    /// <summary>Writes <c>importance</c>, the shares of all options, and for each of them <c>effect-NAME</c>, each as PNG and SVG.</summary>
    /// <param name="folder">Exists.</param>
    /// <returns>Names of the pictures, without ending.</returns>
    public static IReadOnlyList<string> Draw(string folder, string title, SearchImportance importance)
    {
        using (var shares = Plots.New(title, "share of the variance between settings", ""))
        {
            AddShares(shares, importance);
            Plots.Save(shares, Path.Combine(folder, "importance"), 800, 150 + (importance.Options.Count * BarHeight));
        }
        foreach (var option in importance.Options)
        {
            using var effect = Plots.New($"{title}: {option.Option}", option.Option, "ahead of the start");
            AddEffect(effect, option);
            Plots.Save(effect, Path.Combine(folder, "effect-" + option.Option), 800, 420);
        }
        return ["importance", .. importance.Options.Select(option => "effect-" + option.Option)];
    }

    private static void AddShares(Plot plot, SearchImportance importance)
    {
        var ticks = new List<Tick>();
        foreach (var (place, option) in importance.Options.Index())
        {
            ticks.Add(new Tick(-place, option.Option));
            AddBar(-place, option.WithOthers, s_withOthers, place == 0 ? "with the other options" : "");
            AddBar(-place, option.Alone, s_alone, place == 0 ? "alone" : "");
        }
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(0, 1.02, -importance.Options.Count + .4, .6);
        plot.ShowLegend(Edge.Bottom);

        void AddBar(double position, double value, Color color, string legend)
        {
            var bars = plot.Add.Bars((List<Bar>)[new Bar { Position = position, Value = value, FillColor = color, Size = .7, LineWidth = 0 }]);
            bars.Horizontal = true;
            if (legend.Length > 0)
                bars.LegendText = legend;
        }
    }

    private static void AddEffect(Plot plot, OptionImportance option)
    {
        var places = option.Effect.Select((_, place) => (double)place).ToArray();
        var curve = plot.Add.Scatter(places, option.Effect.Select(effect => effect.Ahead).ToArray(), s_alone);
        curve.LineWidth = 2;
        curve.MarkerSize = option.Effect.Count > 12 ? 0 : 7;
        plot.Add.HorizontalLine(0, 1, Colors.Gray, LinePattern.Dashed);
        // The values stand at even distances, whatever their scale; a few of them are named.
        var step = Math.Max(1, (int)Math.Ceiling(option.Effect.Count / 5.0));
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. option.Effect.Index().Where(one => one.Index % step == 0).Select(one => new Tick(one.Index, one.Item.Value))]);
    }
}
