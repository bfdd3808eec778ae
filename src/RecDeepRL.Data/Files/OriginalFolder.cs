using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>The original's data in the original's own layout: tables under <c>response_models/data</c>, optional features under <c>data/task_4</c>.</summary>
public sealed class OriginalFolder
{
    private readonly string _tables;
    private readonly string _features;

    /// <param name="folder">The folder above <c>response_models</c>, or <c>response_models/data</c> itself.</param>
    /// <exception cref="UserMistakeException">No such folder.</exception>
    public OriginalFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserMistakeException($"There is no folder {folder}. --data expects the original's folder, the one that holds response_models/data.");
        var nested = Path.Combine(folder, "response_models", "data");
        _tables = Directory.Exists(nested) ? nested : folder;
        var top = Directory.Exists(nested) ? folder : Path.Combine(folder, "..", "..");
        _features = Path.GetFullPath(Path.Combine(top, "data", "task_4"));
    }

    /// <summary>The items of the first and third task.</summary>
    public ItemPopularity ReadItemPopularity()
    {
        var table = ParquetTable.Read(Table("popular_items_popularity.parquet"), ["item_idx", "is_popular", "is_unpopular"], ["popularity"]);
        var items = new KeyIndex(table.Integers("item_idx"));
        var rows = items.RowsOf(table.Integers("item_idx"), "item", table.Path);
        var popularity = rows.Select(row => table.Numbers("popularity")[row]).ToArray();
        var outside = Array.FindIndex(popularity, probability => probability is < 0 or > 1);
        if (outside >= 0)
            throw new UserMistakeException($"{table.Path} gives item {items.Keys[outside]} the probability {popularity[outside]}, expected is a value in [0, 1].");
        var result = new ItemPopularity
        {
            ItemKeys = items.Keys,
            Popularity = popularity,
            IsPopular = Flags(table, "is_popular", rows),
            IsUnpopular = Flags(table, "is_unpopular", rows),
        };
        var both = Enumerable.Range(0, items.Count).FirstOrDefault(item => result.IsPopular[item] && result.IsUnpopular[item], -1);
        return both < 0 ? result : throw new UserMistakeException($"{table.Path} calls item {items.Keys[both]} both popular and unpopular. Set one of the two to 0.");
    }

    /// <summary>Users, items and probabilities of the second task. The population is what the two context tables tell about; the table of
    /// probabilities may tell about more. Features are passed on as the files hold them.</summary>
    public ContextData ReadContext()
    {
        var (users, userFeatures) = ReadFeatures("users_context.parquet", "user");
        var (items, itemFeatures) = ReadFeatures("items_context.parquet", "item");
        var titles = Table("items_context_titles.csv");
        return new ContextData
        {
            Responses = ResponseTableReader.Read(Table("context_items_relevance.parquet"), users, items),
            Users = userFeatures,
            Items = itemFeatures,
            ItemTitles = File.Exists(titles) ? ReadTitles(titles, items) : [],
        };
    }

    /// <summary>The probabilities of the fourth task.</summary>
    public ResponseTable ReadPersonal() => ResponseTableReader.Read(Table("als_response_df_1000_items.parquet"));

    /// <summary>What MovieLens tells about the users of the fourth task.</summary>
    public FeatureTable ReadPersonalUsers(long[] userKeys) => MovieLensFeatures.ReadUsers(Path.Combine(_features, "user_features.csv"), userKeys);

    /// <summary>What MovieLens tells about the items of the fourth task.</summary>
    public FeatureTable ReadPersonalItems(long[] itemKeys) => MovieLensFeatures.ReadItems(Path.Combine(_features, "1000_items_features.csv"), itemKeys);

    /// <summary>Genre and year of the items of the fourth task, for people to read; nothing where the folder has no such file.</summary>
    public IReadOnlyList<ItemLabel> ReadPersonalLabels(long[] itemKeys)
    {
        var path = Path.Combine(_features, "1000_items_features.csv");
        return File.Exists(path) ? MovieLensFeatures.ReadLabels(path, itemKeys) : [];
    }

    private string Table(string name) => Path.Combine(_tables, name);

    private static bool[] Flags(ParquetTable table, string column, int[] rows) => [.. rows.Select(row => table.Integers(column)[row] switch
    {
        0 => false,
        1 => true,
        var other => throw new UserMistakeException($"Column '{column}' of {table.Path} holds {other} in row {row + 1}, expected 0 or 1."),
    })];

    private (KeyIndex Keys, FeatureTable Features) ReadFeatures(string name, string kind)
    {
        string[] names = [.. Enumerable.Range(0, 4).Select(feature => $"{kind}_feature_{feature}")];
        var table = ParquetTable.Read(Table(name), [$"{kind}_idx"], names);
        var keys = new KeyIndex(table.Integers($"{kind}_idx"));
        var rows = keys.RowsOf(table.Integers($"{kind}_idx"), kind, table.Path);
        return (keys, new FeatureTable { Names = names, Values = [.. rows.SelectMany(row => names.Select(feature => SinglePrecision.Of(table.Numbers(feature)[row], feature, table.Path)))] });
    }

    private static string[] ReadTitles(string path, KeyIndex items)
    {
        var table = CsvTable.Read(path, "item_id", "title");
        long[] rowKeys = [.. Enumerable.Range(0, table.Rows.Count).Select(row => table.Integer(row, 0))];
        return [.. items.RowsOf(rowKeys, "item", path).Select(row => table.Rows[row][1])];
    }
}
