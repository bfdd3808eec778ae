using System.Text;
using RecDeepRL.Data.Datasets;
using RecDeepRL.Data.Datasets.Features;
using static RecDeepRL.Tests.Data.Datasets.SourceFolder;

namespace RecDeepRL.Tests.Data.Datasets;

public sealed class MovieLensTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("\n", false)]
    [InlineData("\r\n", false)]
    public void OneMillionIsReadWithAnyLineEndAndWithoutTheLast(string lineEnd, bool lastLineEnds)
    {
        WriteOneMillion(
            ["1::1193::5::978300760", "1::47::3::978300761", "6040::1193::4::956704746"],
            ["1::F::1::10::48067", "6040::M::25::6::11106"],
            ["47::Seven (Se7en) (1995)::Crime|Thriller", "1193::Fiancée, La (1958)::Drama"],
            lineEnd, lastLineEnds);

        var data = _folder.Read();

        Assert.Equal("movielens-1m", data.Name);
        Assert.Equal([1L, 1, 6040], Integers(data.Interactions, "user_idx"));
        Assert.Equal([1193L, 47, 1193], Integers(data.Interactions, "item_idx"));
        Assert.Equal([5.0, 3, 4], Numbers(data.Interactions, "response"));
        Assert.Equal([978300760L, 978300761, 956704746], Integers(data.Interactions, "timestamp"));
        Assert.Equal(["user_idx", "gender", "age", "occupation", "zip_code"], Names(data.Users));
        Assert.Equal([1L, 6040], Integers(data.Users, "user_idx"));
        Assert.Equal(["F", "M"], Texts(data.Users, "gender"));
        Assert.Equal([1L, 25], Integers(data.Users, "age"));
        Assert.Equal([10L, 6], Integers(data.Users, "occupation"));
        Assert.Equal(["48067", "11106"], Texts(data.Users, "zip_code"));
        Assert.Equal(["item_idx", "title", "year", "genre:Crime", "genre:Drama", "genre:Thriller"], Names(data.Items));
        Assert.Equal(["Seven (Se7en) (1995)", "Fiancée, La (1958)"], Texts(data.Items, "title"));
        Assert.Equal([1995L, 1958], Integers(data.Items, "year"));
        Assert.Equal([1L, 0], Integers(data.Items, "genre:Crime"));
        Assert.Equal([0L, 1], Integers(data.Items, "genre:Drama"));
    }

    [Fact]
    public void OneHundredThousandIsRead()
    {
        WriteOneHundredThousand();
        var data = _folder.Read();

        Assert.Equal("movielens-100k", data.Name);
        Assert.Equal([196L, 22], Integers(data.Interactions, "user_idx"));
        Assert.Equal([242L, 267], Integers(data.Interactions, "item_idx"));
        Assert.Equal([3.0, 1], Numbers(data.Interactions, "response"));
        Assert.Equal([881250949L, 878887116], Integers(data.Interactions, "timestamp"));
        Assert.Equal([49L, 25], Integers(data.Users, "age"));
        Assert.Equal(["M", "F"], Texts(data.Users, "gender"));
        Assert.Equal(["writer", "technician"], Texts(data.Users, "occupation"));
        Assert.Equal(["55105", "T8H1N"], Texts(data.Users, "zip_code"));
        Assert.Equal(["Misérables, Les (1995)", "Kolya", "unknown"], Texts(data.Items, "title"));
        // The second title names no year, its date does; of the third nothing is known, so it stands at the lower median of 1995 and 1997.
        Assert.Equal([1995L, 1997, 1995], Integers(data.Items, "year"));
        Assert.Equal([0L, 0, 1], Integers(data.Items, "year:missing"));
        Assert.Equal([0L, 0, 1], Integers(data.Items, "genre:unknown"));
        Assert.Equal([1L, 0, 0], Integers(data.Items, "genre:Drama"));
        Assert.Equal([1L, 0, 0], Integers(data.Items, "genre:Musical"));
        Assert.Equal([0L, 1, 0], Integers(data.Items, "genre:Comedy"));
        Assert.Equal(19, Names(data.Items).Count(name => name.StartsWith("genre:", StringComparison.Ordinal)));
    }

    [Fact]
    public void TenMillionHasHalfStarsNoUsersAndTitlesInUtf8()
    {
        _folder.Write("ratings.dat", "1::122::0.5::838985046\n1::185::4.5::838983525\n").Write("movies.dat", "122::Café (2001)::Comedy\n185::Net, The (1995)::Action\n");
        var data = _folder.Read();
        Assert.Equal("movielens-10m", data.Name);
        Assert.Equal([.5, 4.5], Numbers(data.Interactions, "response"));
        Assert.Equal(["Café (2001)", "Net, The (1995)"], Texts(data.Items, "title"));
        Assert.Null(data.Users);
    }

    [Fact]
    public void TheCsvEditionsHaveGapsQuotedTitlesAndMoviesWithoutGenres()
    {
        _folder.Write("ml-25m/ratings.csv", "userId,movieId,rating,timestamp\r\n7,296,5.0,1147880044\r\n162541,131262,3.5,1147868817\r\n")
            .Write("ml-25m/movies.csv", "movieId,title,genres\r\n296,\"Postman, \"\"The\"\" (1994)\",Comedy|Drama\r\n131262,Innocence,(no genres listed)\r\n209171,\"Fawlty Towers (1975–1979)\",Comedy\r\n");
        var data = DatasetSource.Read(_folder.PathOf("ml-25m"));
        Assert.Equal("movielens-25m", data.Name);
        Assert.Equal([7L, 162541], Integers(data.Interactions, "user_idx"));
        Assert.Equal([296L, 131262], Integers(data.Interactions, "item_idx"));
        Assert.Equal([5, 3.5], Numbers(data.Interactions, "response"));
        Assert.Equal(["Postman, \"The\" (1994)", "Innocence", "Fawlty Towers (1975–1979)"], Texts(data.Items, "title"));
        // The median of 1994 and 1975 is the lower one.
        Assert.Equal([1994L, 1975, 1975], Integers(data.Items, "year"));
        Assert.Equal([0L, 1, 0], Integers(data.Items, "year:missing"));
        Assert.Equal(["item_idx", "title", "year", "year:missing", "genre:Comedy", "genre:Drama"], Names(data.Items));
        Assert.Equal([1L, 0, 1], Integers(data.Items, "genre:Comedy"));
    }

    [Theory]
    [InlineData("Toy Story (1995)", 1995)]
    [InlineData("Land Before Time III (1995) (V)", 1995)]
    [InlineData("2001: A Space Odyssey (1968) ", 1968)]
    [InlineData("1984 (Nineteen Eighty-Four) (1956)", 1956)]
    [InlineData("Big Bang Theory, The (2007-)", 2007)]
    [InlineData("Death Note (2006–2007)", 2006)]
    [InlineData("Babylon 5", null)]
    [InlineData("Room (1234x)", null)]
    public void TheYearIsTheLastInParentheses(string title, int? year) => Assert.Equal(year, MovieFeatures.YearOf(title));

    [Fact]
    public void AThresholdMakesResponsesZeroAndOne()
    {
        WriteOneHundredThousand();
        Assert.Equal([1.0, 0], Numbers(_folder.Read(new ImportOptions { Threshold = 3 }).Interactions, "response"));
        Assert.Equal([0.0, 0], Numbers(_folder.Read(new ImportOptions { Threshold = 3.5 }).Interactions, "response"));
    }

    [Fact]
    public void UsersAndMoviesThatOnlyTheRatingsKnowGetRowsOfUnknowns()
    {
        WriteOneMillion(["1::5::5::10", "2::9::5::10"], ["1::F::35::10::48067"], ["5::A (1990)::Drama", "6::B (1980)::Comedy"]);
        var data = _folder.Read();
        Assert.Equal([1L, 2], Integers(data.Users, "user_idx"));
        Assert.Equal(["F", ""], Texts(data.Users, "gender"));
        Assert.Equal([35L, 35], Integers(data.Users, "age"));
        Assert.Equal([0L, 1], Integers(data.Users, "age:missing"));
        Assert.Equal([10L, -1], Integers(data.Users, "occupation"));
        Assert.Equal([5L, 6, 9], Integers(data.Items, "item_idx"));
        Assert.Equal(["A (1990)", "B (1980)", ""], Texts(data.Items, "title"));
        Assert.Equal([1990L, 1980, 1980], Integers(data.Items, "year"));
        Assert.Equal([1L, 0, 0], Integers(data.Items, "genre:Drama"));
        using var destination = new Experiments.TemporaryFolder();
        var manifest = DatasetSource.Open(_folder.Path).Import(destination.PathOf("out"));
        Assert.Contains("users.dat does not know 1 of the users with interactions; they have rows in which everything is unknown.", manifest.Notes);
        Assert.Equal((2, 2, 2, 3), (manifest.Users, manifest.Items, manifest.UserRows, manifest.ItemRows));
    }

    [Theory]
    [InlineData("1::5::5", "line 2: 3 fields were received, expected are 4 (user id, movie id, rating, timestamp)")]
    [InlineData("1::5::5::10::7", "line 2: 5 fields were received, expected are 4")]
    [InlineData("1::x5::5::10", "line 2, column 'movie id': 'x5' was received, expected is a whole number")]
    [InlineData("1.5::5::5::10", "line 2, column 'user id': '1.5'")]
    [InlineData("1::5::good::10", "line 2, column 'rating': 'good' was received, expected is a finite number")]
    [InlineData("1::5::NaN::10", "line 2, column 'rating': 'NaN'")]
    [InlineData("1::5::0.5::10", "line 2, column 'rating': '0.5' was received, expected is a number from 1 to 5")]
    [InlineData("1::5::50::10", "line 2, column 'rating': '50' was received, expected is a number from 1 to 5")]
    [InlineData("1::5::::10", "line 2, column 'rating': '' was received")]
    [InlineData("1::5::5::yesterday", "line 2, column 'timestamp': 'yesterday' was received, expected is seconds since 1970")]
    [InlineData("1::5::5::-10", "line 2, column 'timestamp': '-10'")]
    [InlineData("1::5::5::978300760000000", "line 2, column 'timestamp': '978300760000000'")]
    [InlineData("9::9::4::11", "line 2: user 9 and item 9 have a row already, expected is one for each pair (keep them all with --duplicates keep)")]
    public void ABadRatingIsToldWithFileLineAndColumnOrPassedOver(string line, string told)
    {
        WriteOneMillion(["9::9::3::10", line, "9::5::2::10"], ["9::F::35::10::48067"], ["5::A (1990)::Drama"]);
        _folder.Refuses(null, _folder.PathOf("ratings.dat"), told, "--skip-bad");
        var kept = _folder.Read(new ImportOptions { SkipBad = 1 });
        Assert.Equal([3.0, 2], Numbers(kept.Interactions, "response"));
    }

    [Theory]
    [InlineData("users.dat", "1::X::25::10::48067\n", "line 1, column 'gender': 'X' was received, expected is F or M")]
    [InlineData("users.dat", "1::F::old::10::48067\n", "line 1, column 'age': 'old' was received, expected is a whole number")]
    [InlineData("users.dat", "1::F::25::10\n", "line 1: 4 fields were received, expected are 5")]
    [InlineData("users.dat", "1::F::25::10::1\n1::F::25::10::1\n", "line 2, column 'user id': '1' was received, expected is a key that has no row yet")]
    [InlineData("movies.dat", "5::A (1990)\n", "line 1: 2 fields were received, expected are 3 (movie id, title, genres)")]
    [InlineData("movies.dat", "five::A (1990)::Drama\n", "line 1, column 'movie id': 'five'")]
    [InlineData("ratings.dat", "", "is empty")]
    [InlineData("ratings.dat", "\n\n", "holds no interactions")]
    public void AnImproperFileIsTold(string file, string text, string told)
    {
        WriteOneMillion(["1::5::3::10"], ["1::F::35::10::48067"], ["5::A (1990)::Drama"]);
        _folder.Write(file, text);
        _folder.Refuses(null, told);
    }

    [Fact]
    public void AFileThatIsCutInTheMiddleOfARowIsToldAndOneCutInItsLastFieldIsNoted()
    {
        WriteOneMillion(["1::5::3::978300760", "1::6::3::978300761"], ["1::F::35::10::48067"], ["5::A (1990)::Drama"]);
        var bytes = File.ReadAllBytes(_folder.PathOf("ratings.dat"));
        File.WriteAllBytes(_folder.PathOf("ratings.dat"), bytes[..^13]); // "1::6::" and nothing more: an empty rating, no time.
        _folder.Refuses(null, "ratings.dat, line 2: 3 fields were received, expected are 4");

        // What is left of the time is still a time. No reader can know; the result says so.
        File.WriteAllBytes(_folder.PathOf("ratings.dat"), bytes[..^4]);
        using var destination = new Experiments.TemporaryFolder();
        var manifest = DatasetSource.Open(_folder.Path).Import(destination.PathOf("out"));
        Assert.Contains(manifest.Notes, note => note.StartsWith("The last line of ratings.dat has no line end", StringComparison.Ordinal));
    }

    [Fact]
    public void MoreBadRowsThanAllowedAreRefused()
    {
        WriteOneMillion(["a::1::1::1", "b::1::1::1", "1::5::3::10"], ["1::F::35::10::48067"], ["5::A (1990)::Drama"]);
        _folder.Refuses(new ImportOptions { SkipBad = 1 }, "line 2, column 'user id': 'b'", "1 bad rows were passed over before");
        Assert.Equal(1, _folder.Read(new ImportOptions { SkipBad = 2 }).Interactions.RowCount);
    }

    [Fact]
    public void DuplicatesMayBeKept()
    {
        WriteOneMillion(["1::5::3::10", "1::5::4::11"], ["1::F::35::10::48067"], ["5::A (1990)::Drama"]);
        Assert.Equal([3.0, 4], Numbers(_folder.Read(new ImportOptions { KeepDuplicates = true }).Interactions, "response"));
    }

    [Fact]
    public void BytesThatAreNoTextAreTold()
    {
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,5,3,10\n").Write("movies.csv", "movieId,title,genres\n5,Café (1990),Drama\n", Encoding.Latin1);
        _folder.Refuses(null, "movies.csv", "E9");
    }

    [Theory]
    [InlineData("movieId,title,genres\n5,\"A (1990),Drama\n6,B (1991),Drama\n7,C,Drama\n")]
    [InlineData("movieId,title,genres\n5,A (1990),\"Drama\n6,B (1991),Drama\n7,C,Drama\n")]
    [InlineData("movieId,title,genres\n5,A (1990),\"Drama\n")]
    public void AQuotationMarkThatIsNotClosedIsTold(string movies)
    {
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,5,3,10\n").Write("movies.csv", movies);
        _folder.Refuses(null, "movies.csv, line");
    }

    [Fact]
    public void OnlyRatingsAreResponsesOfMovieLens()
    {
        WriteOneHundredThousand();
        _folder.Refuses(new ImportOptions { Response = "stars" }, "--response was 'stars'", "'rating'");
    }

    private void WriteOneHundredThousand()
    {
        string Flags(params int[] set) => string.Join('|', Enumerable.Range(0, 19).Select(genre => set.Contains(genre) ? 1 : 0));
        _folder.Write("u.data", "196\t242\t3\t881250949\n22\t267\t1\t878887116\n")
            .Write("u.user", "196|49|M|writer|55105\n22|25|F|technician|T8H1N\n")
            .Write(
                "u.item",
                $"242|Misérables, Les (1995)|24-Jan-1997||http://example.org/(1995)|{Flags(8, 12)}\n5|Kolya|24-Jan-1997|||{Flags(5)}\n267|unknown||||{Flags(0)}\n",
                Encoding.Latin1);
    }

    private void WriteOneMillion(string[] ratings, string[] users, string[] movies, string lineEnd = "\n", bool lastLineEnds = true)
    {
        string Text(string[] lines) => string.Join(lineEnd, lines) + (lastLineEnds ? lineEnd : "");
        _folder.Write("ratings.dat", Text(ratings), Encoding.Latin1).Write("users.dat", Text(users), Encoding.Latin1).Write("movies.dat", Text(movies), Encoding.Latin1);
    }
}
