using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>KuaiRand-Pure: videos shown on Kuaishou, either by its recommenders (the two standard logs) or at random (the third).</summary>
/// <remarks>Gao et al. 2022, KuaiRand: An Unbiased Sequential Recommendation Dataset with Randomly Exposed Videos.</remarks>
internal sealed class KuaiRandPure : DatasetFormat
{
    private const string UsersFile = "user_features_pure.csv";
    private const string VideosFile = "video_features_basic_pure.csv";

    private readonly string[] _logs;

    private KuaiRandPure(string name, params string[] logs)
    {
        Name = name;
        _logs = logs;
    }

    public static KuaiRandPure Standard { get; } = new("kuairand-pure", "log_standard_4_08_to_4_21_pure.csv", "log_standard_4_22_to_5_08_pure.csv");

    public static KuaiRandPure Random { get; } = new("kuairand-pure-random", "log_random_4_22_to_5_08_pure.csv");

    public override string Name { get; }

    public override string Layout => $"{string.Join(", ", _logs)}, {UsersFile}, {VideosFile}";

    public override bool Fits(string path) => _logs.Any(log => FolderWith(path, log) is not null);

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var folder = RequireFolder(path, [.. _logs, UsersFile, VideosFile]);
        var response = options.Response ?? "is_click";
        return new OpenedDataset
        {
            Name = Name,
            Logs = [.. _logs.Select(log => TextLog.OfCsv(Path.Combine(folder, log), "user_id", "video_id", response, "time_ms", TimeUnit.Milliseconds))],
            ResponseColumn = response,
            KeepsDuplicates = true,
            ReadUsers = bad => KuaiFeatures.ReadUsers(Path.Combine(folder, UsersFile), bad),
            ReadItems = bad => CsvFeatures.Read(Path.Combine(folder, VideosFile), "video_id", DatasetFolder.ItemKey, KuaiFeatures.KindOfVideoColumn, bad),
        };
    }
}
