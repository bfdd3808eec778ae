using RecDeepRL.Experiments.Insight;
using ScottPlot;

namespace RecDeepRL.Reporting.Insight;

/// <summary>What an agent did and thought, as pictures: one PNG and one SVG for each question that the run has an answer to.</summary>
public static class InsightPlots
{
    private const int MostCurves = 10;
    private const int MostRows = 30;
    private const int MostGroups = 10;

    /// <summary>Draws all pictures.</summary>
    /// <param name="folder">Where <c>insight-NAME.png</c> and <c>.svg</c> go; exists.</param>
    /// <returns>The names of the pictures drawn, such as <c>insight-shares</c>.</returns>
    public static IReadOnlyList<string> Draw(string folder, RunInsight insight)
    {
        var drawn = new List<string>();
        var title = $"{insight.Agent} in {insight.Environment}, seed {insight.Seed}";
        var some = insight.Snapshots.Any(snapshot => snapshot.Users > 0);
        if (some)
        {
            Save("shares", Shares(insight, title), 1000, 200 + (20 * Math.Min(MostRows, insight.Items.Count)));
            Save("spread", Spread(insight, title), 900, 480);
        }
        if (insight.Snapshots.Any(snapshot => snapshot.Estimates is not null))
            Save("estimates", Estimates(insight, title), 1000, 560);
        if (insight.Weights is { Items.Count: > 0, Features.Count: > 0 } weights)
            Save("weights", Weights(insight, weights, title), 300 + (70 * Math.Min(weights.Features.Count, 20)), 220 + (24 * Math.Min(MostRows, weights.Items.Count)));
        if (insight.Embeddings is { } plane)
        {
            foreach (var label in insight.Items.SelectMany(item => item.Labels.Keys).Distinct())
                Save($"embeddings-{FileName(label)}", Plane(insight, plane, title, label), 900, 640);
            Save("embeddings", Plane(insight, plane, title, null), 900, 640);
        }
        if (insight.Groupings.Count > 0)
            Save("segments", Segments(insight, title), 1000, 160 + (40 * insight.Groupings.Sum(grouping => grouping.Segments.Count + 1)));
        foreach (var (name, of) in Curves(insight))
            Save(name, Curve(insight, title, name, of), 900, 420);
        if (insight.Sessions is { } sessions && sessions.Lengths.Any(count => count > 0))
            Save("session-lengths", Lengths(sessions, title), 900, 420);
        return drawn;

        void Save(string name, Plot plot, int width, int height)
        {
            using (plot)
                Plots.Save(plot, Path.Combine(folder, "insight-" + name), width, height);
            drawn.Add("insight-" + name);
        }
    }

    /// <summary>Each item's estimate (solid) and truth (dashed), for the items most shown and those of highest truth.</summary>
    private static Plot Estimates(RunInsight insight, string title)
    {
        var plot = Plots.New($"Estimates (solid) against the truth (dashed): {title}", "iteration", insight.EstimateKind == "response" ? "expected response" : "score");
        var palette = new ScottPlot.Palettes.Category10();
        var half = insight.Items.Count <= MostCurves ? insight.Items.Count : MostCurves / 2;
        int[] chosen = [.. MostShown(insight).Take(half).Concat(Enumerable.Range(0, insight.Items.Count).OrderByDescending(item => insight.Items[item].Expected)).Distinct().Take(MostCurves)];
        foreach (var (place, item) in chosen.Index())
        {
            var points = insight.Snapshots.Select((snapshot, index) => (snapshot.Iteration, Estimate: snapshot.Estimates?[item], Truth: insight.TruthOf(index)?[item])).ToList();
            var color = palette.GetColor(place);
            Line(plot, points.Select(point => ((double)point.Iteration, point.Estimate)), color, insight.Items[item].Name, LinePattern.Solid);
            if (insight.EstimateKind == "response")
                Line(plot, points.Select(point => ((double)point.Iteration, point.Truth)), color.WithAlpha(.6), null, LinePattern.Dashed);
        }
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    /// <summary>Rows are items, most shown first; columns are snapshots; a cell is the share of the snapshot's slates that held the item.</summary>
    private static Plot Shares(RunInsight insight, string title)
    {
        int[] rows = [.. MostShown(insight).Take(MostRows)];
        var cells = new double[rows.Length, insight.Snapshots.Count];
        for (var row = 0; row < rows.Length; row++)
        {
            foreach (var (column, snapshot) in insight.Snapshots.Index())
                cells[row, column] = snapshot.Users == 0 ? double.NaN : (double)snapshot.Shown[rows[row]] / snapshot.Users;
        }
        var plot = Plots.New($"Share of the slates that held each item: {title}", "iteration", "");
        var map = plot.Add.Heatmap(cells);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        map.ManualRange = new ScottPlot.Range(0, Math.Max(1e-9, cells.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(1).Max()));
        plot.Add.ColorBar(map);
        NameRows(plot, [.. rows.Select(item => insight.Items[item].Name)]);
        var step = Math.Max(1, insight.Snapshots.Count / 10);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. insight.Snapshots.Index().Where(one => one.Index % step == 0).Select(one => new Tick(one.Index, one.Item.Iteration.ToString(System.Globalization.CultureInfo.InvariantCulture)))]);
        return plot;
    }

    private static Plot Spread(RunInsight insight, string title)
    {
        var plot = Plots.New($"How slates were spread over the items: {title}", "iteration", "");
        var palette = new ScottPlot.Palettes.Category10();
        (string Name, Func<Concentration, double> Value)[] curves =
            [("coverage", one => one.Coverage), ("entropy (of ln N)", one => one.Entropy), ("Gini", one => one.Gini), ("top item's share", one => one.TopShare)];
        foreach (var (place, (name, value)) in curves.Index())
            Line(plot, insight.Snapshots.Select(snapshot => ((double)snapshot.Iteration, snapshot.Concentration is { } one ? value(one) : (double?)null)), palette.GetColor(place), name, LinePattern.Solid);
        plot.Axes.SetLimitsY(-.03, 1.03);
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static Plot Weights(RunInsight insight, WeightInsight weights, string title)
    {
        int[] rows = [.. Enumerable.Range(0, weights.Items.Count).OrderByDescending(row => insight.Shown[insight.Items[weights.Items[row]].Id]).Take(MostRows)];
        var cells = new double[rows.Length, weights.Features.Count];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < weights.Features.Count; column++)
                cells[row, column] = weights.Values[rows[row]][column] ?? double.NaN;
        }
        var plot = Plots.New($"Weights ({weights.Scale}): {title}", "", "");
        var map = plot.Add.Heatmap(cells);
        var most = Math.Max(1e-9, cells.Cast<double>().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
        map.Colormap = new ScottPlot.Colormaps.Balance();
        map.ManualRange = new ScottPlot.Range(-most, most);
        plot.Add.ColorBar(map);
        NameRows(plot, [.. rows.Select(row => insight.Items[weights.Items[row]].Name)]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. weights.Features.Index().Select(one => new Tick(one.Index, one.Item))]);
        if (weights.Features.Any(name => name.Length > 8))
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = 40;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            plot.Axes.Bottom.MinimumSize = 30 + (6 * weights.Features.Max(name => name.Length));
        }
        if (rows.Length * weights.Features.Count <= 120)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                for (var column = 0; column < weights.Features.Count; column++)
                {
                    var text = plot.Add.Text(cells[row, column].ToString("0.00", System.Globalization.CultureInfo.InvariantCulture), column, rows.Length - 1 - row);
                    text.Alignment = Alignment.MiddleCenter;
                    text.LabelFontSize = 11;
                    text.LabelFontColor = Math.Abs(cells[row, column]) > .6 * most ? Colors.White : Colors.Black;
                }
            }
        }
        return plot;
    }

    /// <param name="label">What colours the items; none for their expected response, in quarters.</param>
    private static Plot Plane(RunInsight insight, ItemPlane plane, string title, string? label)
    {
        var explained = plane.Explained;
        var plot = Plots.New(
            $"Item vectors by {label ?? "expected response"}: {title}", $"first component ({EvaluationTable.Percent(explained[0])} of the variance)",
            explained.Count > 1 ? $"second component ({EvaluationTable.Percent(explained[1])})" : "");
        var palette = new ScottPlot.Palettes.Category10();
        string[] groups = [.. plane.Items.Select(item => label is null ? Quarter(insight, item) : Neighbourhood.GroupOf(insight.Items[item], label) ?? "not known")];
        var named = label is null
            ? groups.Distinct().Order(StringComparer.Ordinal).ToList()
            : [.. groups.GroupBy(group => group).OrderByDescending(group => group.Count()).Take(MostGroups).Select(group => group.Key).Order(StringComparer.Ordinal)];
        foreach (var (place, group) in named.Append("others").Index())
        {
            int[] members = [.. Enumerable.Range(0, groups.Length).Where(index => place < named.Count ? groups[index] == group : !named.Contains(groups[index]))];
            if (members.Length == 0)
                continue;
            var points = plot.Add.ScatterPoints(members.Select(index => plane.X[index]).ToArray(), members.Select(index => plane.Y[index]).ToArray(), (place < named.Count ? palette.GetColor(place) : Colors.Black).WithAlpha(.75));
            // The palette has a grey of its own: what has no name is told by its shape.
            points.MarkerShape = place < named.Count ? MarkerShape.FilledCircle : MarkerShape.OpenCircle;
            points.MarkerSize = insight.Items.Count > 200 ? 5 : 8;
            points.LegendText = $"{group} ({members.Length})";
        }
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static string Quarter(RunInsight insight, int item)
    {
        if (insight.Items[item].Expected is not { } own)
            return "not known";
        var below = insight.Items.Count(other => other.Expected < own);
        return (4 * below / insight.Items.Count) switch { 0 => "4: lowest quarter", 1 => "3", 2 => "2", _ => "1: highest quarter" };
    }

    private static Plot Segments(RunInsight insight, string title)
    {
        var plot = Plots.New($"Responses by user segment: {title}", "responses per slate", "");
        var (ticks, place) = (new List<Tick>(), 0.0);
        var (trained, expected, oracle) = (new List<Bar>(), new List<Bar>(), new List<(double X, double Y)>());
        foreach (var grouping in insight.Groupings)
        {
            foreach (var segment in grouping.Segments)
            {
                ticks.Add(new Tick(place, segment.Name));
                if (double.IsFinite(segment.MeanResponses))
                    trained.Add(new Bar { Position = place + .2, Value = segment.MeanResponses, Size = .36, FillColor = Color.FromHex("#8ab4f8"), LineWidth = 0 });
                if (segment.Expected is { } value)
                    expected.Add(new Bar { Position = place - .2, Value = value, Size = .36, FillColor = Color.FromHex("#1f6feb"), LineWidth = 0 });
                if (segment.Oracle is { } best)
                    oracle.Add((best, place));
                place--;
            }
            place -= .7;
        }
        foreach (var (bars, name) in new[] { (trained, "while training"), (expected, "exploit mode, expected") })
        {
            if (bars.Count == 0)
                continue;
            var drawn = plot.Add.Bars(bars);
            drawn.Horizontal = true;
            drawn.LegendText = name;
        }
        if (oracle.Count > 0)
        {
            var marks = plot.Add.ScatterPoints(oracle.Select(one => one.X).ToArray(), oracle.Select(one => one.Y).ToArray(), Colors.Black);
            marks.MarkerShape = MarkerShape.VerticalBar;
            marks.MarkerSize = 16;
            marks.LegendText = "best possible";
        }
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. ticks]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Margins(left: 0);
        plot.Axes.SetLimitsY(place + .9, .7);
        plot.ShowLegend(Edge.Bottom);
        return plot;
    }

    /// <summary>Everything else that goes by iteration: the users' state, sessions, and what the agent says of itself.</summary>
    private static IEnumerable<(string Name, Func<InsightSnapshot, double?> Of)> Curves(RunInsight insight)
    {
        foreach (var name in insight.Snapshots.SelectMany(snapshot => snapshot.UserFigures.Keys).Distinct())
            yield return ($"users-{FileName(name)}", snapshot => snapshot.UserFigures.GetValueOrDefault(name));
        if (insight.Snapshots.Any(snapshot => snapshot.SessionRounds is not null))
            yield return ("session-rounds", snapshot => snapshot.SessionRounds);
        foreach (var name in insight.Snapshots.SelectMany(snapshot => snapshot.Diagnostics.Keys).Distinct())
            yield return ($"agent-{FileName(name)}", snapshot => snapshot.Diagnostics.GetValueOrDefault(name));
    }

    private static Plot Curve(RunInsight insight, string title, string name, Func<InsightSnapshot, double?> of)
    {
        var plot = Plots.New($"{name}: {title}", "iteration", name);
        Line(plot, insight.Snapshots.Select(snapshot => ((double)snapshot.Iteration, of(snapshot))), Color.FromHex("#1f6feb"), null, LinePattern.Solid);
        return plot;
    }

    private static Plot Lengths(SessionInsight sessions, string title)
    {
        var plot = Plots.New($"How long sessions lasted: {title}", "rounds of a session", "sessions");
        var bars = plot.Add.Bars(sessions.Lengths.Index().Select(one => (double)one.Index).ToArray(), sessions.Lengths.Select(count => (double)count).ToArray());
        bars.Color = Color.FromHex("#1f6feb");
        plot.Axes.Margins(bottom: 0);
        return plot;
    }

    private static IEnumerable<int> MostShown(RunInsight insight) => Enumerable.Range(0, insight.Items.Count).OrderByDescending(item => insight.Shown[insight.Items[item].Id]);

    /// <summary>The first row of a heat map is its highest.</summary>
    private static void NameRows(Plot plot, string[] names)
    {
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. names.Index().Select(one => new Tick(names.Length - 1 - one.Index, one.Item.Length > 32 ? one.Item[..31] + "…" : one.Item))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Margins(0, 0);
    }

    private static void Line(Plot plot, IEnumerable<(double X, double? Y)> points, Color color, string? name, LinePattern pattern)
    {
        var known = points.Where(point => point.Y is not null).ToList();
        if (known.Count == 0)
            return;
        var line = plot.Add.Scatter(known.Select(point => point.X).ToArray(), known.Select(point => point.Y!.Value).ToArray(), color);
        line.LinePattern = pattern;
        line.LineWidth = 2;
        line.MarkerSize = known.Count == 1 ? 7 : 0;
        if (name is not null)
            line.LegendText = name;
    }

    private static string FileName(string name) => string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
