using System.Globalization;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Experiments.Tuning;
using RecDeepRL.Reporting;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>The candidates of a search, best first, each held against the start on the seeds that both have met.</summary>
internal static class TuningTable
{
    private const int Shown = 15;

    /// <summary>Below this, a model of the scores says next to nothing about candidates that it has not seen.</summary>
    private const double LittleFit = .3;

    public static Table Of(IReadOnlyList<TuningCandidate> candidates, TuningCandidate start, TuningMetric metric)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("options").AddColumn(new TableColumn("seeds").RightAligned())
            .AddColumn(new TableColumn("final").RightAligned()).AddColumn(new TableColumn("mean while training").RightAligned()).AddColumn(new TableColumn("ahead of the start").RightAligned());
        foreach (var candidate in candidates.Where(one => one.Rows.Count > 0).Take(Shown))
        {
            var ahead = candidate == start ? null : candidate.Ahead(start, metric);
            table.AddRow(
                Markup.Escape(candidate.Options.Replace(";", ", ", StringComparison.Ordinal) + (candidate == start ? " (start)" : "")),
                candidate.Rows.Count.ToString(CultureInfo.InvariantCulture),
                EvaluationTable.Spread(Interval.Of(candidate.Rows.Select(row => row.Final))),
                EvaluationTable.Spread(Interval.Of(candidate.Rows.Select(row => row.TrainingMean))),
                ahead is null ? "" : EvaluationTable.Spread(ahead));
        }
        return table;
    }

    /// <summary>What each option matters, and where it is best.</summary>
    public static Table Of(SearchImportance importance)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("option").AddColumn(new TableColumn("matters alone").RightAligned())
            .AddColumn(new TableColumn("with the others").RightAligned()).AddColumn(new TableColumn("best near").RightAligned()).AddColumn(new TableColumn("worst near").RightAligned());
        foreach (var option in importance.Options)
        {
            table.AddRow(
                Markup.Escape(option.Option), Percent(option.Alone), Percent(option.WithOthers),
                Markup.Escape(option.Effect.MaxBy(effect => effect.Ahead)!.Value), Markup.Escape(option.Effect.MinBy(effect => effect.Ahead)!.Value));
        }
        return table;
    }

    /// <summary>How far the importance can be relied upon, in a sentence.</summary>
    public static string Judge(SearchImportance? importance)
    {
        if (importance is null)
            return $"The importance of the options cannot be told: that takes {SearchImportance.FewestCandidates} candidates with different scores.";
        var fit = string.Create(CultureInfo.InvariantCulture, $"{importance.Fit:F2}");
        return importance.Fit < LittleFit
            ? $"These shares mean little: of candidates left out, the model behind them foretells {fit} of the variance (1 is all, 0 or below none). More candidates (--budget) or seeds would help."
            : $"Of candidates left out, the model behind these shares foretells {fit} of the variance (1 is all).";
    }

    /// <summary>The deciding figure in words.</summary>
    public static string Score(TuningCandidate candidate, TuningMetric metric) => candidate.Mean(metric).ToString("F4", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("F0", CultureInfo.InvariantCulture) + " %";
}
