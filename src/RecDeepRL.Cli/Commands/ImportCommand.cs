using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>import SOURCE --out DIR</c>: a public data set becomes a folder that the other commands read.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("SOURCE") { Description = "Folder of an unpacked data set (MovieLens, KuaiRec, KuaiRand-Pure), or a CSV or Parquet file whose columns are named." };
        var output = new Option<string>("--out") { Description = "Folder to write; must not exist.", HelpName = "DIR", Required = true };
        var format = new Option<string>("--format") { Description = $"{string.Join(", ", DatasetSource.Formats)}. Default: told from the names of the files.", HelpName = "F" };
        var response = new Option<string>("--response", "--response-column") { Description = "Column that becomes the response. Default: rating, watch_ratio (KuaiRec), is_click (KuaiRand); of a log, 1 for every row.", HelpName = "COLUMN" };
        var threshold = new NumberOption<double?>("--threshold", new RangeAttribute(double.MinValue, double.MaxValue)) { Description = "Make responses of at least X 1 and all others 0.", HelpName = "X" };
        var skipBad = new NumberOption<long>("--skip-bad", least: 0) { Description = "Pass over up to N bad rows and count them. Default 0.", HelpName = "N" };
        var duplicates = new Option<string>("--duplicates") { Description = "keep or refuse several rows of a user for one item. Default: refuse for MovieLens, keep elsewhere.", HelpName = "keep|refuse" };
        var user = new Option<string>("--user-column") { Description = "Of a log: the user's key. Default user_id, with --format log.", HelpName = "COLUMN" };
        var item = new Option<string>("--item-column") { Description = "Of a log: the item's key. Default item_id, with --format log.", HelpName = "COLUMN" };
        var time = new Option<string>("--time-column") { Description = "Of a log: the time. Default: the log has no times.", HelpName = "COLUMN" };
        var timeUnit = new Option<string>("--time-unit") { Description = "Of a log: what the times are, seconds, milliseconds or microseconds since 1970, or date. Default seconds.", HelpName = "U" };
        var textKeys = new Option<bool>("--text-keys") { Description = "Of a log: keys are texts, and are numbered." };
        var delimiter = new Option<string>("--delimiter") { Description = "Of a CSV log: what stands between fields; 'tab' for a tab. Default a comma.", HelpName = "D" };
        var encoding = new Option<string>("--encoding") { Description = "Of a CSV log: its encoding. Default utf-8.", HelpName = "E" };
        var command = new Command("import", "Import a public data set.") { source, output, format, response, threshold, skipBad, duplicates, user, item, time, timeUnit, textKeys, delimiter, encoding, Answer.Option() };
        command.SetAction(parsed =>
        {
            var columns = new LogColumns();
            columns = columns with
            {
                User = parsed.GetValue(user) ?? columns.User,
                Item = parsed.GetValue(item) ?? columns.Item,
                Time = parsed.GetValue(time),
                TimeUnit = parsed.GetValue(timeUnit) is { } unit ? UnitOf(unit) : columns.TimeUnit,
                TextKeys = parsed.GetValue(textKeys),
                Delimiter = parsed.GetValue(delimiter) is { } text ? text is "tab" or "\\t" ? "\t" : text : columns.Delimiter,
                Encoding = parsed.GetValue(encoding) ?? columns.Encoding,
            };
            return Import(parsed.GetValue(source)!, parsed.GetValue(output)!, new ImportOptions
            {
                Format = parsed.GetValue(format),
                Response = parsed.GetValue(response),
                Threshold = parsed.GetValue(threshold),
                SkipBad = parsed.GetValue(skipBad),
                KeepDuplicates = parsed.GetValue(duplicates) is { } rule ? Keeps(rule) : null,
                Log = new Option[] { user, item, time, timeUnit, textKeys, delimiter, encoding }.Any(option => parsed.GetResult(option) is { Implicit: false }) ? columns : null,
            });
        });
        return command;
    }

    private static int Import(string path, string destination, ImportOptions options)
    {
        using var interruption = new Interruption();
        var source = DatasetSource.Open(path, options);
        try
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            DatasetManifest Run(ProgressTask? bar) => source.Import(destination, new ImportProgressDisplay(bar).Show, interruption.Token);
            var manifest = Screen.IsTerminal
                ? AnsiConsole.Progress().Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context => Run(context.AddTask("starting")))
                : Run(null);
            var seconds = watch.Elapsed.TotalSeconds;
            Answer.Give(new { folder = destination, seconds, dataset = manifest }, console =>
            {
                console.Write(DatasetTable.Of(manifest, DatasetFolder.ReadTitles(destination)));
                foreach (var note in manifest.Notes)
                    console.WriteLine("Note: " + note);
                System.Console.WriteLine($"{manifest.Rows} rows of {manifest.Name} in {destination}, {seconds:F1} s, {manifest.Rows / seconds:F0} rows/s");
            });
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            System.Console.Error.WriteLine("The import was stopped; nothing is left of it.");
            return ExitCode.Interrupted;
        }
    }

    private static bool Keeps(string rule) => rule switch
    {
        "keep" => true,
        "refuse" => false,
        _ => throw new UserMistakeException($"--duplicates was '{rule}', must be keep or refuse."),
    };

    private static TimeUnit UnitOf(string unit) => unit switch
    {
        "seconds" => TimeUnit.Seconds,
        "milliseconds" => TimeUnit.Milliseconds,
        "microseconds" => TimeUnit.Microseconds,
        "date" => TimeUnit.Date,
        _ => throw new UserMistakeException($"--time-unit was '{unit}', must be seconds, milliseconds, microseconds or date."),
    };
}
