using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RecDeepRL.Cli.Display;

/// <summary>A comparison as it goes, on a terminal: a line for each agent with how many of its runs are finished, what is running, and the mean score so far.</summary>
internal sealed class ComparisonBoard
{
    private const int BarWidth = 24;

    /// <summary>Lines that are not agents': heading, foot and some air.</summary>
    private const int OtherLines = 6;

    private readonly Lock _gate = new();
    private readonly Catalog _catalog;
    private readonly Dictionary<string, Line> _lines = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly int _left;
    private int _done;

    /// <param name="isFinished">Runs that were finished before.</param>
    public ComparisonBoard(ComparisonPlan plan, Func<RunPlan, bool> isFinished, Catalog catalog)
    {
        _catalog = catalog;
        foreach (var cell in plan.Cells)
        {
            var line = LineOf(cell);
            line.Total++;
            if (isFinished(cell))
                line.Done++;
            else
                _left++;
        }
    }

    public void Progressed(RunPlan cell, long iteration, long iterations)
    {
        lock (_gate)
            LineOf(cell).Running[(cell.Environment, cell.Seed)] = (iteration, iterations);
    }

    public void Finished(RunPlan cell, ComparisonRow row)
    {
        lock (_gate)
        {
            var line = LineOf(cell);
            line.Running.Remove((cell.Environment, cell.Seed));
            line.Done++;
            if (row.Oracle != row.Random)
                line.Shares.Add((row.FinalExpected - row.Random) / (row.Oracle - row.Random));
            _done++;
        }
    }

    public void Failed(RunPlan cell)
    {
        lock (_gate)
        {
            var line = LineOf(cell);
            line.Running.Remove((cell.Environment, cell.Seed));
            line.Failed++;
            _done++;
        }
    }

    /// <summary>Shows the board while something runs.</summary>
    /// <remarks>What <paramref name="run"/> throws comes through.</remarks>
    public void Show(Action run) => AnsiConsole.Live(Render(AnsiConsole.Profile.Height)).Start(context =>
    {
        var running = Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!((IAsyncResult)running).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(250)))
            context.UpdateTarget(Render(AnsiConsole.Profile.Height));
        context.UpdateTarget(Render(AnsiConsole.Profile.Height));
        running.GetAwaiter().GetResult();
    });

    /// <summary>As it stands; where the terminal has too few lines for all agents, those that run come first, and the finished ones last.</summary>
    public IRenderable Render(int height)
    {
        lock (_gate)
        {
            var room = Math.Max(3, height - OtherLines);
            var shown = (_lines.Count <= room ? _lines : _lines.OrderBy(line => line.Value.Running.Count > 0 ? 0 : line.Value.Done + line.Value.Failed < line.Value.Total ? 1 : 2).Take(room)).ToList();
            var table = new Table().Border(TableBorder.None)
                .AddColumn("agent").AddColumn("runs").AddColumn(new TableColumn("").RightAligned()).AddColumn(new TableColumn("gap closed").RightAligned()).AddColumn("now");
            foreach (var (name, line) in shown)
            {
                table.AddRow(
                    new Text(name), Bar(line), new Text($"{line.Done}/{line.Total}"),
                    new Text(line.Shares.Count == 0 ? "" : (100 * line.Shares.Average()).ToString("F1", CultureInfo.InvariantCulture) + " %"), new Text(line.Now));
            }
            var hidden = _lines.Count - shown.Count;
            return new Rows(table, new Text($"{(hidden > 0 ? $"and {hidden} agents more; " : "")}{_done} of {_left} runs, {Elapsed(_watch.Elapsed)}{Remaining()}"));
        }
    }

    /// <summary>Hours, minutes and seconds, after the days where there are any.</summary>
    public static string Elapsed(TimeSpan time) => time.ToString(time.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static Markup Bar(Line line)
    {
        var full = BarWidth * line.Done / line.Total;
        var failed = line.Failed == 0 ? 0 : Math.Max(1, BarWidth * line.Failed / line.Total);
        return new Markup($"[green]{new string('━', full)}[/][red]{new string('━', Math.Min(failed, BarWidth - full))}[/][grey]{new string('━', Math.Max(0, BarWidth - full - failed))}[/]");
    }

    private string Remaining() => _done == 0 || _done == _left ? "" : $", {Elapsed(_watch.Elapsed / _done * (_left - _done))} left";

    private Line LineOf(RunPlan cell)
    {
        var options = cell.ChangedAgentOptions(_catalog);
        var label = options.Length == 0 ? cell.Agent : $"{cell.Agent} ({options.Replace(";", ", ", StringComparison.Ordinal)})";
        if (!_lines.TryGetValue(label, out var line))
            _lines[label] = line = new Line();
        return line;
    }

    private sealed class Line
    {
        public int Total { get; set; }

        public int Done { get; set; }

        public int Failed { get; set; }

        public Dictionary<(string Environment, long Seed), (long Iteration, long Iterations)> Running { get; } = [];

        public List<double> Shares { get; } = [];

        public string Now => string.Join("; ", Running.Select(one => $"{one.Key.Environment} seed {one.Key.Seed}, {one.Value.Iteration}/{one.Value.Iterations}"));
    }
}
