using RecDeepRL.Experiments.Evaluation;
using ScottPlot;

namespace RecDeepRL.Reporting;

/// <summary>Pictures of results, as PNG and SVG.</summary>
public static class Plots
{
    private static readonly Color s_agent = Color.FromHex("#1f6feb");
    private static readonly Color s_bound = Color.FromHex("#8b949e");

    /// <summary>Responses per user by iteration, while training and in the evaluations, between the bounds; with sessions, responses per session
    /// in the evaluations.</summary>
    /// <param name="path">Without ending.</param>
    /// <param name="training">Iteration and mean responses of each training round. Not drawn with sessions: it counts by round and not by session.</param>
    /// <param name="evaluations">In exploit mode, at least one.</param>
    public static void LearningCurve(
        string path, string title, IReadOnlyList<(long Iteration, double MeanResponses)> training, IReadOnlyList<EvaluationResult> evaluations)
    {
        var sessions = evaluations[0].Bounds.Myopic is not null;
        using var plot = New(title, "iteration", sessions ? "responses per session" : "responses per user");
        AddCurve(plot, evaluations, evaluation => evaluation.Bounds.Oracle, sessions ? "planning oracle" : "oracle", LinePattern.Dashed);
        if (sessions)
            AddCurve(plot, evaluations, evaluation => evaluation.Bounds.Myopic!.Value, "myopic oracle", LinePattern.Solid);
        AddCurve(plot, evaluations, evaluation => evaluation.Bounds.BestFixed, "best fixed list", LinePattern.Dotted);
        AddCurve(plot, evaluations, evaluation => evaluation.Bounds.Random, "random", LinePattern.DenselyDashed);
        if (!sessions)
        {
            var rounds = plot.Add.Scatter(training.Select(one => (double)one.Iteration).ToArray(), training.Select(one => one.MeanResponses).ToArray(), s_agent.WithAlpha(.4));
            rounds.LegendText = "while training";
            rounds.MarkerSize = 0;
        }
        var scores = plot.Add.Scatter(evaluations.Select(one => (double)one.Iteration).ToArray(), evaluations.Select(one => one.MeanExpected).ToArray(), s_agent);
        scores.LegendText = "evaluation, expected";
        scores.LineWidth = 2;
        scores.MarkerSize = 7;
        plot.ShowLegend(Edge.Right);
        Save(plot, path, 900, 520);
    }

    private static void AddCurve(Plot plot, IReadOnlyList<EvaluationResult> evaluations, Func<EvaluationResult, double> value, string name, LinePattern pattern)
    {
        // One evaluation alone still gets its bound drawn across the picture.
        var first = evaluations.Count == 1 ? 0.0 : evaluations[0].Iteration;
        var line = plot.Add.Scatter(
            evaluations.Select((one, index) => index == 0 ? first : one.Iteration).Concat(evaluations.Count == 1 ? [(double)evaluations[0].Iteration] : []).ToArray(),
            evaluations.Select(value).Concat(evaluations.Count == 1 ? [value(evaluations[0])] : []).ToArray(), s_bound);
        line.LegendText = name;
        line.LinePattern = pattern;
        line.MarkerSize = 0;
    }

    internal static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        return plot;
    }

    /// <summary>A name that may be long, as a label.</summary>
    internal static string Short(string name, int longest) => name.Length > longest ? name[..(longest - 1)] + "…" : name;

    internal static void Save(Plot plot, string path, int width, int height)
    {
        plot.SavePng(path + ".png", width, height);
        plot.SaveSvg(path + ".svg", width, height);
    }
}
