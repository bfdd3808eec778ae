using System.Globalization;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Statistics;
using Spectre.Console;

namespace RecDeepRL.Reporting;

/// <summary>An agent's score in the frame of what the truth allows.</summary>
public static class EvaluationTable
{
    /// <param name="exploit">Evaluations in exploit mode, one for each evaluation seed; at least one.</param>
    /// <param name="explore">The same in explore mode.</param>
    public static Table Of(string agent, IReadOnlyList<EvaluationResult> exploit, IReadOnlyList<EvaluationResult> explore)
    {
        var first = exploit[0];
        var bounds = first.Bounds;
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("policy").AddColumn(new TableColumn("responses/user").RightAligned())
            .AddColumn(new TableColumn($"Precision@{first.SlateSize}").RightAligned()).AddColumn(new TableColumn("expected").RightAligned())
            .AddColumn(new TableColumn("regret").RightAligned()).AddColumn(new TableColumn("gap closed").RightAligned());
        AddBound(table, "random", bounds.Random, first);
        AddBound(table, "best fixed list", bounds.BestFixed, first);
        AddAgent(table, agent, exploit);
        AddAgent(table, agent + " (exploring)", explore);
        AddBound(table, "oracle", bounds.Oracle, first);
        return table;
    }

    private static void AddBound(Table table, string name, double expected, EvaluationResult frame) => table.AddRow(
        name, "", "", Number(expected), Number(frame.Bounds.Oracle - expected), Percent(frame.Bounds.GapClosed(expected)));

    private static void AddAgent(Table table, string name, IReadOnlyList<EvaluationResult> evaluations) => table.AddRow(
        Markup.Escape(name),
        Spread(evaluations.Select(one => one.MeanResponses)),
        Spread(evaluations.Select(one => one.Precision)),
        Spread(evaluations.Select(one => one.MeanExpected)),
        Spread(evaluations.Select(one => one.Regret)),
        Percent(evaluations.Average(one => one.GapClosed)));

    /// <summary>A mean, with the half-width of its 95 % interval where there is more than one value.</summary>
    internal static string Spread(IEnumerable<double> values) => Spread(Interval.Of(values));

    internal static string Spread(Interval interval) =>
        interval.Count == 1 ? Number(interval.Mean) : $"{Number(interval.Mean)} ± {Number(interval.HalfWidth)}";

    internal static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    internal static string Percent(double share) => double.IsFinite(share) ? (share * 100).ToString("F1", CultureInfo.InvariantCulture) + " %" : "no gap";
}
