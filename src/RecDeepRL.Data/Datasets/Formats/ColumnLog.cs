using System.Text;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>Any CSV or Parquet table with an interaction in each row, its columns named by the options.</summary>
internal sealed class ColumnLog : DatasetFormat
{
    public override string Name => "log";

    public override string Layout => "a CSV file with a header, a Parquet file or a folder of Parquet parts, whose columns are named by --user-column, --item-column, …";

    /// <summary>Never by itself: somebody has to name the columns.</summary>
    public override bool Fits(string path) => false;

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var columns = options.Log ?? new LogColumns();
        var (users, items) = columns.TextKeys ? (new TextKeys(), new TextKeys()) : (null, null);
        return new OpenedDataset
        {
            Name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
            Logs = [.. FilesOf(path).Select(file => Open(file, columns, options.Response, users, items))],
            ResponseColumn = options.Response ?? "(none)",
            KeepsDuplicates = true,
            ReadUsers = users is null ? null : _ => KeyTable(DatasetFolder.UserKey, path, users),
            ReadItems = items is null ? null : _ => KeyTable(DatasetFolder.ItemKey, path, items),
            Notes = options.Response is null ? ["No column was named for the response: every row is a response of 1."] : [],
        };
    }

    private static string[] FilesOf(string path) =>
        Directory.Exists(path) ? ParquetTable.PartsOf(path)
        : File.Exists(path) ? [path]
        : throw new UserMistakeException($"There is no '{path}'. Give a CSV file, a Parquet file or a folder of Parquet parts.");

    private static InteractionLog Open(string file, LogColumns columns, string? response, TextKeys? users, TextKeys? items) =>
        file.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
            ? new ParquetLog(file, columns, response, users, items)
            : TextLog.OfCsv(
                file, columns.User, columns.Item, response, columns.Time, columns.TimeUnit, delimiter: columns.Delimiter,
                encoding: EncodingOf(columns.Encoding), userKeys: users, itemKeys: items);

    private static Encoding EncodingOf(string name)
    {
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException fault)
        {
            throw new UserMistakeException($"Unknown encoding '{name}'. Known are {string.Join(", ", Encoding.GetEncodings().Select(one => one.Name))}.", fault);
        }
    }

    private static FeatureTableBuilder KeyTable(string key, string path, TextKeys keys)
    {
        var table = new FeatureTableBuilder(key, path);
        var texts = table.Add(new TextFeature("key"));
        for (var number = 0; number < keys.Texts.Count; number++)
        {
            table.Begin(number);
            texts.Add(keys.Texts[number]);
        }
        return table;
    }
}
