using System.Diagnostics;
using System.Globalization;
using RecDeepRL.Data.Datasets;
using Spectre.Console;

namespace RecDeepRL.Cli.Display;

/// <summary>Shows an import as it goes: a bar on a terminal, elsewhere a plain line every few seconds.</summary>
/// <param name="bar">The terminal's bar, or none.</param>
internal sealed class ImportProgressDisplay(ProgressTask? bar)
{
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _lastLine;

    public void Show(ImportProgress progress)
    {
        var elapsed = _watch.Elapsed;
        var left = TimeSpan.FromSeconds(progress.Share > 0 ? elapsed.TotalSeconds / progress.Share * (1 - progress.Share) : 0);
        var text = string.Create(CultureInfo.InvariantCulture, $"{progress.Rows} rows  {progress.Rows / elapsed.TotalSeconds:F0} rows/s  {left:h\\:mm\\:ss} left");
        if (bar is not null)
        {
            bar.Value = progress.Share * bar.MaxValue;
            bar.Description = Markup.Escape(text);
        }
        else if (elapsed - _lastLine >= s_betweenLines)
        {
            _lastLine = elapsed;
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.Share:P0}  {text}"));
        }
    }
}
