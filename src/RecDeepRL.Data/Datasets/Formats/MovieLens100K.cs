using System.Globalization;
using System.Text;
using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>MovieLens 100K: <c>u.data</c> between tabs, <c>u.user</c> and <c>u.item</c> between bars, in Latin-1.</summary>
internal sealed class MovieLens100K : MovieLensFormat
{
    /// <summary>The genres of the flags at the end of a line of <c>u.item</c>, in their order.</summary>
    private static readonly string[] s_genres =
    [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
        "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
    ];

    private static readonly string[] s_files = ["u.data", "u.user", "u.item"];

    public override string Name => "movielens-100k";

    public override string Layout => "u.data, u.user, u.item";

    public override bool Fits(string path) => FolderWith(path, "u.data") is not null;

    public override OpenedDataset Open(string path, ImportOptions options)
    {
        var folder = RequireFolder(path, s_files);
        return Opened(
            options, Name, Ratings(Path.Combine(folder, "u.data"), "\t", WholeStars),
            bad => ReadUsers(Path.Combine(folder, "u.user"), "|", bad, gender: 2, age: 1, numberedOccupation: false, "user id", "age", "gender", "occupation", "zip code"),
            bad => ReadItems(Path.Combine(folder, "u.item"), bad));
    }

    private static FeatureTableBuilder ReadItems(string path, BadRows bad)
    {
        const int FirstGenre = 5;
        using var rows = new DelimitedRowReader(path, "|", Encoding.Latin1, ["movie id", "movie title", "release date", "video release date", "IMDb URL", .. s_genres]);
        var movies = new MovieFeatures(path, s_genres);
        var genres = new List<string>();
        while (rows.Read(bad))
        {
            if (!rows.TryInteger(0, bad, out var key))
                continue;
            genres.Clear();
            var sound = true;
            for (var genre = 0; genre < s_genres.Length && sound; genre++)
            {
                var flag = rows.Field(FirstGenre + genre);
                sound = flag is "0" or "1" || rows.Refuse(FirstGenre + genre, bad, "0 or 1");
                if (flag is "1")
                    genres.Add(s_genres[genre]);
            }
            if (sound)
                movies.Add(rows, 0, key, rows.Field(1).ToString(), YearOf(rows.Field(2)), genres, bad);
        }
        return movies.Table;
    }

    /// <summary>The year of a date such as <c>01-Jan-1995</c>; none where there is no date.</summary>
    private static int? YearOf(ReadOnlySpan<char> date) =>
        DateTime.TryParseExact(date, "dd-MMM-yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var released) ? released.Year : null;
}
