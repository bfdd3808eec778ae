using RecDeepRL.Core;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Insight;

namespace RecDeepRL.Experiments.Questions;

/// <summary>A finished run of a question under one seed.</summary>
/// <param name="Run">What was run.</param>
/// <param name="Cell">What came of it.</param>
/// <param name="Insight">What was seen of the agent; none where the question does not look.</param>
public sealed record ObservedRun(QuestionRun Run, ComparisonCell Cell, RunInsight? Insight = null)
{
    public long Seed => Cell.Row.Seed;
}

/// <summary>All finished runs of a question.</summary>
/// <param name="Runs">At least one, in the order of the question's runs, then by seed.</param>
public sealed record Evidence(IReadOnlyList<ObservedRun> Runs)
{
    /// <summary>Different seeds.</summary>
    public int SeedCount => Runs.Select(run => run.Seed).Distinct().Count();

    /// <summary>What was run, each once.</summary>
    public IReadOnlyList<QuestionRun> Questioned => [.. Runs.Select(run => run.Run).Distinct()];

    /// <summary>Where the insight of a run is kept while a question is worked on.</summary>
    /// <param name="folder">For all insights of the question.</param>
    public static string InsightPath(string folder, RunPlan cell, string device) => Path.Combine(folder, CellKey.FileName(cell, device));

    /// <param name="results">Nothing of it is missing.</param>
    /// <param name="insights">Folder of <see cref="InsightPath"/>.</param>
    /// <param name="device">On which the comparison ran.</param>
    /// <exception cref="UserMistakeException">An insight is missing or damaged.</exception>
    public static Evidence Of(Question question, QuestionSettings settings, Catalog catalog, ComparisonResults results, string insights, string device)
    {
        if (results.Missing.Count > 0 || results.Plan is not { } plan)
            throw new ArgumentException("The comparison is not finished.", nameof(results));
        var cells = plan.Cells.Zip(results.Cells).ToDictionary(pair => CellKey.Of(pair.First, device), pair => pair);
        return new Evidence(
        [
            .. from run in question.Runs
               let resolved = run.Plan(settings).Resolve(catalog)
               from seed in plan.Seeds
               let cell = cells[CellKey.Of(resolved with { Seed = seed }, device)]
               select new ObservedRun(run, cell.Second, question.Insight == QuestionInsight.None ? null : Insight(InsightPath(insights, cell.First, device))),
        ]);
    }

    /// <summary>A measure of every run that it is known of.</summary>
    /// <param name="which">None for all runs.</param>
    public IReadOnlyList<Figure> Of(Measure measure, Func<QuestionRun, bool>? which = null) =>
    [
        .. Runs.Where(run => which?.Invoke(run.Run) != false).GroupBy(run => run.Run)
            .Select(group => new Figure(group.Key.Label, group.Key.Setting, group.Key.Value, group.Select(run => (run.Seed, Value: measure.Of(run)))
                .Where(one => double.IsFinite(one.Value)).ToDictionary(one => one.Seed, one => one.Value)))
            .Where(figure => figure.BySeed.Count > 0),
    ];

    /// <summary>A bound of the environments, as if it were an agent.</summary>
    public Figure Bound(string label, Func<ComparisonRow, double> of) =>
        new(label, "", null, Runs.GroupBy(run => run.Seed).ToDictionary(seed => seed.Key, seed => of(seed.First().Cell.Row)));

    private static RunInsight Insight(string path) => File.Exists(path)
        ? InsightFile.Read(path)
        : throw new UserMistakeException($"'{path}' is missing, which the answer needs. Delete the folder of the answer, or give --out another one, and ask again.");
}
