using System.Text;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>The CSV editions of MovieLens (20M, 25M, 32M, latest, latest-small): <c>ratings.csv</c> and <c>movies.csv</c> in UTF-8. They know nothing of users.</summary>
internal sealed class MovieLensCsv : MovieLensFormat
{
    private const string RatingsFile = "ratings.csv";
    private const string MoviesFile = "movies.csv";

    public override string Name => "movielens-csv";

    public override string Layout => "ratings.csv, movies.csv";

    public override bool Fits(string path) => FolderWith(path, RatingsFile, MoviesFile) is not null;

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var folder = RequireFolder(path, RatingsFile, MoviesFile);
        var log = TextLog.OfCsv(Path.Combine(folder, RatingsFile), "userId", "movieId", "rating", "timestamp", TimeUnit.Seconds, responseRange: HalfStars);
        return Opened(options, NameOf(folder), log, readUsers: null, bad => ReadItems(Path.Combine(folder, MoviesFile), bad));
    }

    /// <summary><c>movielens-25m</c> for a folder that has kept its published name <c>ml-25m</c>.</summary>
    private string NameOf(string folder)
    {
        var name = new DirectoryInfo(folder).Name;
        return name.StartsWith("ml-", StringComparison.OrdinalIgnoreCase) ? string.Concat("movielens-", name.AsSpan(3)) : Name;
    }

    private static FeatureTableBuilder ReadItems(string path, BadRows bad)
    {
        using var rows = new CsvRowReader(path, ",", Encoding.UTF8);
        var (key, title, genres) = (rows.Find("movieId"), rows.Find("title"), rows.Find("genres"));
        var movies = new MovieFeatures(path);
        while (rows.Read(bad))
        {
            if (rows.TryInteger(key, bad, out var movie))
                movies.Add(rows, key, movie, rows.Field(title).ToString(), released: null, MovieFeatures.GenresOf(rows.Field(genres)), bad);
        }
        return movies.Table;
    }
}
