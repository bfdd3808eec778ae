using System.Globalization;
using System.Text;

namespace RecDeepRL.EndToEndTests;

/// <summary>From a public data set as it is packed to an environment that trains on it.</summary>
public sealed class ResponseTests : WorkingFolder
{
    [Theory]
    [InlineData("boosting", "context", "context_items_relevance", "users=50,items=8,trees=10")]
    [InlineData("factorisation", "personal", "als_response_df_1000_items", "items=20,rank=4,iterations=3")]
    public void APackedDataSetBecomesAPopulationToTrainOn(string model, string environment, string table, string settings)
    {
        WriteMovieLens(PathOf("ml-1m"));
        string[] fit = ["response", "fit", model, "--out", "learned", .. settings.Split(',').SelectMany(setting => new[] { "--set", setting })];

        var output = Run([.. fit, "--data", "ml-1m"]).Succeeded().Output;

        Assert.Contains("AUC", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(PathOf("learned/reliability.png")).Length > 0);
        Assert.Contains("responses/user", Run("train", "thompson", "--env", environment, "--data", "learned", "--iterations", "2", "--set", "slateSize=2", "--out", "run").Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("oracle", Run("response", "inspect", "learned", "--png", "pictures").Succeeded().Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(PathOf("pictures"), "*.png"));

        // What was learned as a step among others.
        Run(
            "simulate", "linucb", "--env", "composed", "--set", "usersFile=learned/users.parquet", "--set", "itemsFile=learned/items.parquet", "--set", "slateSize=2",
            "--set", $$"""response=[{"kind":"table","file":"learned/response_models/data/{{table}}.parquet","column":"popularity"},{"kind":"seasonal-drift"}]""",
            "--set", "choice=cascade", "--iterations", "2", "--log", "composed").Succeeded();

        // The same by way of an imported folder: the same log, so the same tables.
        Run("import", "ml-1m", "--out", "imported").Succeeded();
        Run([.. fit[..3], "--out", "again", .. fit[5..], "--data", "imported"]).Succeeded();
        Assert.Equal(Bounds("learned"), Bounds("again"));
    }

    private string Bounds(string folder) =>
        Run("response", "inspect", folder).Succeeded().Output.Split('\n').First(line => line.Contains("oracle", StringComparison.Ordinal));

    /// <summary>80 users and 40 films in the layout of MovieLens 1M; every second film of every user is rated, well where both are odd or both even.</summary>
    private static void WriteMovieLens(string folder)
    {
        Directory.CreateDirectory(folder);
        var users = Enumerable.Range(1, 80).ToList();
        var films = Enumerable.Range(1, 40).ToList();
        Write("users.dat", users.Select(user => $"{user}::{(user % 2 == 0 ? "F" : "M")}::{18 + (user % 4 * 10)}::{user % 7}::1{user:0000}"));
        Write("movies.dat", films.Select(film => $"{film}::Film {film} ({1980 + film})::{(film % 2 == 0 ? "Comedy" : "Drama|War")}"));
        Write("ratings.dat", from user in users
                             from film in films
                             where ((user * 7) + (film * 3)) % 4 < 2
                             let rating = user % 2 == film % 2 ? 4 + ((user + film) / 2 % 2) : 1 + ((user + film) % 3)
                             select string.Create(CultureInfo.InvariantCulture, $"{user}::{film}::{rating}::{978300000 + (user * 100) + film}"));

        void Write(string name, IEnumerable<string> lines) => File.WriteAllText(Path.Combine(folder, name), string.Concat(lines.Select(line => line + "\n")), Encoding.Latin1);
    }
}
