using System.Text.Json;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Data.Files;
using RecDeepRL.Experiments;
using RecDeepRL.Reporting;
using RecDeepRL.Simulation.Learning;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>response inspect</c>: what a folder of probabilities holds.</summary>
internal static class ResponseInspection
{
    private const int ShownItems = 5;

    public static int Run(string folder, int? slateSize, string? pictures)
    {
        var original = new OriginalFolder(folder);
        var nested = Path.Combine(folder, "response_models", "data");
        var tables = Directory.Exists(nested) ? nested : folder;
        var report = ReadReport(Path.Combine(folder, LearnedReport.FileName));
        var (context, personal) = (Path.Exists(Path.Combine(tables, "context_items_relevance.parquet")), Path.Exists(Path.Combine(tables, "als_response_df_1000_items.parquet")));
        if (!context && !personal)
            throw new UserMistakeException($"'{folder}' holds no table of probabilities: neither context_items_relevance.parquet nor als_response_df_1000_items.parquet. Give a folder that 'response fit' made, or the original's.");

        var found = new List<(string Environment, ResponseTable Table, ResponseSummary Summary, IReadOnlyDictionary<long, string> Titles, int SlateSize)>();
        if (context)
            Add("context", original.ReadContext().Responses, "items_context_titles.csv", 1);
        if (personal)
            Add("personal", original.ReadPersonal(), "als_items_titles.csv", 10);
        if (pictures is not null)
            CreateFolder(pictures);
        foreach (var (environment, table, summary, titles, size) in found)
        {
            if (pictures is not null)
                ReliabilityPlot.DrawDistribution(Path.Combine(pictures, $"{environment}-probabilities"), $"{environment}: {table.UserKeys.Length} users × {table.ItemKeys.Length} items", summary.Histogram);
        }
        if (report is not null && pictures is not null)
            ReliabilityPlot.Draw(Path.Combine(pictures, "reliability"), ResponseScreen.TitleOf(report), ResponseScreen.CurvesOf(report));
        Answer.Give(
            new
            {
                tables = found.Select(one => new { environment = one.Environment, slateSize = one.SlateSize, users = one.Table.UserKeys.Length, items = ItemsOf(one.Table, one.Summary, one.Titles), summary = one.Summary }),
                report,
            },
            console =>
            {
                foreach (var (environment, table, summary, titles, size) in found)
                    Show(console, environment, table, summary, titles, size);
                if (report is not null)
                    ResponseScreen.Show(console, report);
            });
        return ExitCode.Done;

        void Add(string environment, ResponseTable table, string titles, int usualSize)
        {
            var size = slateSize ?? Math.Min(usualSize, table.ItemKeys.Length);
            if (size > table.ItemKeys.Length)
                throw new UserMistakeException($"--slate-size was {size}, but the table of {environment} holds {table.ItemKeys.Length} items. Ask for at most so many.");
            found.Add((environment, table, ResponseSummary.Of(table, size), ReadTitles(Path.Combine(tables, titles)), size));
        }
    }

    private static IEnumerable<object> ItemsOf(ResponseTable table, ResponseSummary summary, IReadOnlyDictionary<long, string> titles) =>
        table.ItemKeys.ToArray().Zip(summary.ItemMeans, (key, mean) => new { key, title = titles.GetValueOrDefault(key), mean });

    private static void Show(IAnsiConsole console, string environment, ResponseTable table, ResponseSummary summary, IReadOnlyDictionary<long, string> titles, int slateSize)
    {
        System.Console.WriteLine($"{environment}: {table.UserKeys.Length} users × {table.ItemKeys.Length} items, probabilities from {ResponseScreen.Number(summary.Least)} to {ResponseScreen.Number(summary.Most)}, mean {ResponseScreen.Number(summary.Mean)}");
        ResponseScreen.ShowHistogram(summary.Histogram);
        System.Console.WriteLine($"standard deviation between items {ResponseScreen.Number(summary.ItemSpread)}, between users {ResponseScreen.Number(summary.UserSpread)}, of tastes beyond both {ResponseScreen.Number(summary.TasteSpread)}");
        System.Console.WriteLine($"expected responses with {slateSize} item{(slateSize == 1 ? "" : "s")}: random {ResponseScreen.Number(summary.Random)}, best fixed {ResponseScreen.Number(summary.BestFixed)}, oracle {ResponseScreen.Number(summary.Oracle)}");
        var items = Enumerable.Range(0, table.ItemKeys.Length).OrderByDescending(item => summary.ItemMeans[item]).ThenBy(item => item).ToList();
        var rows = new Table().Border(TableBorder.Simple).AddColumn("item").AddColumn("title").AddColumn(new TableColumn("mean probability").RightAligned());
        var all = items.Count <= 2 * ShownItems;
        foreach (var item in all ? items : items.Take(ShownItems))
            AddRow(item);
        if (!all)
        {
            rows.AddRow("…", "", "");
            foreach (var item in items.TakeLast(ShownItems))
                AddRow(item);
        }
        console.Write(rows);

        void AddRow(int item) => rows.AddRow($"{table.ItemKeys[item]}", Markup.Escape(titles.GetValueOrDefault(table.ItemKeys[item], "")), ResponseScreen.Number(summary.ItemMeans[item]));
    }

    private static Dictionary<long, string> ReadTitles(string path) =>
        File.Exists(path) && TableFile.Read(path, "item_id", "title") is { } table && table.Find("item_id") is IntegerColumn keys && table.Find("title") is TextColumn titles
            ? keys.Values.Zip(titles.Values).DistinctBy(one => one.First).ToDictionary(one => one.First, one => one.Second)
            : [];

    private static LearnedReport? ReadReport(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<LearnedReport>(File.ReadAllText(path), ResultJson.Options) ?? throw new JsonException("it holds null");
        }
        catch (JsonException fault)
        {
            throw new UserMistakeException($"{path} is no report of a fit ({fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Remove it, or fit again.", fault);
        }
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"The folder '{folder}' of --png cannot be made: {fault.Message} Choose another.", fault);
        }
    }
}
