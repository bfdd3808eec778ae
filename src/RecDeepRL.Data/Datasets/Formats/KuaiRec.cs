using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>KuaiRec: videos watched on Kuaishou. The big matrix is sparse; the small one holds nearly every pair of its users and videos.</summary>
/// <remarks>Gao et al. 2022, KuaiRec: A Fully-Observed Dataset and Insights for Evaluating Recommender Systems. About 4 % of the small matrix's
/// rows have no time; the big matrix holds some rows more than once.</remarks>
internal sealed class KuaiRec : DatasetFormat
{
    private const string UsersFile = "user_features.csv";
    private const string CategoriesFile = "item_categories.csv";
    private const string DailyFile = "item_daily_features.csv";

    private readonly string _matrix;

    private KuaiRec(string name, string matrix)
    {
        Name = name;
        _matrix = matrix;
    }

    public static KuaiRec Big { get; } = new("kuairec-big", "big_matrix.csv");

    public static KuaiRec Small { get; } = new("kuairec-small", "small_matrix.csv");

    public override string Name { get; }

    public override string Layout => $"{_matrix}, {CategoriesFile}, {UsersFile} and, where it is there, {DailyFile}";

    public override bool Fits(string path) => FolderWith(path, _matrix) is not null;

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var folder = RequireFolder(path, _matrix, CategoriesFile, UsersFile);
        var response = options.Response ?? "watch_ratio";
        return new OpenedDataset
        {
            Name = Name,
            Logs = [TextLog.OfCsv(Path.Combine(folder, _matrix), "user_id", "video_id", response, "timestamp", TimeUnit.Seconds, timeMayBeMissing: true)],
            ResponseColumn = response,
            KeepsDuplicates = true,
            ReadUsers = bad => KuaiFeatures.ReadUsers(Path.Combine(folder, UsersFile), bad),
            ReadItems = bad => ReadItems(folder, bad),
        };
    }

    private static FeatureTableBuilder ReadItems(string folder, BadRows bad)
    {
        var table = CsvFeatures.Read(
            Path.Combine(folder, CategoriesFile), "video_id", DatasetFolder.ItemKey,
            name => name == "feat" ? FeatureKind.Tags : FeatureKind.Ignored, bad, tagPrefix: "category");
        var daily = Path.Combine(folder, DailyFile);
        if (File.Exists(daily))
            table.Join(CsvFeatures.Read(daily, "video_id", DatasetFolder.ItemKey, KuaiFeatures.KindOfVideoColumn, bad, firstRowsOnly: true));
        return table;
    }
}
