using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Reporting.Dashboard;

/// <summary>What the page asks for, as JSON: the list of runs, curves of a figure, details of a run; and the stop of a run.</summary>
internal sealed class DashboardApi(string folder, RequestRules rules)
{
    private const int MostRuns = 24;
    private const int MostPoints = 4000;
    private const int MostWindow = 100_000;
    private const int MostKept = 64;
    private const int LogBytes = 16 * 1024;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    private readonly RunIndex _index = new(folder);
    private readonly Dictionary<string, (RunFigures Figures, long Used)> _figures = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _clock;

    /// <summary>How many runs there are now.</summary>
    public int Count => _index.Runs().Count;

    /// <summary>GET: the token of this page and the folder's name.</summary>
    public Task Session(HttpContext context) => Json(context, new { token = rules.Token, folder, program = CheckpointStore.ProgramVersion });

    /// <summary>GET: all runs.</summary>
    public Task Runs(HttpContext context) => Json(context, new { runs = _index.Runs() });

    /// <summary>GET figure, window, points, and run with known in pairs: a curve for each run.</summary>
    public Task Curves(HttpContext context)
    {
        var query = context.Request.Query;
        if (FigureName.Parse(query["figure"]) is not { } figure)
            return Refuse(context, StatusCodes.Status400BadRequest, "figure must be training.NAME, evaluation.NAME or agent.NAME.");
        if (!TryNumber("window", 0, MostWindow, 1, out var window) || !TryNumber("points", 4, MostPoints, 1000, out var points))
            return Refuse(context, StatusCodes.Status400BadRequest, $"window must be in [0, {MostWindow}], points in [4, {MostPoints}].");
        var (names, known) = (query["run"], query["known"]);
        if (names.Count > MostRuns || (known.Count != 0 && known.Count != names.Count))
            return Refuse(context, StatusCodes.Status400BadRequest, $"At most {MostRuns} runs can be asked for at once, each with what is known of it or none with it.");
        var curves = new List<object>();
        // Files are read by one request at a time: two pages that are open share what is read.
        lock (_gate)
        {
            for (var index = 0; index < names.Count; index++)
            {
                var name = names[index];
                if (_index.FolderOf(name) is not { } path)
                {
                    curves.Add(new { run = name, gone = true });
                    continue;
                }
                var run = FiguresOf(path);
                curves.Add(new { run = name, gone = false, curve = run.Of(figure, window, points, known.Count == 0 ? null : known[index]), bounds = run.Bounds(), ownFigures = run.OwnFigures() });
            }
        }
        return Json(context, new { curves });

        bool TryNumber(string name, int least, int most, int absent, out int value)
        {
            value = absent;
            return query[name].Count == 0 || (int.TryParse(query[name], out value) && value >= least && value <= most);
        }
    }

    /// <summary>GET run: configuration, end of the log, checkpoints.</summary>
    public Task Details(HttpContext context)
    {
        if (_index.Find(context.Request.Query["run"]) is not { } run || _index.FolderOf(run.Name) is not { } path)
            return Refuse(context, StatusCodes.Status404NotFound, "There is no such run any more.");
        return Json(context, new
        {
            run,
            configuration = ServedFile.Text(Path.Combine(path, run.Kind == "train" ? RunDescription.TrainFile : RunDescription.LogFile)) ?? "",
            log = ServedFile.Tail(Path.Combine(path, "run.log"), LogBytes),
            checkpoints = CheckpointStore.All(path).Select(Path.GetFileName),
            path = Path.Combine(folder, run.Name == Path.GetFileName(Path.GetFullPath(folder)) && path == Path.GetFullPath(folder) ? "" : run.Name),
        });
    }

    /// <summary>POST run: asks the process that is at work on it to stop.</summary>
    public Task Stop(HttpContext context)
    {
        if (rules.RefusalToChange(context.Request) is { } refusal)
            return Refuse(context, StatusCodes.Status403Forbidden, refusal);
        if (_index.FolderOf(context.Request.Query["run"]) is not { } path)
            return Refuse(context, StatusCodes.Status404NotFound, "There is no such run any more.");
        try
        {
            if (!RunHolder.AskToStop(path))
                return Refuse(context, StatusCodes.Status409Conflict, "No process is at work on this run.");
        }
        catch (UserMistakeException mistake)
        {
            return Refuse(context, StatusCodes.Status409Conflict, mistake.Message);
        }
        _index.Forget();
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Json(context, new { asked = true });
    }

    /// <summary>The figures of the runs that were looked at last stay in memory.</summary>
    private RunFigures FiguresOf(string path)
    {
        if (!_figures.TryGetValue(path, out var kept))
        {
            if (_figures.Count >= MostKept)
                _figures.Remove(_figures.MinBy(one => one.Value.Used).Key);
            kept.Figures = new RunFigures(path);
        }
        _figures[path] = (kept.Figures, ++_clock);
        return kept.Figures;
    }

    private static Task Json(HttpContext context, object value) => context.Response.WriteAsJsonAsync(value, s_json, context.RequestAborted);

    private static Task Refuse(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return Json(context, new { error = reason });
    }
}
