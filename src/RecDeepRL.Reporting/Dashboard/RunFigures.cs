namespace RecDeepRL.Reporting.Dashboard;

/// <summary>All figures of one run, read as far as they are asked for. One thread at a time.</summary>
internal sealed class RunFigures(string folder)
{
    /// <summary>Points of a curve beyond which a page is better off with a new one than with more of the old.</summary>
    private const int MostAppended = 500;

    private readonly Dictionary<string, FigureTable> _tables = new()
    {
        [FigureName.Training] = new FigureTable(Path.Combine(folder, "metrics.csv"), TableForm.Wide),
        [FigureName.Evaluation] = new FigureTable(Path.Combine(folder, "evaluations.csv"), TableForm.Wide),
        [FigureName.Agent] = new FigureTable(Path.Combine(folder, "diagnostics.csv"), TableForm.Long),
        [FigureName.Shards] = new FigureTable(Path.Combine(folder, "shards.csv"), TableForm.Parts),
    };

    /// <summary>The curve of a figure, or what is new of it.</summary>
    /// <param name="window">Rows to average over, each with those before it; 0 for as many as a curve of that length is read best with.</param>
    /// <param name="limit">Points at most.</param>
    /// <param name="known">What the caller has, as <see cref="Curve.Known"/> told it for the same figure and window; none for nothing.</param>
    public Curve Of(FigureName figure, int window, int limit, string? known)
    {
        var table = _tables[figure.Source];
        table.Refresh();
        var (iterations, values) = table.Of(figure.Column);
        var rowsPerMean = window == 0 ? Downsampling.WindowFor(values.Length) : window;
        var means = Downsampling.TrailingMean(values, rowsPerMean);
        var file = $"{table.Generation}/{rowsPerMean}";
        var next = $"{file}:{means.Length}";
        if (known?.Split(':') is [var before, var text] && before == file && int.TryParse(text, out var count)
            && count > 0 && count <= means.Length && means.Length - count <= MostAppended)
            return new Curve(next, false, rowsPerMean, iterations[count..], Nullable(means[count..]));
        var rows = Downsampling.ExtremesOf(means, limit);
        return new Curve(next, true, rowsPerMean, [.. rows.Select(row => iterations[row])], Nullable([.. rows.Select(row => means[row])]));
    }

    /// <summary>The figures that not every run has, by source and name: what the agent tells of itself, and what shards do, each in the order in which they first came.</summary>
    public IReadOnlyList<string> OwnFigures() => [.. new[] { FigureName.Agent, FigureName.Shards }.SelectMany(source =>
    {
        var table = _tables[source];
        table.Refresh();
        return table.Names.Select(name => $"{source}.{name}");
    })];

    /// <summary>The newest bounds: random, best fixed list and oracle; none before the first evaluation.</summary>
    public CurveBounds? Bounds()
    {
        var table = _tables[FigureName.Evaluation];
        table.Refresh();
        return Last("random") is { } random && Last("best_fixed") is { } bestFixed && Last("oracle") is { } oracle ? new CurveBounds(random, bestFixed, oracle) : null;

        double? Last(string name) => table.Of(name).Values is [.., var value] && double.IsFinite(value) ? value : null;
    }

    private static double?[] Nullable(double[] values) => [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];
}

/// <summary>A figure of runs: the file that holds it, and its name there.</summary>
internal sealed record FigureName(string Source, string Column)
{
    public const string Training = "training";
    public const string Evaluation = "evaluation";
    public const string Agent = "agent";
    public const string Shards = "shards";

    /// <param name="text">Such as <c>training.mean_responses</c>.</param>
    /// <returns>None where there is no such file.</returns>
    public static FigureName? Parse(string? text) =>
        text?.Split('.', 2) is [Training or Evaluation or Agent or Shards, { Length: > 0 }] parts ? new FigureName(parts[0], parts[1]) : null;
}

/// <summary>A curve, or the end of one.</summary>
/// <param name="Known">To be sent back for what comes after.</param>
/// <param name="IsWhole">Whether this replaces what the caller had.</param>
/// <param name="Window">Rows that each value is the mean of.</param>
/// <param name="X">Iterations.</param>
/// <param name="Y">Values; none where there is no number.</param>
internal sealed record Curve(string Known, bool IsWhole, int Window, double[] X, double?[] Y);

/// <summary>What the truth allows, as expected responses per user.</summary>
internal sealed record CurveBounds(double Random, double BestFixed, double Oracle);
