using System.Globalization;
using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Insight;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Reporting.Dashboard;

namespace RecDeepRL.Reporting.Reports;

/// <summary>The report of one run, from the files that <c>train</c> wrote.</summary>
internal sealed class RunReport
{
    private const int MostPoints = 1000;

    private readonly string _folder;
    private readonly RunDescription _run;
    private readonly FigureTable _metrics;
    private readonly FigureTable _evaluations;
    private readonly FigureTable _diagnostics;
    private readonly Result? _result;
    private readonly RunInsight? _insight;

    private RunReport(string folder)
    {
        _folder = folder;
        _run = RunDescription.Read(folder);
        _metrics = Table("metrics.csv", TableForm.Wide);
        _evaluations = Table("evaluations.csv", TableForm.Wide);
        _diagnostics = Table("diagnostics.csv", TableForm.Long);
        _result = ReadResult(Path.Combine(folder, "result.json"));
        _insight = File.Exists(Path.Combine(folder, InsightFile.Name)) ? InsightFile.Read(folder) : null;

        FigureTable Table(string name, TableForm form)
        {
            var table = new FigureTable(Path.Combine(folder, name), form);
            table.Refresh();
            return table;
        }
    }

    /// <summary>Whether a folder is that of a run.</summary>
    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, RunDescription.TrainFile));

    /// <exception cref="UserMistakeException">The run has completed no round, or a file of it is damaged.</exception>
    public static ReportDocument Of(string folder) => new RunReport(folder).Build();

    private bool HasSessions => _evaluations.Of("myopic").Values is [.., var myopic] && double.IsFinite(myopic);

    private ReportDocument Build()
    {
        var (iterations, _) = _metrics.Of("mean_expected");
        if (iterations.Length == 0)
            throw new UserMistakeException($"The run '{_folder}' has completed no round yet, so there is nothing to report. Go on with: train --resume {_folder}.");
        var last = Last();
        List<ReportSection> sections = [new("score", "Score and learning", [.. Score(last)])];
        if (_insight is { Snapshots.Count: > 0 } insight)
            sections.AddRange(new InsightSections(insight).Build());
        if (Diagnostics() is { Count: > 0 } diagnostics)
            sections.Add(new ReportSection("diagnostics", "What the agent says of itself", diagnostics));
        sections.Add(Repeat());
        var seed = _run.Seed is { } known ? $", seed {known.ToString(CultureInfo.InvariantCulture)}" : "";
        return new ReportDocument
        {
            Title = $"{_run.Agent} in {_run.Environment}{seed}",
            Headline = last is null ? $"{_run.Agent} has not been evaluated yet." : Headline(last),
            Answer = [.. Answer(last, (long)iterations[^1])],
            Remarks = [.. Remarks((long)iterations[^1])],
            Sections = sections,
        };
    }

    private string Headline(EvaluationResult last) => double.IsFinite(last.GapClosed)
        ? $"{_run.Agent} closes {Figure.Percent(last.GapClosed)} of the gap from random to oracle in {_run.Environment}."
        : $"{_run.Agent} scores {Figure.Of(last.MeanExpected)} in {_run.Environment}, where random slates are as good as any.";

    private IEnumerable<string> Answer(EvaluationResult? last, long iteration)
    {
        if (last is not null)
        {
            var unit = HasSessions ? "session" : "user";
            var against = last.MeanExpected >= last.Bounds.BestFixed ? "above" : "below";
            yield return $"{Figure.Of(last.MeanExpected)} expected responses per {unit} after {Figure.Count(last.Iteration, "iteration", "iterations")}, between random slates ({Figure.Of(last.Bounds.Random)}) and the oracle ({Figure.Of(last.Bounds.Oracle)}); {against} the best fixed list ({Figure.Of(last.Bounds.BestFixed)}).";
        }
        if (_metrics.Of("regret_total").Values is [.., var regret] && double.IsFinite(regret))
            yield return $"On the way, {Figure.Count(iteration, "round", "rounds")} cost {Figure.Of(regret)} expected responses against the best slates of each round alone.";
        yield return "One run of one seed: another seed may end elsewhere. 'compare' tells how far.";
    }

    private IEnumerable<string> Remarks(long iteration)
    {
        if (_result is null || _result.Exploit.Iteration < iteration)
            yield return "The run is not finished: the score is that of its last evaluation. 'train --resume' goes on with it.";
        if (_insight is null)
            yield return "The run has no insight.json: what the agent showed and estimated, item by item, is not told. 'train' records it unless --insight-every is 0.";
    }

    /// <summary>The final evaluation, or the last there was.</summary>
    private EvaluationResult? Last()
    {
        var (iterations, expected) = _evaluations.Of("mean_expected");
        if (_result is not null && (iterations.Length == 0 || _result.Exploit.Iteration >= iterations[^1]))
            return _result.Exploit;
        if (iterations.Length == 0)
            return null;
        var myopic = Value("myopic");
        return new EvaluationResult(
            (long)iterations[^1], 0, 1, Value("mean_responses"), expected[^1], new Bounds(Value("random"), Value("best_fixed"), Value("oracle"), double.IsFinite(myopic) ? myopic : null));

        double Value(string column) => _evaluations.Of(column).Values is [.., var value] ? value : double.NaN;
    }

    private IEnumerable<ReportBlock> Score(EvaluationResult? last)
    {
        if (last is not null)
            yield return ScoreTable(last, _result is not null && _result.Exploit.Iteration == last.Iteration ? _result.Explore : null);
        var sessions = HasSessions;
        if (Line(_metrics, "mean_expected", "while training", 0) is { } expected)
        {
            List<ChartLine> lines = [expected];
            if (!sessions && Line(_evaluations, "mean_expected", "evaluation of all users", 1) is { X.Count: > 1 } evaluations)
                lines.Add(evaluations);
            if (Line(_metrics, "mean_oracle", "best possible", -1) is { } oracle)
                lines.Add(oracle);
            yield return new LineChart
            {
                Id = "learning",
                Title = "Learning curve",
                Description = "Expected responses per user in each training round, and in the evaluations of all users in exploit mode. The best possible are the best slates of each round alone.",
                XName = "iteration",
                YName = "expected responses per user",
                Lines = lines,
                Marks = sessions || last is null ? [] : [new ChartMark("random", last.Bounds.Random), new ChartMark("best fixed list", last.Bounds.BestFixed)],
            };
        }
        if (sessions && Line(_evaluations, "mean_expected", "evaluation of all users", 1) is { X.Count: > 1 } played)
        {
            yield return new LineChart
            {
                Id = "sessions",
                Title = "Score by session",
                Description = "Expected responses per session in the evaluations, which play one session with every user.",
                XName = "iteration",
                YName = "expected responses per session",
                Lines = [played],
                Marks = [new ChartMark("random", last!.Bounds.Random), new ChartMark("best fixed list", last.Bounds.BestFixed), new ChartMark("planning oracle", last.Bounds.Oracle)],
            };
        }
        if (Line(_metrics, "regret_total", _run.Agent, 0) is { } regret)
        {
            yield return new LineChart
            {
                Id = "regret",
                Title = "Regret",
                Description = "Expected responses lost so far against the best slates of each round alone, summed over users. A curve that levels off has stopped losing.",
                XName = "iteration",
                YName = "responses lost",
                Lines = [regret],
            };
        }
    }

    private ReportTable ScoreTable(EvaluationResult exploit, EvaluationResult? explore)
    {
        var bounds = exploit.Bounds;
        List<ReportRow> rows =
        [
            Bound("random slates", bounds.Random), Bound("best fixed list", bounds.BestFixed), .. bounds.Myopic is { } myopic ? [Bound("myopic oracle", myopic)] : (ReportRow[])[],
            Bound(bounds.Myopic is null ? "oracle" : "planning oracle", bounds.Oracle), Agent(_run.Agent, exploit, "best"), .. explore is null ? [] : (ReportRow[])[Agent(_run.Agent + " (exploring)", explore, "")],
        ];
        return new ReportTable(
            $"Evaluation of all users after iteration {exploit.Iteration.ToString(CultureInfo.InvariantCulture)}: mean responses per {(bounds.Myopic is null ? "user" : "session")}. The expected score is under the truth, without the luck of the draw; regret is its distance to the oracle.",
            [new("policy", IsNumber: false), new("expected score"), new("regret"), new("gap closed"), new("score as drawn")],
            [.. rows.OrderByDescending(row => row.Cells[1].Order)]);

        ReportRow Bound(string name, double value) => new(
            [name, new(Figure.Of(value), value), new(Figure.Of(bounds.Oracle - value), bounds.Oracle - value), new(Figure.Percent(bounds.GapClosed(value)), bounds.GapClosed(value)), new("", double.NaN)], "bound");

        static ReportRow Agent(string name, EvaluationResult one, string tone) => new(
            [name, new(Figure.Of(one.MeanExpected), one.MeanExpected), new(Figure.Of(one.Regret), one.Regret), new(Figure.Percent(one.GapClosed), one.GapClosed), new(Figure.Of(one.MeanResponses), one.MeanResponses)], tone);
    }

    private List<ReportBlock> Diagnostics()
    {
        var charts = new List<ReportBlock>();
        foreach (var name in _diagnostics.Names)
        {
            if (Line(_diagnostics, name, _run.Agent, 0) is { X.Count: > 1 } line)
            {
                charts.Add(new LineChart
                {
                    Id = $"says-{charts.Count + 1}",
                    Title = name,
                    Description = $"'{name}' as the agent tells it of itself after each round; its page in the documentation says what it means.",
                    XName = "iteration",
                    YName = name,
                    Lines = [line],
                });
            }
        }
        return charts;
    }

    private ReportSection Repeat()
    {
        var configuration = ServedFile.Text(Path.Combine(_folder, RunDescription.TrainFile))?.ReplaceLineEndings("\n").TrimEnd() ?? "";
        return new ReportSection("repeat", "How to repeat it",
        [
            new ReportCode("The command", $"dotnet run -- train --config {Quoted(Path.Combine(_folder, RunDescription.TrainFile))}"),
            new ReportCode("The configuration, every option written out", configuration),
        ]);
    }

    /// <returns>None where the table has no such figure.</returns>
    private static ChartLine? Line(FigureTable table, string column, string name, int slot)
    {
        var (iterations, values) = table.Of(column);
        return values.Any(double.IsFinite)
            ? new CurveData(iterations, [.. values.Select(value => new Interval(value, double.NaN, 1))]).ToLine(name, slot, true, MostPoints)
            : null;
    }

    private static string Quoted(string path) => path.Any(letter => char.IsWhiteSpace(letter) || letter is '\'' or '"' or '$' or '&' or ';' or '(' or ')' or '<' or '>' or '`' or '|' or '*') ? $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'" : path;

    private static Result? ReadResult(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Result>(File.ReadAllText(path), ResultJson.Options) is { Exploit.Bounds: not null, Explore.Bounds: not null } result ? result : throw new JsonException("it lacks exploit or explore.");
        }
        catch (JsonException fault)
        {
            throw new UserMistakeException($"{path} is damaged: {fault.Message.ReplaceLineEndings(" ")} 'train --resume' writes it anew.", fault);
        }
    }

    /// <summary>What is read of result.json.</summary>
    private sealed record Result(EvaluationResult Exploit, EvaluationResult Explore);
}
