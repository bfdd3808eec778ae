using System.Text.Json;
using RecDeepRL.Core;
using RecDeepRL.Data.Datasets.Reading;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Datasets;

/// <summary>A data set as a folder: <c>interactions.parquet</c>, <c>users.parquet</c>, <c>items.parquet</c> and <c>dataset.json</c>.</summary>
public static class DatasetFolder
{
    internal const string UserKey = "user_idx";
    internal const string ItemKey = "item_idx";
    internal const string Response = "response";
    internal const string Time = "timestamp";
    internal const string InteractionsFile = "interactions.parquet";
    internal const string UsersFile = "users.parquet";
    internal const string ItemsFile = "items.parquet";
    internal const string ManifestFile = "dataset.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
        TypeInfoResolver = StrictJson.Resolver,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Whether a folder is one of these, and not a data set as its publisher packs it.</summary>
    public static bool Holds(string path) => File.Exists(Path.Combine(path, ManifestFile));

    /// <summary>Reads a whole data set into memory: 32 bytes for each interaction with a time, 24 for one without.</summary>
    /// <param name="path">A folder that <see cref="Write"/> or <see cref="DatasetSource.Import"/> made.</param>
    /// <exception cref="UserMistakeException">No such folder, a file that cannot be read, or one that does not hold what <c>dataset.json</c> says.</exception>
    public static Dataset Read(string path)
    {
        var manifest = ReadManifest(path);
        var file = Path.Combine(path, InteractionsFile);
        if (!File.Exists(file))
            throw new UserMistakeException($"There is no {file}. The folder is damaged; import the data set again.");
        string[] integers = manifest.HasTimes ? [UserKey, ItemKey, Time] : [UserKey, ItemKey];
        var table = ParquetTable.Read(file, integers, [Response]);
        RequireCount(file, "rows", table.RowCount, manifest.Rows);
        RequireCount(file, "distinct users", Distinct(table.Integers(UserKey)), manifest.Users);
        RequireCount(file, "distinct items", Distinct(table.Integers(ItemKey)), manifest.Items);
        var columns = new List<DataColumn>
        {
            new IntegerColumn(UserKey, table.Integers(UserKey)),
            new IntegerColumn(ItemKey, table.Integers(ItemKey)),
            new NumberColumn(Response, table.Numbers(Response)),
        };
        if (manifest.HasTimes)
            columns.Add(new IntegerColumn(Time, table.Integers(Time)));
        return new Dataset
        {
            Name = manifest.Name,
            Interactions = new DataTable(columns, file),
            Users = ReadTable(Path.Combine(path, UsersFile), UserKey, manifest.UserRows),
            Items = ReadTable(Path.Combine(path, ItemsFile), ItemKey, manifest.ItemRows),
        };
    }

    /// <summary>Reads what <c>dataset.json</c> says.</summary>
    /// <exception cref="UserMistakeException">No such folder, or one that holds no data set.</exception>
    public static DatasetManifest ReadManifest(string path)
    {
        if (!Directory.Exists(path))
            throw new UserMistakeException($"There is no folder '{path}'. Give the folder of an imported data set.");
        var file = Path.Combine(path, ManifestFile);
        if (!File.Exists(file))
            throw new UserMistakeException($"The folder '{path}' holds no {ManifestFile}, so it is no imported data set. Import one with: import SOURCE --out DIR.");
        try
        {
            var manifest = JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllBytes(file), s_json)
                ?? throw new JsonException("it holds null");
            return manifest.Version == DatasetManifest.CurrentVersion ? manifest
                : throw new UserMistakeException($"{file} has version {manifest.Version}, this program reads version {DatasetManifest.CurrentVersion}. Import the data set again.");
        }
        catch (Exception fault) when (StrictJson.IsDamage(fault) || fault is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException($"{file} cannot be read ({fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Import the data set again.", fault);
        }
    }

    /// <summary>The titles of items, or the texts of their keys, by key; empty where the data set has neither.</summary>
    public static IReadOnlyDictionary<long, string> ReadTitles(string path)
    {
        var items = ReadTable(Path.Combine(path, ItemsFile), ItemKey, ReadManifest(path).ItemRows);
        if (items is null || (items.Find("title") ?? items.Find("key")) is not TextColumn titles)
            return new Dictionary<long, string>();
        return Integers(items, ItemKey).Zip(titles.Values).ToDictionary(one => one.First, one => one.Second);
    }

    /// <summary>Writes a data set as a new folder, whole or not at all.</summary>
    /// <param name="path">Must not exist.</param>
    /// <exception cref="ArgumentException">The interactions lack a column, or a column is of another type.</exception>
    /// <exception cref="UserMistakeException">The folder exists or cannot be written.</exception>
    public static DatasetManifest Write(string path, Dataset dataset)
    {
        var users = Integers(dataset.Interactions, UserKey);
        var items = Integers(dataset.Interactions, ItemKey);
        var responses = dataset.Interactions.Find(Response) switch
        {
            NumberColumn numbers => numbers.Values,
            IntegerColumn integers => Array.ConvertAll(integers.Values, value => (double)value),
            _ => throw Lacking(dataset.Interactions, Response, "numbers"),
        };
        var times = dataset.Interactions.Find(Time) is null ? null : Integers(dataset.Interactions, Time);
        using var writer = DatasetFolderWriter.Create(path);
        var taker = new InteractionTaker(writer.OpenInteractions(times is not null), times is not null, threshold: null, keepDuplicates: true, new BadRows(0));
        for (var row = 0; row < users.Length; row++)
            taker.Take(dataset.Interactions.Source, row + 1, users[row], items[row], responses[row], times?[row] ?? FieldParsing.UnknownTime);
        taker.Finish(dataset.Interactions.Source);
        var manifest = Manifest(dataset.Name, Response, taker) with { UserRows = dataset.Users?.RowCount, ItemRows = dataset.Items?.RowCount };
        writer.Complete(dataset.Users, dataset.Items, manifest);
        return manifest;
    }

    internal static string ToJson(DatasetManifest manifest) => JsonSerializer.Serialize(manifest, s_json) + "\n";

    /// <summary>The counts of what was taken.</summary>
    internal static DatasetManifest Manifest(string name, string responseColumn, InteractionTaker taken) => new()
    {
        Name = name,
        ResponseColumn = responseColumn,
        Rows = taken.Rows,
        Users = taken.Users.Count,
        Items = taken.Items.Count,
        MeanResponse = taken.MeanResponse,
        LeastResponse = taken.LeastResponse,
        GreatestResponse = taken.GreatestResponse,
        HasTimes = taken.HasTimes,
        FirstTime = taken.FirstTime,
        LastTime = taken.LastTime,
        RowsWithoutTime = taken.HasTimes ? taken.RowsWithoutTime : 0,
        FrequentUsers = taken.Users.MostFrequent(5),
        FrequentItems = taken.Items.MostFrequent(5),
    };

    private static DataTable? ReadTable(string file, string key, int? rows)
    {
        if (rows is null)
            return null;
        if (!File.Exists(file))
            throw new UserMistakeException($"There is no {file}. The folder is damaged; import the data set again.");
        var table = TableFile.Read(file);
        RequireCount(file, "rows", table.RowCount, rows.Value);
        if (table.Find(key) is not IntegerColumn keys)
            throw new UserMistakeException($"{file} has no column '{key}' of whole numbers. The folder is damaged; import the data set again.");
        RequireCount(file, "distinct keys", Distinct(keys.Values), rows.Value);
        return table;
    }

    private static void RequireCount(string file, string what, long found, long expected)
    {
        if (found != expected)
            throw new UserMistakeException($"{file} holds {found} {what}, {ManifestFile} says {expected}. The folder is damaged; import the data set again.");
    }

    private static int Distinct(long[] values) => new HashSet<long>(values).Count;

    private static long[] Integers(DataTable table, string column) =>
        table.Find(column) is IntegerColumn integers ? integers.Values : throw Lacking(table, column, "whole numbers");

    private static ArgumentException Lacking(DataTable table, string column, string type) =>
        new($"{table.Source} has no column '{column}' of {type}, only {string.Join(", ", table.Columns.Select(one => $"'{one.Name}' ({one.GetType().Name})"))}.");
}
