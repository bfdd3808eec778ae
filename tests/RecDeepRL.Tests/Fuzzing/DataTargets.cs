using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Files;
using RecDeepRL.Tests.Data;
using RecDeepRL.Tests.Data.Datasets;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Public data sets as their publishers pack them, this program's own folders of data, and tables in the original's layout; a few rows of each.</summary>
internal static class DataTargets
{
    private const string Matrix = "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio\n";
    private const string Watched = "user_id,video_id,date,hourmin,time_ms,is_click,is_like,long_view\n";

    public static IReadOnlyList<Func<FuzzTarget>> All { get; } =
    [
        () => Source("movielens-100k", null, source => source
            .Write("u.data", "196\t242\t3\t881250949\n22\t267\t1\t878887116\n")
            .Write("u.user", "196|49|M|writer|55105\n22|25|F|technician|T8H1N\n")
            .Write("u.item", $"242|A (1995)|24-Jan-1997||u|{string.Join('|', Enumerable.Repeat(1, 19))}\n267|unknown||||{string.Join('|', Enumerable.Repeat(0, 19))}\n")),
        () => Source("movielens-1m", null, source => source
            .Write("ratings.dat", "1::1193::5::978300760\n1::47::3::978300761\n6040::1193::4::956704746\n")
            .Write("users.dat", "1::F::1::10::48067\n6040::M::25::6::11106\n")
            .Write("movies.dat", "47::Seven (Se7en) (1995)::Crime|Thriller\n1193::La (1958)::Drama\n")),
        () => Source("movielens-csv", null, source => source
            .Write("ratings.csv", "userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n2,29,4.0,1112484676\n")
            .Write("movies.csv", "movieId,title,genres\n2,Jumanji (1995),Adventure|Children\n29,\"City, The (1995)\",Drama\n")),
        () => Source("kuairec", "kuairec-big", source => source
            .Write("data/big_matrix.csv", Matrix + "0,3649,13838,10867,2020-07-05 00:08:23.438,20200705,1593878903.438,1.273397\n3,7,0,5966,2020-07-05 00:10:00,20200705,1593879000.0,0.0\n")
            .Write("data/small_matrix.csv", Matrix + "0,3649,13838,10867,2020-07-05 00:08:23.438,20200705.0,1593878903.438,1.273397\n3,8,10,5966,,,,0.0017\n")
            .Write("data/user_features.csv", "user_id,user_active_degree,is_lowactive_period,follow_user_num,follow_user_num_range,onehot_feat0,onehot_feat4\n0,high_active,0,5,\"(0,10]\",1,0.0\n3,full_active,0,386,\"(250,500]\",0,\n")
            .Write("data/item_categories.csv", "video_id,feat\n3649,[8]\n7,\"[27, 9]\"\n8,[9]\n")),
        () => Source("kuairand", "kuairand-pure", source => source
            .Write("data/log_standard_4_08_to_4_21_pure.csv", Watched + "0,5,20220408,400,1650485801301,1,0,1\n")
            .Write("data/log_standard_4_22_to_5_08_pure.csv", Watched + "27284,7582,20220422,400,1650643200000,0,1,0\n")
            .Write("data/log_random_4_22_to_5_08_pure.csv", Watched + "0,6,20220422,400,1650643200999,0,0,1\n")
            .Write("data/user_features_pure.csv", "user_id,user_active_degree,fans_user_num,onehot_feat3\n0,full_active,312,1153\n27284,UNKNOWN,0,\n")
            .Write("data/video_features_basic_pure.csv", "video_id,author_id,video_type,visible_status,video_duration,music_type,tag\n5,441,NORMAL,1,17200.0,4.0,\"12,65\"\n6,442,AD,1,,,\n7582,443,NORMAL,1,9000.0,9.0,12\n")),
        () => Source("log of columns", "log", file: "log.csv", write: source => source.Write("log.csv", "user_id,item_id,response,when\n1,2,.5,10\n1,3,1,11\n2,2,0,12\n")),
        DatasetOfOnesOwn,
        Original,
    ];

    /// <param name="format">Named where the files could be several.</param>
    /// <param name="file">What is named in place of the folder, or none.</param>
    private static ReaderTarget Source(string name, string? format, Action<SourceFolder> write, string file = "") => new(
        name,
        folder =>
        {
            using var source = new SourceFolder();
            write(source);
            CopyAll(source.Path, folder);
        },
        folder => FuzzTargets.Each(
            () => DatasetSource.Read(Path.Combine(folder, file), new ImportOptions { Format = format }),
            () => DatasetSource.Read(Path.Combine(folder, file), new ImportOptions { Format = format, SkipBad = 100 })));

    private static ReaderTarget DatasetOfOnesOwn() => new(
        "imported data set",
        folder =>
        {
            using var source = new SourceFolder();
            using var imported = new TemporaryFolder();
            source.Write("ratings.csv", "userId,movieId,rating,timestamp\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row % 7},{row % 11},{1 + (row % 5)},{1112486027 + row}\n")))
                .Write("movies.csv", "movieId,title,genres\n" + string.Concat(Enumerable.Range(0, 11).Select(item => $"{item},T{item},Drama\n")));
            DatasetSource.Open(source.Path, new ImportOptions()).Import(imported.PathOf("data"));
            CopyAll(imported.PathOf("data"), folder);
        },
        folder => FuzzTargets.Each(() => DatasetFolder.Read(folder), () => DatasetFolder.ReadTitles(folder)));

    private static ReaderTarget Original() => new(
        "original's tables",
        folder =>
        {
            using var written = new WrittenFolder();
            written.WriteFile("popular_items_popularity.parquet", ("item_idx", new[] { 1, 0 }), ("is_popular", new[] { 1, 0 }), ("is_unpopular", new[] { 0, 1 }), ("popularity", new[] { .75, .1 }));
            written.WriteFile("users_context.parquet", [("user_idx", new[] { 5L, 4 }), .. Features("user", 5, 4)]);
            written.WriteFile("items_context.parquet", [("item_idx", new[] { 9 }), .. Features("item", 9)]);
            written.WritePart("context_items_relevance.parquet", 0, ("user_idx", new long[] { 4, 5 }), ("item_idx", new long[] { 9, 9 }), ("popularity", new[] { .25, .5 }));
            File.WriteAllLines(Path.Combine(written.Tables, "items_context_titles.csv"), ["item_id,title", "9,\"Godfather, The\""]);
            CopyAll(written.Path, folder);
            new OriginalFolder(folder).ReadContext();
        },
        folder => FuzzTargets.Each(() => new OriginalFolder(folder).ReadItemPopularity(), () => new OriginalFolder(folder).ReadContext()),
        file => !Path.GetFileName(file).StartsWith('.') && !Path.GetFileName(file).StartsWith('_'));

    private static IEnumerable<(string Name, Array Values)> Features(string kind, params long[] keys) =>
        Enumerable.Range(0, 4).Select(feature => ($"{kind}_feature_{feature}", (Array)keys.Select(key => key + (.1 * feature)).ToArray()));

    private static void CopyAll(string source, string destination)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(destination, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }
}
