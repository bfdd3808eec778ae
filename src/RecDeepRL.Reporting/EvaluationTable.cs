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
        var sessions = exploit[0].Bounds.Myopic is not null;
        var bounds = Mean([.. exploit.Select(one => one.Bounds)]);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("policy").AddColumn(new TableColumn(sessions ? "responses/session" : "responses/user").RightAligned())
            .AddColumn(new TableColumn($"Precision@{exploit[0].SlateSize}").RightAligned());
        if (sessions)
            table.AddColumn(new TableColumn("rounds").RightAligned());
        table.AddColumn(new TableColumn("expected").RightAligned()).AddColumn(new TableColumn("regret").RightAligned()).AddColumn(new TableColumn("gap closed").RightAligned());
        AddBound("random", bounds.Random);
        AddBound("best fixed list", bounds.BestFixed);
        if (bounds.Myopic is { } myopic)
            AddBound("myopic oracle", myopic);
        AddAgent(agent, exploit);
        AddAgent(agent + " (exploring)", explore);
        AddBound(sessions ? "planning oracle" : "oracle", bounds.Oracle);
        return table;

        void AddBound(string name, double expected) =>
            table.AddRow([name, "", "", .. sessions ? [""] : (string[])[], Number(expected), Number(bounds.Oracle - expected), Percent(bounds.GapClosed(expected))]);

        void AddAgent(string name, IReadOnlyList<EvaluationResult> evaluations) => table.AddRow(
        [
            Markup.Escape(name),
            Spread(evaluations.Select(one => one.MeanResponses)),
            Spread(evaluations.Select(one => one.Precision)),
            .. sessions ? [Spread(evaluations.Select(one => one.Rounds))] : (string[])[],
            Spread(evaluations.Select(one => one.MeanExpected)),
            Spread(evaluations.Select(one => one.Regret)),
            Percent(evaluations.Average(one => one.GapClosed)),
        ]);
    }

    /// <summary>A mean, with the half-width of its 95 % interval where there is more than one value.</summary>
    public static string Spread(IEnumerable<double> values) => Spread(Interval.Of(values));

    /// <summary>A mean with half of its interval's width, such as <c>0.7500 ± 0.0021</c>.</summary>
    public static string Spread(Interval interval) =>
        interval.Count == 1 ? Number(interval.Mean) : $"{Number(interval.Mean)} ± {Number(interval.HalfWidth)}";

    internal static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    internal static string Percent(double share) => double.IsFinite(share) ? (share * 100).ToString("F1", CultureInfo.InvariantCulture) + " %" : "no gap";

    private static Bounds Mean(IReadOnlyList<Bounds> all) => new(
        all.Average(one => one.Random), all.Average(one => one.BestFixed), all.Average(one => one.Oracle), all.Average(one => one.Myopic));
}
