using System.Text;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>MovieLens 1M (with <c>users.dat</c>, whole stars, Latin-1) and 10M (without, half stars, UTF-8): fields between <c>::</c>.</summary>
internal sealed class MovieLensDat : MovieLensFormat
{
    private const string RatingsFile = "ratings.dat";
    private const string UsersFile = "users.dat";
    private const string MoviesFile = "movies.dat";

    private readonly bool _knowsUsers;

    private MovieLensDat(string name, bool knowsUsers)
    {
        Name = name;
        _knowsUsers = knowsUsers;
    }

    public static MovieLensDat OneMillion { get; } = new("movielens-1m", knowsUsers: true);

    public static MovieLensDat TenMillion { get; } = new("movielens-10m", knowsUsers: false);

    public override string Name { get; }

    public override string Layout => _knowsUsers ? "ratings.dat, users.dat, movies.dat" : "ratings.dat, movies.dat";

    public override bool Fits(string path) => FolderWith(path, RatingsFile) is { } folder && File.Exists(Path.Combine(folder, UsersFile)) == _knowsUsers;

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var folder = RequireFolder(path, _knowsUsers ? [RatingsFile, UsersFile, MoviesFile] : [RatingsFile, MoviesFile]);
        return Opened(
            options, Name, Ratings(Path.Combine(folder, RatingsFile), "::", _knowsUsers ? WholeStars : HalfStars),
            _knowsUsers ? bad => ReadUsers(Path.Combine(folder, UsersFile), "::", bad, gender: 1, age: 2, numberedOccupation: true, "user id", "gender", "age", "occupation", "zip code") : null,
            bad => ReadItems(Path.Combine(folder, MoviesFile), bad));
    }

    private FeatureTableBuilder ReadItems(string path, BadRows bad)
    {
        using var rows = new DelimitedRowReader(path, "::", _knowsUsers ? Encoding.Latin1 : Encoding.UTF8, "movie id", "title", "genres");
        var movies = new MovieFeatures(path);
        while (rows.Read(bad))
        {
            if (rows.TryInteger(0, bad, out var key))
                movies.Add(rows, 0, key, rows.Field(1).ToString(), released: null, MovieFeatures.GenresOf(rows.Field(2)), bad);
        }
        return movies.Table;
    }
}
