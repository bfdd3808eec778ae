using System.Globalization;
using RecDeepRL.Experiments.Evaluation;

namespace RecDeepRL.Reporting;

/// <summary>Draws learning-curve.png and .svg in a run folder, from the CSV files that the run wrote there.</summary>
public static class LearningCurve
{
    public static void Draw(string folder, string title)
    {
        var training = Rows(Path.Combine(folder, "metrics.csv"))
            .Select(row => ((long)row["iteration"], row["mean_responses"])).Where(row => double.IsFinite(row.Item2)).ToList();
        var evaluations = Rows(Path.Combine(folder, "evaluations.csv")).Select(row => new EvaluationResult(
            (long)row["iteration"], 0, 1, row["mean_responses"], row["mean_expected"], BoundsOf(row))).ToList();
        Plots.LearningCurve(Path.Combine(folder, "learning-curve"), title, training, evaluations);
    }

    /// <summary>Files of earlier versions have no column for the myopic oracle, and none without sessions holds a number there.</summary>
    private static Bounds BoundsOf(Dictionary<string, double> row) => new(
        row["random"], row["best_fixed"], row["oracle"], row.TryGetValue("myopic", out var myopic) && double.IsFinite(myopic) ? myopic : null);

    private static IEnumerable<Dictionary<string, double>> Rows(string path)
    {
        var lines = File.ReadLines(path).ToList();
        var names = lines[0].Split(',');
        return lines.Skip(1).Select(line => names.Zip(line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)))
            .ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
