using System.Diagnostics;
using System.Globalization;

namespace RecDeepRL.EndToEndTests;

public sealed class ImportTests : WorkingFolder, IClassFixture<FiveMillionRatings>
{
    private readonly FiveMillionRatings _ratings;

    public ImportTests(FiveMillionRatings ratings) => _ratings = ratings;

    [Fact]
    public void ASmallLogIsImportedAndDescribed()
    {
        File.WriteAllText(PathOf("log.csv"), "who;what;stars;when\n7;a;1;2020-07-05\n7;b;5;2020-07-06\n8;b;4;2020-07-07\n");
        var result = Run(
            "import", "log.csv", "--out", "data/log", "--user-column", "who", "--item-column", "what", "--response", "stars", "--time-column", "when",
            "--time-unit", "date", "--text-keys", "--delimiter", ";", "--threshold", "4").Succeeded();
        foreach (var text in new[] { "3 rows of log in data/log", "mean 0.6667, from 0 to 1", "2020-07-05 00:00 to 2020-07-07 00:00", "b (2), a (1)", "75.000 %" })
            Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
        Assert.Equal(["dataset.json", "interactions.parquet", "items.parquet", "users.parquet"], Directory.GetFiles(PathOf("data/log")).Select(Path.GetFileName).Order());
    }

    /// <summary>Five million rows are 120 MB of text, 160 MB of columns and more than 1 GB as strings; the heap may grow to 64 MB.</summary>
    [Fact]
    public void MemoryDoesNotGrowWithTheFile()
    {
        using var process = RecDeepRLProcess.Start(
            Folder, new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x4000000" }, "import", _ratings.Folder, "--out", "out", "--duplicates", "keep");
        var result = RecDeepRLProcess.Finish(process).Succeeded();
        Assert.Contains("5000000 rows of movielens-1m in out", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void CtrlCLeavesNothing()
    {
        using var process = StartAndWaitForRows();
        RecDeepRLProcess.Interrupt(process);
        var result = RecDeepRLProcess.Finish(process);
        Assert.Equal(130, result.ExitCode);
        Assert.Equal("The import was stopped; nothing is left of it.\n", result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void AKilledImportLeavesNoDestinationAndCanBeStartedAgain()
    {
        using (var process = StartAndWaitForRows())
        {
            process.Kill();
            process.WaitForExit();
        }
        Assert.False(Directory.Exists(PathOf("out")));
        Run("import", _ratings.Folder, "--out", "out", "--duplicates", "keep").Succeeded();
        Assert.Equal([PathOf("out")], Directory.GetFileSystemEntries(Folder));
    }

    /// <summary>An import that has written some rows and has most before it.</summary>
    private Process StartAndWaitForRows()
    {
        var process = RecDeepRLProcess.Start(Folder, "import", _ratings.Folder, "--out", "out");
        var watch = Stopwatch.StartNew();
        var file = new FileInfo(PathOf("out.part/interactions.parquet"));
        while (!file.Exists || file.Length < 1_000_000)
        {
            Assert.False(process.HasExited, "the import ended before it was interrupted");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "no rows within two minutes");
            Thread.Sleep(5);
            file.Refresh();
        }
        return process;
    }
}

/// <summary>A folder in the layout of MovieLens 1M with five million ratings, written once for all tests.</summary>
public sealed class FiveMillionRatings : IDisposable
{
    public FiveMillionRatings()
    {
        Folder = Directory.CreateTempSubdirectory("recdeeprl-ratings-").FullName;
        using (var file = new StreamWriter(Path.Combine(Folder, "ratings.dat"), append: false, System.Text.Encoding.Latin1, bufferSize: 1 << 20))
        {
            // 5,000 users with 1,000 movies each.
            for (var row = 0; row < 5_000_000; row++)
                file.Write(string.Create(CultureInfo.InvariantCulture, $"{1 + (row / 1000)}::{1 + (row % 1000)}::{1 + (row % 5)}::{956703932 + row}\n"));
        }
        File.WriteAllText(Path.Combine(Folder, "users.dat"), "1::F::1::10::48067\n");
        File.WriteAllText(Path.Combine(Folder, "movies.dat"), "1::Toy Story (1995)::Animation|Comedy\n");
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
